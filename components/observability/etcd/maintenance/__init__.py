"""Stores snapshots of an etcd and defragments it. It runs in the cluster, with Python and boto3 only."""
