"""What is computed from the metrics: alerts, what dashboards and aggregations need, and service level objectives."""
