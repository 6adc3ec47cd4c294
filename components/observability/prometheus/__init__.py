"""Prometheus: the kinds of its operator, the operator with what it measures a cluster by, and the instances."""
