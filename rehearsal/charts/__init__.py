"""Judges a Helm release by its chart's own files: which keys its values may have, and what its definitions are."""
