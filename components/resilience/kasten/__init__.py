"""Kasten in the place of Velero: the same classes, the same bucket, another program."""
