"""The program that initialises Vault and brings it to the wanted state; it runs in the cluster, from a ConfigMap.

It may be stopped anywhere and run again: each step reads what there is and writes what differs. Python's standard
library and boto3 are all it needs.
"""
