"""Proves that a stack recovers: from every creation that fails, from an engine that is killed, from a lost cluster."""
