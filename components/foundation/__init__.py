"""What must be in AWS before there is a cluster."""
