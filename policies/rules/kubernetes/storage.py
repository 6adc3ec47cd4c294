"""Rules about storage classes, which decide for every volume that is claimed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, ResourceRule, StackRule
from policies.rules.kubernetes.pods import OPERATED
from policies.values import Properties, Unknown, flag, read, split

# Kubernetes takes either for a yes (kubernetes/pkg/volume/util: IsDefaultAnnotation).
_DEFAULT_CLASS: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_CLASS_KIND: Final = "StorageClass"
_STORAGE_CLASS: Final = ("kubernetes:storage.k8s.io/v1:StorageClass",)


def _encrypted(storage_class: Properties) -> Iterator[Finding]:
    provisioner = read(storage_class, "provisioner")
    if isinstance(provisioner, Unknown):
        yield provisioner
    if provisioner != "ebs.csi.aws.com":
        return
    encrypted = flag(read(storage_class, "parameters", "encrypted", default=False))
    if isinstance(encrypted, Unknown):
        yield encrypted
    elif not encrypted:
        yield 'volumes of this class are not encrypted; set parameters.encrypted to "true"'


def _one_default(storage_classes: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    defaults = []
    for urn, storage_class in sorted(storage_classes.items()):
        marks = [flag(read(storage_class, "metadata", "annotations", name)) for name in _DEFAULT_CLASS]
        if True in marks:
            defaults.append(urn)
        else:
            # Where the annotations as a whole are unknown both names lead to the same place.
            yield from ((urn, mark) for mark in dict.fromkeys(marks) if isinstance(mark, Unknown))
    for urn in defaults[1:]:
        first = defaults[0].rpartition("::")[2]
        yield (
            urn,
            f"{first} is the default storage class already; remove the annotation {_DEFAULT_CLASS[0]} from all but one",
        )


def _zone(storage_class: Properties) -> Iterator[Finding]:
    if read(storage_class, "provisioner") != "ebs.csi.aws.com":
        return
    mode = read(storage_class, "volumeBindingMode", default="Immediate")
    if isinstance(mode, Unknown):
        yield mode
    elif mode != "WaitForFirstConsumer":
        yield (
            "a volume is made in any zone before its pod has a node, and the pod may never get one there; "
            "set volumeBindingMode to WaitForFirstConsumer"
        )


def _claims(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    classes = {read(each, "metadata", "name"): each for each in resources.values() if each.get("kind") == _CLASS_KIND}
    default = any(flag(read(each, "metadata", "annotations", _DEFAULT_CLASS[0])) is True for each in classes.values())
    for urn, resource in sorted(resources.items()):
        for claim in _specs(resource) if classes else ():
            name = claim if isinstance(claim, Unknown) else read(claim, "storageClassName")
            if isinstance(name, Unknown):
                yield urn, name
            elif name is None and not default:
                yield urn, "nobody says what its volume is made of, and there is no default; set storageClassName"
            elif name and name not in classes:
                known = ", ".join(sorted(map(str, classes)))
                yield urn, f"there is no storage class {name}, so that its pod waits for ever; name one of {known}"


def _specs(resource: Properties) -> Iterator[Any]:
    kind = resource.get("kind")
    if kind == "PersistentVolumeClaim":
        yield read(resource, "spec", default={})
    elif kind == "StatefulSet":
        templates, unknown = split(read(resource, "spec", "volumeClaimTemplates"))
        yield from unknown
        yield from (read(each, "spec", default={}) for each in templates)
    elif kind != _CLASS_KIND:
        claim = read(resource, "spec", "storage", "volumeClaimTemplate", "spec")
        yield from () if claim is None else (claim,)


RULES: Final = (
    ResourceRule(
        name="encrypted-storage-class",
        why="The storage class decides for every volume claimed from it, also those nobody here wrote.",
        types=_STORAGE_CLASS,
        check=_encrypted,
        references=("AWS Security Hub: EC2.3", "hardeneks: use_encryption_with_ebs"),
    ),
    StackRule(
        name="default-storage-class",
        why="With two default classes the newer one wins, so that where data lands depends on the order of creation.",
        types=_STORAGE_CLASS,
        check=_one_default,
        references=("Kubernetes documentation: Storage Classes, default StorageClass",),
    ),
    ResourceRule(
        name="storage-class-zone",
        why="A volume of EBS is in one zone for ever, and its pod only where that zone has a node for it.",
        types=_STORAGE_CLASS,
        check=_zone,
        references=("Kubernetes documentation: Storage Classes, volume binding mode",),
    ),
    StackRule(
        name="claim-storage-class",
        why="A claim of a class that is not there waits, and its pod with it, without any error.",
        types=(
            "kubernetes:core/v1:PersistentVolumeClaim",
            "kubernetes:apps/v1:StatefulSet",
            *OPERATED,
            *_STORAGE_CLASS,
        ),
        check=_claims,
        references=("Kubernetes documentation: Persistent Volumes, class",),
    ),
)
