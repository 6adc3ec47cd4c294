"""Functions of the AWS package (`aws.get_caller_identity()`), answered from the emulator."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.aws.emulator import Emulator
from rehearsal.providers.standin import Properties, RefusedError


def answer(token: str, arguments: Properties, emulator: Emulator) -> Properties:
    """Return the result of a function.

    Raises:
        RefusedError: the function has no truthful answer here.

    """
    function = _FUNCTIONS.get(token)
    if function is None:
        known = ", ".join(name.rpartition(":")[2] for name in _FUNCTIONS)
        raise RefusedError(f"{token} cannot be rehearsed: the aws stand-in answers only {known}")
    return function(arguments, emulator)


def _caller_identity(_: Properties, emulator: Emulator) -> Properties:
    identity = emulator.call("sts", "GetCallerIdentity", {})
    return {
        "id": identity["Account"],
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
    }


def _partition(_: Properties, emulator: Emulator) -> Properties:
    partition, suffix = emulator.partition, emulator.dns_suffix
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _region(arguments: Properties, emulator: Emulator) -> Properties:
    region = arguments.get("region") or arguments.get("name") or emulator.region
    known = {
        item["RegionName"]: item for item in emulator.call("ec2", "DescribeRegions", {"AllRegions": True})["Regions"]
    }
    if region not in known:
        raise RefusedError(f"ec2 DescribeRegions refused: InvalidParameterValue: there is no region {region}")
    endpoint = known[region]["Endpoint"]
    return {"id": region, "name": region, "region": region, "endpoint": endpoint, "description": region}


def _availability_zones(arguments: Properties, emulator: Emulator) -> Properties:
    members = {
        "AllAvailabilityZones": bool(arguments.get("allAvailabilityZones")),
        "Filters": [{"Name": item["name"], "Values": item["values"]} for item in arguments.get("filters") or []],
    }
    zones = emulator.call("ec2", "DescribeAvailabilityZones", members, arguments.get("region") or "")[
        "AvailabilityZones"
    ]
    left_out = {*(arguments.get("excludeNames") or ()), *(arguments.get("excludeZoneIds") or ())}
    chosen = [
        zone
        for zone in zones
        if not {zone["ZoneName"], zone.get("ZoneId")} & left_out
        and zone["State"] == (arguments.get("state") or zone["State"])
    ]
    return {
        **arguments,
        "id": arguments.get("region") or emulator.region,
        "region": arguments.get("region") or emulator.region,
        "names": [zone["ZoneName"] for zone in chosen],
        "zoneIds": [zone["ZoneId"] for zone in chosen],
        "groupNames": sorted({zone.get("GroupName", emulator.region) for zone in chosen}),
    }


_FUNCTIONS: Final[Mapping[str, Callable[[Any, Emulator], Properties]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
}
