"""ExternalSecrets: how what a store keeps becomes a Secret, by the operator that reads the store."""

from typing import Any, Final

import pulumi

API: Final = "external-secrets.io/v1"

_REFRESH: Final = "1h"


def external_secret(
    *, name: str, namespace: str, store: str, key: pulumi.Input[str], every: str = _REFRESH
) -> dict[str, Any]:
    """Return the ExternalSecret of a Secret of the same name, which has every key of one secret in the store.

    Args:
        name: Of both.
        namespace: Where they live; the store must serve it.
        store: The ClusterSecretStore.
        key: The secret's name there, behind the prefix that the store adds.
        every: How often the store is asked again.

    """
    return {
        "apiVersion": API,
        "kind": "ExternalSecret",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "refreshInterval": every,
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
            "target": {"name": name},
            "dataFrom": [{"extract": {"key": key}}],
        },
    }
