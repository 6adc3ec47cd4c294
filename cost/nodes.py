"""What nodes cost: instances of a group between its bounds, and the volumes that each starts with."""

from collections.abc import Iterator, Sequence
from typing import Final

from cost.figures import HOURS, Range
from cost.stack import Entry, Found, NotKnownError, Stack, given, items, number, text
from cost.volumes import volume

_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_SPOT: Final = "SPOT"
# The disk of a node whose group says nothing: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html.
_DISK_GIB: Final = 20.0


def node_group(stack: Stack, group: Entry) -> Iterator[Found]:
    """Yield what a managed node group costs: at its least size, at its desired one, and at its largest."""
    nodes = _nodes(group)
    yield from _instances(stack, group, nodes)
    yield from _disks(stack, group, nodes)


def _nodes(group: Entry) -> Range:
    least = number(group, "scalingConfig", "minSize", default=1)
    desired = number(group, "scalingConfig", "desiredSize", default=least)
    return Range(least, desired, number(group, "scalingConfig", "maxSize", default=desired))


def _instances(stack: Stack, group: Entry, nodes: Range) -> Iterator[Found]:
    types = [str(given(group, "instanceTypes", index)) for index, _ in enumerate(items(group, "instanceTypes"))]
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html: the type where none is said.
    types = types or ["t3.medium"]
    region = stack.region_of(group)
    known = {each: usd for each in types if (usd := stack.prices.of_instance(each, region)) is not None}
    if missing := [each for each in types if each not in known]:
        where = "is of the others" if known else "is in no sum"
        yield stack.without(group, f"no price of {', '.join(missing)} in {region or 'no region'}: the group {where}")
    if not known:
        return
    hourly = Range(min(known.values()), next(iter(known.values())), max(known.values()))
    market = f"{next(iter(known))} first, on demand"
    if text(group, "capacityType", default="ON_DEMAND") == _SPOT:
        share = stack.assume("spot_share", group)
        # Spot takes whichever has most to spare, so none of the types is likelier than another.
        hourly = Range(hourly.low, sum(known.values()) / len(known), hourly.high) * share.amount
        market = f"any of {len(known)} types; {share}"
    basis = f"{_several(nodes)} nodes, {market}: {hourly.low:.4g} to {hourly.high:.4g} an hour"
    yield stack.line(group, "instances", nodes * hourly * HOURS, basis)


def _disks(stack: Stack, group: Entry, nodes: Range) -> Iterator[Found]:
    template = _template(stack, group)
    if template is None:
        if given(group, "launchTemplate") is not None:
            yield stack.without(group, "volumes: its launch template is not among the resources")
            return
        yield from volume(stack, group, "gp3", number(group, "diskSize", default=_DISK_GIB), nodes, what="disks")
        return
    for index, _ in enumerate(items(template, "blockDeviceMappings")):
        at = ("blockDeviceMappings", index, "ebs")
        if given(template, *at) is None:
            continue
        size = number(template, *at, "volumeSize", default=_DISK_GIB)
        extra = {
            "iops": number(template, *at, "iops", default=0),
            "throughput": number(template, *at, "throughput", default=0),
        }
        what = f"disks {text(template, 'blockDeviceMappings', index, 'deviceName', default=str(index))}"
        kind = text(template, *at, "volumeType", default="gp3")
        yield from volume(stack, group, kind, size, nodes, what=what, **extra)


def _template(stack: Stack, group: Entry) -> Entry | None:
    """Return the launch template that a group waits for; of several, the one that is called as it is."""
    urns: Sequence[str] = group.get("dependencies") or ()
    found = [stack.by_urn[urn] for urn in urns if urn in stack.by_urn and stack.by_urn[urn]["type"] == _TEMPLATE]
    try:
        wanted = given(group, "launchTemplate", "name")
    except NotKnownError:
        wanted = None
    names = {wanted, group["name"]}
    return next((each for each in found if each["name"] in names), found[0] if found else None)


def _several(nodes: Range) -> str:
    low, typical, high = (f"{each:g}" for each in (nodes.low, nodes.typical, nodes.high))
    return low if low == high else f"{typical} ({low} to {high})"
