"""What the program costs, as ratios to the least that could do the same; run as `make bench`."""
