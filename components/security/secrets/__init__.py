"""How secrets reach pods: files from Vault, Secrets from any store."""
