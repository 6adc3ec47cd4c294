"""Rules about what pods ask Vault for: a path no policy grants, or a role not theirs, keeps a pod waiting for ever."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from policies.rule import Finding, StackRule
from policies.values import Properties, Unknown, read, split
from policies.vault_access import Access, parse

CARRIER: Final = "wanted.json"
"""The key of a ConfigMap with all that Vault is to be told, roles and policies among it, for the Job that tells it."""

_CLASS: Final = "SecretProviderClass"
_STORE: Final = "ClusterSecretStore"
_EXTERNAL: Final = "ExternalSecret"
_DRIVER: Final = "secrets-store.csi.k8s.io"
_Found = Iterator[Finding]


@dataclass(frozen=True)
class _Stack:
    """The resources of a stack by kind, namespace and name, and what Vault's configuration says."""

    access: Access | None
    named: Mapping[tuple[str, str, str], Properties]

    def find(self, kind: str, namespace: str, name: str) -> Properties | None:
        return self.named.get((kind, namespace, name))


def _granted(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    stack = _Stack(
        access=next(filter(None, (_access(each) for each in resources.values())), None),
        named={_name(each): each for each in resources.values()},
    )
    checks = {_CLASS: _class, _STORE: _store, _EXTERNAL: _external_secret}
    for urn, resource in sorted(resources.items()):
        if isinstance(hidden := read(resource, "data", CARRIER), Unknown):
            yield urn, hidden
        check = checks.get(str(resource.get("kind")), _workload)
        yield from ((urn, finding) for finding in check(resource, stack))


def _access(resource: Properties) -> Access | None:
    text = read(resource, "data", CARRIER)
    return parse(text) if isinstance(text, str) else None


def _name(resource: Properties) -> tuple[str, str, str]:
    namespace, name = read(resource, "metadata", "namespace", default=""), read(resource, "metadata", "name")
    return str(resource.get("kind")), str(namespace), str(name)


def _class(resource: Properties, stack: _Stack) -> _Found:
    provider = read(resource, "spec", "provider")
    if isinstance(provider, Unknown):
        yield provider
    if provider != "vault":
        return
    role, text = (read(resource, "spec", "parameters", key, default="") for key in ("roleName", "objects"))
    unknown = [each for each in (role, text) if isinstance(each, Unknown)]
    if unknown:
        yield from unknown
        return
    objects = _objects(text)
    if objects is None:
        yield "spec.parameters.objects is no list in YAML; list objects with their objectName, secretPath and secretKey"
        return
    yield from _role(stack, role, read(resource, "metadata", "namespace", default="default"))
    for each in objects:
        path = str(each.get("secretPath", "")).removeprefix("/").removeprefix("v1/").partition("?")[0]
        # https://developer.hashicorp.com/vault/docs/deploy/kubernetes/csi/configurations: `method`
        capability = "read" if each.get("method", "GET") == "GET" else "update"
        yield from _path(stack, role, path, capability, f"object {each.get('objectName')}")


def _objects(text: str) -> list[Mapping[str, Any]] | None:
    try:
        objects = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    fitting = isinstance(objects, list) and objects and all(isinstance(each, Mapping) for each in objects)
    return objects if fitting else None


def _role(stack: _Stack, role: str, namespace: Any, account: str = "") -> _Found:
    if stack.access is None:
        yield "it reads from Vault, whose roles no resource of the stack carries; set platform:vault.enabled to true"
        return
    if role not in stack.access.roles:
        known = ", ".join(sorted(stack.access.roles)) or "none"
        yield f"Vault has no role {role!r}, it has {known}; add it to Vault's configuration, or another name here"
        return
    binding = stack.access.roles[role]
    if isinstance(namespace, Unknown):
        yield namespace
    elif binding["namespace"] != namespace or (account and account not in binding["service_accounts"]):
        bound = ", ".join(f"{binding['namespace']}/{each}" for each in binding["service_accounts"])
        who = f"service account {namespace}/{account}" if account else f"whoever is in namespace {namespace}"
        yield f"{who} may not take Vault's role {role}, only {bound} may; add it to the role, or name another role"


def _path(stack: _Stack, role: str, path: str, capability: str, what: str) -> _Found:
    access = stack.access
    if access is None or role not in access.roles or access.allows(role, path, capability):
        return
    policies = ", ".join(access.roles[role]["policies"]) or "none"
    yield (
        f"{what} needs {capability} on {path}, which no policy of Vault's role {role} grants ({policies}); "
        "add it to one of them, or write the path as they have it"
    )


def _store(resource: Properties, stack: _Stack) -> _Found:
    login = read(resource, "spec", "provider", "vault", "auth", "kubernetes")
    if isinstance(login, Unknown):
        yield login
    if not isinstance(login, Mapping):
        return
    role = read(login, "role", default="")
    account, namespace = (read(login, "serviceAccountRef", key, default="") for key in ("name", "namespace"))
    unknown = [each for each in (role, account, namespace) if isinstance(each, Unknown)]
    yield from unknown or _role(stack, role, namespace, account)


def _external_secret(resource: Properties, stack: _Stack) -> _Found:
    kind, name = (read(resource, "spec", "secretStoreRef", key) for key in ("kind", "name"))
    store = stack.find(_STORE, "", str(name)) if kind == _STORE else None
    if store is None:
        if isinstance(name, Unknown):
            yield name
        return
    namespace = read(resource, "metadata", "namespace", default="default")
    conditions, _ = split(read(store, "spec", "conditions"))
    served = [each for condition in conditions for each in condition.get("namespaces", ())]
    if served and namespace not in served:
        yield f"store {name} serves {', '.join(served)} only; add {namespace} to its namespaces, or name another store"
    vault = read(store, "spec", "provider", "vault")
    if isinstance(vault, Mapping):
        yield from _remote(resource, stack, vault)


def _remote(resource: Properties, stack: _Stack, vault: Properties) -> _Found:
    role = read(vault, "auth", "kubernetes", "role", default="")
    mount = read(vault, "path", default="")
    for field, inner in (("data", "remoteRef"), ("dataFrom", "extract")):
        entries, unknown = split(read(resource, "spec", field))
        yield from unknown
        for entry in entries:
            key = read(entry, inner, "key")
            if isinstance(key, Unknown):
                yield key
            elif key:
                # https://external-secrets.io/latest/provider/hashicorp-vault/: with the mount, with data/, or without
                below = str(key).removeprefix(f"{mount}/").removeprefix("data/")
                yield from _path(stack, role, f"{mount}/data/{below}", "read", f"{field} {key}")
            elif read(entry, "find"):
                below = str(read(entry, "find", "path", default="")).strip("/")
                yield from _path(stack, role, f"{mount}/metadata/{below}".rstrip("/"), "list", f"{field} find")


def _workload(resource: Properties, stack: _Stack) -> _Found:
    spec = read(resource, "spec", "jobTemplate", "spec") or read(resource, "spec")
    pod = read(spec, "template", "spec")
    if not isinstance(pod, Mapping):
        return
    namespace = read(resource, "metadata", "namespace", default="default")
    account = read(pod, "serviceAccountName", default="default")
    volumes, _ = split(read(pod, "volumes"))
    for volume in volumes:
        if read(volume, "csi", "driver") != _DRIVER:
            continue
        wanted = read(volume, "csi", "volumeAttributes", "secretProviderClass")
        unknown = [each for each in (namespace, account, wanted) if isinstance(each, Unknown)]
        yield from unknown
        if unknown:
            continue
        found = stack.find(_CLASS, namespace, wanted)
        if found is None:
            yield f"volume of {_CLASS} {namespace}/{wanted}, which the stack does not have; add it, or name another"
        elif read(found, "spec", "provider") == "vault":
            role = read(found, "spec", "parameters", "roleName", default="")
            if isinstance(role, str) and stack.access and role in stack.access.roles:
                yield from _role(stack, role, namespace, account)


RULES: Final = (
    StackRule(
        name="vault-paths-granted",
        why="What Vault does not grant is found out by a pod that waits for its volume, or a Secret that never comes.",
        types=(
            "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
            "kubernetes:external-secrets.io/v1:ClusterSecretStore",
            "kubernetes:external-secrets.io/v1:ExternalSecret",
            "kubernetes:core/v1:ConfigMap",
            "kubernetes:apps/v1:DaemonSet",
            "kubernetes:apps/v1:Deployment",
            "kubernetes:apps/v1:StatefulSet",
            "kubernetes:batch/v1:CronJob",
            "kubernetes:batch/v1:Job",
        ),
        check=_granted,
        references=(
            "HashiCorp Vault documentation: Policies, priority matching",
            "Secrets Store CSI driver documentation: SecretProviderClass",
        ),
    ),
)
