"""Metrics of all clusters, for years: the store that blocks go to, and Thanos, which reads, thins and judges them."""
