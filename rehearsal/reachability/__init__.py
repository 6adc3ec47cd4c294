"""Proves over all addresses, ports and pods that network policies allow what was declared, and nothing else."""
