"""What measures that which tells nothing of itself: addresses, databases, APIs that speak JSON, and JVMs."""
