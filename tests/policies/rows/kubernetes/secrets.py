"""Rows for the rule about what pods and stores ask Vault for."""

import json
from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, Row

_RULE: Final = "vault-paths-granted"
_CLASSES: Final = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
_STORES: Final = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
_EXTERNALS: Final = "kubernetes:external-secrets.io/v1:ExternalSecret"

_OWNED: Final = {
    "sys/policies/acl": {
        "shop": {
            "policy": 'path "secret/data/shop" {\n  capabilities = ["read"]\n}\n'
            'path "secret/data/shop/*" {\n  capabilities = ["read"]\n}\n'
        },
        "external-secrets": {
            "policy": 'path "secret/data/shared/*" {\n  capabilities = ["read"]\n}\n'
            'path "secret/metadata/shared/*" {\n  capabilities = ["read", "list"]\n}\n'
        },
    },
    "auth/kubernetes/role": {
        "shop": {
            "bound_service_account_namespaces": ["apps"],
            "bound_service_account_names": ["checkout"],
            "token_policies": ["shop"],
        },
        "external-secrets": {
            "bound_service_account_namespaces": ["external-secrets"],
            "bound_service_account_names": ["vault-store"],
            "token_policies": ["external-secrets"],
        },
    },
}


def _carrier(text: Any = None) -> dict[str, Any]:
    return {"kind": "ConfigMap", "data": {"wanted.json": json.dumps({"owned": _OWNED}) if text is None else text}}


def _class(*paths: str, role: Any = "shop", namespace: Any = "apps", **parameters: Any) -> dict[str, Any]:
    objects = "".join(f"- objectName: f{n}\n  secretPath: {path}\n  secretKey: k\n" for n, path in enumerate(paths))
    return {
        "kind": "SecretProviderClass",
        "metadata": {"name": "shop", "namespace": namespace},
        "spec": {"provider": "vault", "parameters": {"roleName": role, "objects": objects, **parameters}},
    }


def _pod(account: str | None = "checkout", wanted: str = "shop", kind: str = "Deployment") -> dict[str, Any]:
    volume = {"csi": {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": wanted}}}
    pod = {**({"serviceAccountName": account} if account else {}), "volumes": [{"emptyDir": {}}, volume]}
    spec: dict[str, Any] = {"template": {"spec": pod}}
    return {
        "kind": kind,
        "metadata": {"name": "checkout", "namespace": "apps"},
        "spec": {"jobTemplate": {"spec": spec}} if kind == "CronJob" else spec,
    }


def _store(role: Any = "external-secrets", account: str = "vault-store") -> dict[str, Any]:
    login = {"role": role, "serviceAccountRef": {"name": account, "namespace": "external-secrets"}}
    return {
        "kind": "ClusterSecretStore",
        "metadata": {"name": "vault"},
        "spec": {
            "conditions": [{"namespaces": ["apps"]}],
            "provider": {"vault": {"path": "secret", "version": "v2", "auth": {"kubernetes": login}}},
        },
    }


def _external(key: Any, namespace: str = "apps", field: str = "data", inner: str = "remoteRef") -> dict[str, Any]:
    entry = {"find": {"path": key}} if inner == "find" else {inner: {"key": key}}
    return {
        "kind": "ExternalSecret",
        "metadata": {"name": "shop", "namespace": namespace},
        "spec": {"secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"}, field: [entry]},
    }


_FINE: Final = _class("secret/data/shop/database")

ROWS: Final = (
    Row(_RULE, "good", "granted", [_FINE, _carrier(), _pod()], type=_CLASSES),
    Row(
        _RULE,
        "good",
        "with what the API's clients write before it",
        [_class("/v1/secret/data/shop?version=2"), _carrier()],
    ),
    Row(_RULE, "good", "another provider's", [{"kind": "SecretProviderClass", "spec": {"provider": "aws"}}]),
    Row(_RULE, "good", "no class at all", [_carrier()], type="kubernetes:core/v1:ConfigMap"),
    Row(_RULE, "good", "a store and what it holds", [_store(), _external("shared/database"), _carrier()], type=_STORES),
    Row(
        _RULE,
        "good",
        "named with its mount",
        [_external("secret/data/shared/a"), _store(), _carrier()],
        type=_EXTERNALS,
    ),
    Row(_RULE, "good", "found", [_external("shared/a", field="dataFrom", inner="find"), _store(), _carrier()]),
    Row(_RULE, "good", "an app without secrets", [{"kind": "Deployment", "spec": {"template": {"spec": {}}}}]),
    Row(
        _RULE,
        "bad",
        "version 2 of key-value without data/",
        [_class("secret/shop/database"), _carrier()],
        ["object f0 needs read on secret/shop/database, which no policy of Vault's role shop grants (shop)"],
    ),
    Row(
        _RULE,
        "bad",
        "a neighbour's path",
        [_class("secret/data/shop", "secret/data/shopping/a"), _carrier()],
        ["object f1 needs read on secret/data/shopping/a"],
    ),
    Row(
        _RULE,
        "bad",
        "what is written to be read",
        [_class("secret/data/shop/database\n  method: PUT"), _carrier()],
        ["needs update on secret/data/shop/database"],
    ),
    Row(
        _RULE,
        "bad",
        "no such role",
        [_class("a", role="cart"), _carrier()],
        ["no role 'cart', it has external-secrets, shop"],
    ),
    Row(
        _RULE,
        "bad",
        "a role of another namespace",
        [_class("secret/data/shop", namespace="other"), _carrier()],
        ["whoever is in namespace other may not take Vault's role shop, only apps/checkout may"],
    ),
    Row(_RULE, "bad", "objects that are none", [_class(objects="no: list"), _carrier()], ["no list in YAML"]),
    Row(_RULE, "bad", "objects that are no YAML", [_class(objects="[:"), _carrier()], ["no list in YAML"]),
    *(
        Row(
            _RULE,
            "bad",
            f"a {kind}'s service account is not bound",
            [_pod(account, kind=kind), _FINE, _carrier()],
            [f"service account apps/{account or 'default'} may not take Vault's role shop, only apps/checkout may"],
            type=f"kubernetes:{group}:{kind}",
        )
        for group, kind, account in (
            ("apps/v1", "Deployment", None),
            ("apps/v1", "StatefulSet", "cart"),
            ("apps/v1", "DaemonSet", "cart"),
            ("batch/v1", "Job", "cart"),
            ("batch/v1", "CronJob", "cart"),
        )
    ),
    Row(
        _RULE,
        "bad",
        "a volume of a class that nobody makes",
        [_pod(wanted="card"), _FINE, _carrier()],
        ["SecretProviderClass apps/card, which the stack does not have"],
    ),
    Row(
        _RULE,
        "bad",
        "a store by another's account",
        [_store(account="default"), _carrier()],
        ["service account external-secrets/default may not take Vault's role external-secrets"],
    ),
    *(
        Row(
            _RULE,
            "bad",
            f"what the store is not granted, in {field} by {inner}",
            [_external("shop/database", field=field, inner=inner), _store(), _carrier()],
            [f"needs {capability} on secret/{below}/shop/database"],
        )
        for field, inner, capability, below in (
            ("data", "remoteRef", "read", "data"),
            ("dataFrom", "extract", "read", "data"),
            ("dataFrom", "find", "list", "metadata"),
        )
    ),
    Row(
        _RULE,
        "bad",
        "a namespace that the store does not serve",
        [_external("shared/a", namespace="other"), _store(), _carrier()],
        ["store vault serves apps only"],
    ),
    Row(
        _RULE, "absent", "nothing carries what Vault grants", [_FINE], ["whose roles no resource of the stack carries"]
    ),
    Row(_RULE, "absent", "no role", [_class("a", role=None), _carrier()], ["no role ''"]),
    Row(_RULE, "absent", "a ConfigMap of something else", [{"kind": "ConfigMap", "data": {"a": "b"}}]),
    Row(
        _RULE,
        "unknown",
        "the provider",
        [{"kind": "SecretProviderClass", "spec": {"provider": UNKNOWN}}],
        unknown=["spec.provider"],
    ),
    Row(
        _RULE,
        "unknown",
        "role and objects",
        [_class(role=UNKNOWN, objects=UNKNOWN), _carrier()],
        unknown=["spec.parameters.roleName", "spec.parameters.objects"],
    ),
    Row(
        _RULE,
        "unknown",
        "the namespace",
        [_class("secret/data/shop", namespace=UNKNOWN), _carrier()],
        unknown=["metadata.namespace"],
    ),
    Row(_RULE, "unknown", "what Vault grants", [_carrier(UNKNOWN)], unknown=['data["wanted.json"]']),
    Row(
        _RULE,
        "unknown",
        "a store's role",
        [_store(role=UNKNOWN), _carrier()],
        unknown=["spec.provider.vault.auth.kubernetes.role"],
    ),
    Row(
        _RULE,
        "unknown",
        "what is asked for",
        [_external(UNKNOWN), _store(), _carrier()],
        unknown=["spec.data[0].remoteRef.key"],
    ),
)
