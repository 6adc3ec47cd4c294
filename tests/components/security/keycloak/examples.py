"""What a stack may write of Keycloak's database and brokers, for the tests of all its parts."""

from typing import Any

RDS: dict[str, Any] = {"database": {"rds": {}}}
EXISTING: dict[str, Any] = {"database": {"existing": {"host": "postgres.example.com", "port": 6432, "name": "people"}}}
OIDC = {
    "issuer": "https://login.example.com",
    "authorization_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "jwks_url": "https://keys.example.com:8443/keys",
    "client_id": "platform",
}
LDAP = {
    "host": "directory.example.com",
    "bind_dn": "CN=keycloak,DC=example,DC=com",
    "users_dn": "OU=People,DC=example,DC=com",
    "groups_dn": "OU=Groups,DC=example,DC=com",
}
