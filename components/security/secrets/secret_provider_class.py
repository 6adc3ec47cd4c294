"""SecretProviderClasses from typed secrets, and the errors of a pod that would wait for its volume for ever."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, Literal

import yaml

API: Final = "secrets-store.csi.x-k8s.io/v1"
KIND: Final = "SecretProviderClass"
DRIVER: Final = "secrets-store.csi.k8s.io"
"""The CSI driver by the name that volumes give."""

_HIGHEST_MODE: Final = 0o777


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSecret:
    """One key of one secret in Vault, and the file it becomes.

    Attributes:
        path: As Vault's API has it, without ``/v1/``: ``secret/data/shop/database``.
        key: The key in it. Without one the whole answer would become the file, the lease and all.
        file: The file's name below the mount, ``password`` or ``database/password``.
        mode: The file's permission bits; the driver's own, 0644, when None.
        encoding: How the value is written in Vault; the file has it decoded.

    Raises:
        ValueError: the provider or the driver would refuse it.

    """

    path: str
    key: str
    file: str
    mode: int | None = None
    encoding: Literal["utf-8", "base64", "hex"] = "utf-8"

    def __post_init__(self) -> None:
        if not self.path or self.path.startswith(("/", "v1/")) or "//" in self.path or self.path.endswith("/"):
            raise ValueError(f"{self}: a path is as the API has it after /v1/, such as secret/data/shop/database")
        if not self.key:
            raise ValueError(f"{self}: name the key; the whole answer is no secret but JSON around it")
        if not self.file or str(PurePosixPath(self.file)) != self.file or self.file.startswith("/"):
            raise ValueError(f"{self}: a file is named below the mount, such as password")
        if ".." in PurePosixPath(self.file).parts or self.file.startswith(".."):
            raise ValueError(f"{self}: the driver writes nothing outside of the mount, nor what begins with ..")
        if self.mode is not None and not 0 < self.mode <= _HIGHEST_MODE:
            raise ValueError(f"{self}: a mode is permission bits up to 0777")

    def __str__(self) -> str:
        return f"key {self.key!r} of {self.path!r} as file {self.file!r}"

    def render(self) -> dict[str, Any]:
        """Return the object as the Vault provider reads it.

        https://developer.hashicorp.com/vault/docs/deploy/kubernetes/csi/configurations
        """
        rendered: dict[str, Any] = {"objectName": self.file, "secretPath": self.path, "secretKey": self.key}
        if self.mode is not None:
            rendered["filePermission"] = self.mode
        if self.encoding != "utf-8":
            rendered["encoding"] = self.encoding
        return rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """What a pod's spec needs for a class: an entry of `volumes`, and one of a container's `volumeMounts`."""

    volume: dict[str, Any]
    volume_mount: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretClass:
    """What a SecretProviderClass is made of.

    Attributes:
        name: Its name.
        namespace: Its namespace, which is that of the pods that mount it.
        role: The role that Vault gives these pods by their service account.
        secrets: What they get.

    Raises:
        ValueError: the provider would refuse it.

    """

    name: str
    namespace: str
    role: str
    secrets: tuple[VaultSecret, ...]

    def __post_init__(self) -> None:
        if not self.role or not self.secrets:
            raise ValueError(f"class {self}: without a role and a secret the provider mounts nothing")
        taken: dict[str, VaultSecret] = {}
        for secret in self.secrets:
            other = taken.setdefault(secret.file, secret)
            if other is not secret:
                raise ValueError(f"class {self}: {other} and {secret} would be one file")
            inside = [str(parent) for parent in PurePosixPath(secret.file).parents if str(parent) in taken]
            if inside:
                raise ValueError(f"class {self}: {secret} would lie in {taken[inside[0]]}, which is no folder")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def files(self) -> tuple[str, ...]:
        """The files below the mount."""
        return tuple(secret.file for secret in self.secrets)

    def manifest(self) -> dict[str, Any]:
        """Return the object. Where Vault is and whom to trust is the provider's own affair, once for the cluster."""
        objects = yaml.safe_dump([secret.render() for secret in self.secrets], sort_keys=False, width=1000)
        return {
            "apiVersion": API,
            "kind": KIND,
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": {"provider": "vault", "parameters": {"roleName": self.role, "objects": objects}},
        }

    def mount(self, at: str) -> Mount:
        """Return what a pod needs to have the files in a folder.

        The whole volume, never a part of it: what is mounted by `subPath` is never rotated.
        https://secrets-store-csi-driver.sigs.k8s.io/known-limitations
        """
        return Mount(
            volume={
                "name": self.name,
                "csi": {
                    "driver": DRIVER,
                    "readOnly": True,
                    "volumeAttributes": {"secretProviderClass": self.name},
                },
            },
            volume_mount={"name": self.name, "mountPath": at, "readOnly": True},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRole:
    """Who may take a role in Vault: the service accounts of a namespace."""

    name: str
    namespace: str
    service_accounts: tuple[str, ...]


def check(
    pod: Mapping[str, Any],
    *,
    namespace: str,
    classes: Sequence[SecretClass],
    roles: Sequence[BoundRole],
    reads: Sequence[str],
) -> None:
    """Refuse a pod that would wait for a volume for ever, or look for a file that is not there.

    Args:
        pod: The pod's spec.
        namespace: The pod's namespace.
        classes: Those that are made for it.
        roles: Those that Vault knows.
        reads: The files its containers read, by their whole path: ``/secrets/password``.

    Raises:
        ValueError: it would; the text has every reason and names both sides of each.

    """
    found = [
        *_volumes(pod, namespace, classes),
        *_accounts(pod, namespace, classes, roles),
        *_reads(pod, classes, reads),
    ]
    if found:
        raise ValueError("; ".join(found))


def _volumes(pod: Mapping[str, Any], namespace: str, classes: Sequence[SecretClass]) -> Iterator[str]:
    volumes = _class_volumes(pod)
    for volume, name in volumes.items():
        if name not in {each.name for each in classes}:
            yield f"volume {volume} names class {name}, which nobody makes"
        mounts = [mount for mount in _mounts(pod) if mount["name"] == volume]
        if not mounts:
            yield f"volume {volume} of class {name} is mounted by no container"
        yield from (
            f"volume {volume} of class {name} is mounted by subPath at {mount['mountPath']}, and would never be rotated"
            for mount in mounts
            if {"subPath", "subPathExpr"} & mount.keys()
        )
    for each in classes:
        if each.name not in volumes.values():
            yield f"class {each} is no volume of the pod"
        if each.namespace != namespace:
            yield f"class {each} is not in the pod's namespace {namespace}, and a volume finds it nowhere else"
    yield from _twice(pod)


def _twice(pod: Mapping[str, Any]) -> Iterator[str]:
    for container in _containers(pod):
        taken: dict[str, str] = {}
        for mount in container.get("volumeMounts", ()):
            other = taken.setdefault(mount["mountPath"], mount["name"])
            if other != mount["name"]:
                yield f"container {container['name']} mounts {other} and {mount['name']} at {mount['mountPath']}"


def _accounts(
    pod: Mapping[str, Any], namespace: str, classes: Sequence[SecretClass], roles: Sequence[BoundRole]
) -> Iterator[str]:
    account = pod.get("serviceAccountName", "default")
    known = {role.name: role for role in roles}
    for each in classes:
        role = known.get(each.role)
        if role is None:
            yield f"class {each} wants role {each.role}, which Vault does not have; it has {', '.join(known) or 'none'}"
        elif namespace != role.namespace or account not in role.service_accounts:
            bound = ", ".join(f"{role.namespace}/{name}" for name in role.service_accounts)
            yield f"service account {namespace}/{account} is not bound to role {role.name} of class {each}: {bound} is"


def _reads(pod: Mapping[str, Any], classes: Sequence[SecretClass], reads: Sequence[str]) -> Iterator[str]:
    known = {each.name: each for each in classes}
    volumes = _class_volumes(pod)
    mounted = [
        (PurePosixPath(mount["mountPath"]), known[volumes[mount["name"]]])
        for mount in _mounts(pod)
        if volumes.get(mount["name"]) in known
    ]
    for path in reads:
        above = [(place, each) for place, each in mounted if PurePosixPath(path).is_relative_to(place)]
        if not above:
            yield f"the pod reads {path}, above which no class is mounted"
        for place, each in above:
            if str(PurePosixPath(path).relative_to(place)) not in each.files:
                yield f"the pod reads {path}, and class {each} at {place} has no object for it: {', '.join(each.files)}"


def _class_volumes(pod: Mapping[str, Any]) -> dict[str, str]:
    """Return for each volume of the driver the class it names."""
    return {
        volume["name"]: volume["csi"].get("volumeAttributes", {}).get("secretProviderClass", "")
        for volume in pod.get("volumes", ())
        if volume.get("csi", {}).get("driver") == DRIVER
    }


def _mounts(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [mount for container in _containers(pod) for mount in container.get("volumeMounts", ())]


def _containers(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]
