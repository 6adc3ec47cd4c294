"""What volumes cost: those of claims, of sets of pods, of operators' resources, and of charts as far as values say."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cost.figures import Range
from cost.stack import Entry, Found, Stack, gibibytes, given, items, number, text
from cost.tables import Claim, claims

_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
_DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"
_EBS: Final = "ebs.csi.aws.com"
# What gp3 has by itself: https://aws.amazon.com/ebs/general-purpose/.
_IOPS: Final = 3000.0
_THROUGHPUT: Final = 125.0
_GP3: Final = "gp3"
_IO2: Final = "io2"


def volume(  # noqa: PLR0913 - a volume has a kind, a size, a number, and what is paid for beside its size
    stack: Stack,
    entry: Entry,
    kind: str,
    gib: float,
    count: Range | float,
    *,
    what: str,
    iops: float = 0,
    throughput: float = 0,
) -> Iterator[Found]:
    """Yield what some EBS volumes cost: their size, and what of their speed is paid for.

    Args:
        stack: The stack.
        entry: The resource that they are for.
        kind: The type of volume, ``gp3``.
        gib: The size of each.
        count: How many.
        what: What the line is called.
        iops: The IOPS asked for; 0 for nothing said.
        throughput: The MB/s asked for, likewise.

    """
    number_of = count if isinstance(count, Range) else Range.fixed(count)
    basis = f"{gib:g} GiB of {kind}, {number_of.typical:g} times"
    yield stack.priced(entry, what, f"ebs {kind} storage", number_of * gib, basis)
    paid = max(iops - _IOPS, 0) if kind == _GP3 else iops
    if paid:
        yield stack.priced(entry, f"{what}, IOPS", f"ebs {kind} iops", number_of * paid, f"{paid:g} IOPS of each")
    faster = max(throughput - _THROUGHPUT, 0) if kind == _GP3 else 0
    if faster:
        what = f"{what}, throughput"
        yield stack.priced(entry, what, "ebs gp3 throughput", number_of * faster, f"{faster:g} MB/s of each")


def claim(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a PersistentVolumeClaim's volume costs."""
    yield from _claimed(stack, entry, ("spec",), 1, "volume")


def stateful_set(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the volumes of a StatefulSet cost."""
    replicas = number(entry, "spec", "replicas", default=1)
    for index, _ in enumerate(items(entry, "spec", "volumeClaimTemplates")):
        name = text(entry, "spec", "volumeClaimTemplates", index, "metadata", "name", default=str(index))
        yield from _claimed(
            stack, entry, ("spec", "volumeClaimTemplates", index, "spec"), replicas, f"volumes of {name}"
        )


def operated(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the volumes cost that the operator of Prometheus claims for a resource of its own."""
    if given(entry, "spec", "storage", "volumeClaimTemplate", "spec") is None:
        return
    pods = number(entry, "spec", "replicas", default=1) * number(entry, "spec", "shards", default=1)
    yield from _claimed(stack, entry, ("spec", "storage", "volumeClaimTemplate", "spec"), pods, "volumes")


def release(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the volumes cost that a chart claims, of the charts whose claims are known."""
    for each in claims().get(str(given(entry, "chart")).rpartition("/")[2], ()):
        if all(_at(entry, path, default) == value for path, default, value in each.needs):
            yield from _of_chart(stack, entry, each)


def _of_chart(stack: Stack, entry: Entry, claim_of: Claim) -> Iterator[Found]:
    path, default = claim_of.size
    gib = gibibytes(_at(entry, path, default), "values", path)
    pods_at, pods = claim_of.replicas
    count = _count(entry, pods_at, pods) * (_count(entry, claim_of.times, 1) if claim_of.times else 1)
    name = str(_at(entry, claim_of.storage_class, "") or "")
    yield from _of_class(stack, entry, name, gib, count, f"volumes of {claim_of.what}")


def _claimed(stack: Stack, entry: Entry, path: tuple[str | int, ...], count: float, what: str) -> Iterator[Found]:
    where = (*path, "resources", "requests", "storage")
    size = given(entry, *where)
    if size is None:
        yield stack.without(entry, "it claims a volume and does not say how large")
        return
    name = text(entry, *path, "storageClassName", default="")
    yield from _of_class(stack, entry, name, gibibytes(size, *where), count, what)


def _of_class(stack: Stack, entry: Entry, name: str, gib: float, count: float, what: str) -> Iterator[Found]:
    found = _class(stack, name)
    if found is None:
        yield stack.without(entry, f"no storage class {name or 'that is the default'} is among the resources")
    elif found.get("provisioner") == _EBS:
        parameters: Mapping[str, Any] = found.get("parameters") or {}
        kind = str(parameters.get("type", _GP3))
        per_gib = float(parameters.get("iopsPerGB", 0)) * gib
        yield from volume(
            stack,
            entry,
            kind,
            gib,
            count,
            what=what,
            iops=float(parameters.get("iops", per_gib)),
            throughput=float(parameters.get("throughput", 0)),
        )
    # Any other class takes what the nodes have anyway.


def _class(stack: Stack, name: str) -> Mapping[str, Any] | None:
    for each in stack.of(_CLASS):
        metadata = each["inputs"].get("metadata") or {}
        default = (metadata.get("annotations") or {}).get(_DEFAULT) == "true"
        if metadata.get("name") == name if name else default:
            return dict(each["inputs"])
    return None


def _at(entry: Entry, path: str, default: Any) -> Any:
    value = given(entry, "values", *path.split("."))
    return default if value is None else value


def _count(entry: Entry, path: str, default: float) -> float:
    return number(entry, "values", *path.split("."), default=default)
