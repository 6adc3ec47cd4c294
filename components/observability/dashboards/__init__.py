"""Dashboards as data: what each shows, to whom, and where its numbers come from."""
