"""The programs beside Velero: one enrols namespaces, one tries restores, one shows how they went.

They run in the cluster from ConfigMaps. Python's standard library is all they need, and each run begins with what it
finds.
"""
