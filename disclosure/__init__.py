"""What gives secrets away, for whoever reads settings or a state: knows nothing of either, and repeats no value."""
