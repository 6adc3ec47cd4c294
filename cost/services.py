"""What the other services of AWS cost: the control plane, keys, buckets, databases, logs and what watches them."""

from collections.abc import Iterator
from typing import Final

from cost.figures import HOURS, Range
from cost.stack import Entry, Found, Stack, flag, given, items, number, text

_ROTATIONS: Final = 2
"""A key's first two rotations are charged like keys of their own: https://aws.amazon.com/kms/pricing/."""

_POSTGRES: Final = "postgres"
_AUDIT: Final = "EKS_AUDIT_LOGS"


def cluster(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a control plane costs; after standard support several times as much, unless AWS upgrades it then."""
    version = text(entry, "version", default="")
    ends = stack.support.get(version)
    price, basis = "eks cluster", f"{HOURS} hours, Kubernetes {version or 'of whatever minor'} in standard support"
    if ends is not None and ends <= stack.today:
        basis = f"{HOURS} hours; AWS upgrades {version}, which left standard support on {ends}"
        if text(entry, "upgradePolicy", "supportType", default="EXTENDED") == "EXTENDED":
            price, basis = f"{price} in extended support", f"{HOURS} hours; {version} left standard support on {ends}"
    yield stack.priced(entry, "control plane", price, HOURS, basis)
    tier = text(entry, "controlPlaneScalingConfig", "tier", default="standard")
    if tier != "standard":
        yield stack.without(entry, f"no price of a control plane of the tier {tier}")


def key(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a key costs, with what its first rotations add within two years."""
    rotated = flag(entry, "enableKeyRotation", default=False)
    keys = Range(1, 1, 1 + _ROTATIONS * rotated)
    yield stack.priced(entry, "key", "kms key", keys, "one key" + rotated * ", up to three once it rotated twice")
    yield stack.used(entry, "requests", "kms requests", "key_requests")


def replica_key(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the copy of a key in another region costs."""
    yield stack.priced(entry, "key", "kms key", 1, "a replica, in a region of its own")


def bucket(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a bucket costs: what is in it, and requests."""
    yield stack.used(entry, "storage", "s3 storage", "bucket_gb")
    yield stack.used(entry, "writes", "s3 writes", "bucket_writes")
    yield stack.used(entry, "reads", "s3 reads", "bucket_reads")


def replication(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a copy to another region costs: the transfer, and that it is made within minutes."""
    yield stack.used(entry, "transfer", "data to another region", "replication_gb")
    for index, _ in enumerate(items(entry, "rules")):
        if given(entry, "rules", index, "destination", "replicationTime") is not None:
            yield stack.used(entry, "in time", "s3 replication within minutes", "replication_gb")
            return


def database(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a database costs: one instance or two, and the storage of each, up to what it may grow to."""
    engine = text(entry, "engine", default=_POSTGRES)
    kind = text(entry, "storageType", default="gp2")
    both = 2 if flag(entry, "multiAz", default=False) else 1
    instance = text(entry, "instanceClass", default="")
    hours = f"{HOURS} hours, {both} of them"
    yield stack.priced(entry, "instances", f"rds {engine} {instance}", HOURS * both, hours)
    size = number(entry, "allocatedStorage", default=20)
    most = max(number(entry, "maxAllocatedStorage", default=size), size)
    basis = f"{size:g} GB that may grow to {most:g}, {both} times"
    yield stack.priced(entry, "storage", f"rds {engine} {kind} storage", Range(size, size, most) * both, basis)


def log_group(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a log group costs: what is written, and what of it is kept for how long."""
    yield stack.used(entry, "written", "cloudwatch logs written", "logs_gb")
    days = number(entry, "retentionInDays", default=0)
    written, kept = stack.assume("logs_gb", entry), stack.assume("logs_kept", entry)
    # Of a group that keeps everything for ever a year is reckoned.
    months = (days or 365) * 12 / 365
    basis = f"{months:.3g} months of what is written; {kept}"
    yield stack.priced(entry, "kept", "cloudwatch logs kept", written.amount * kept.amount * months, basis)


def flow_log(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the delivery of flow logs costs; where they lie is a bucket or a log group of its own."""
    yield stack.used(entry, "delivery", "flow logs delivered", "flow_logs_gb")


def secret(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a secret costs, with its copies in other regions."""
    copies = len(items(entry, "replicas"))
    yield stack.priced(entry, "secret", "secret", 1 + copies, f"one, and {copies} copies of it")


def alarm(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what an alarm of one metric costs."""
    yield stack.priced(entry, "alarm", "cloudwatch alarm", 1, "one metric, by minutes")


def queue(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a queue costs."""
    yield stack.used(entry, "requests", "sqs requests", "queue_requests")


def zone(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a hosted zone costs."""
    yield stack.priced(entry, "zone", "hosted zone", 1, "one zone")


def detector(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what GuardDuty costs for what it always analyses."""
    if not flag(entry, "enable", default=True):
        return
    yield stack.used(entry, "management events", "guardduty management events", "management_events")
    yield stack.used(entry, "flow and DNS logs", "guardduty flow and dns logs", "analysed_gb")


def detector_feature(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a feature of GuardDuty costs that is on."""
    if given(entry, "status") != "ENABLED":
        return
    name = text(entry, "name", default="")
    if name == _AUDIT:
        yield stack.used(entry, "audit events", "guardduty audit events", "audit_events")
    else:
        yield stack.without(entry, f"no price of GuardDuty's {name}")


def image_scanning(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield that enhanced scanning of images has no price here: Amazon Inspector does it. Basic scanning is free."""
    if given(entry, "scanType") == "ENHANCED":
        yield stack.without(entry, "no price of enhanced scanning: by images, of the whole account")
