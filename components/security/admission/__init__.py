"""What the cluster lets in: the rules once, and whichever engine judges by them."""
