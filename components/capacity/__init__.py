"""What workloads draw on: storage classes."""
