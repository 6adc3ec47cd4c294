"""The program that carries Alertmanager's alerts to ServiceNow; it runs in the cluster, from a ConfigMap.

Several may run at once and be stopped anywhere. Python's standard library is all it needs.
"""
