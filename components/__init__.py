"""The platform's layers, one folder per tier, and the assembly that wires them."""
