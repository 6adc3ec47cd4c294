"""What a stack keeps of itself when it loses a node group, a zone or its region, and where its pods find room."""
