"""Draws a stack as it is built: its layers by tier, and which waits for which."""
