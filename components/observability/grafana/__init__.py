"""The Grafanas: who sees which numbers, and how they sign in."""
