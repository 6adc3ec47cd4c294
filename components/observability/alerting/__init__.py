"""Who is told of what, by which way, and when not."""
