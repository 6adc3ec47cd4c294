"""Vault: its servers, its state, who may read what of it, and its snapshots."""
