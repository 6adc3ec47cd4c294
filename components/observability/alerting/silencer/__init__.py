"""The program that keeps Alertmanager's silences as the stack's settings have them; it runs from a ConfigMap."""
