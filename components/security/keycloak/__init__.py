"""Keycloak: who people are, for everything that asks."""
