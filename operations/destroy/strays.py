"""What a cluster makes in AWS that no state knows: how it goes by itself, and how the rest is found and removed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.destroy import claims
from operations.destroy.phases import CLUSTER
from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A kind of thing that a cluster makes.

    Attributes:
        what: What it is.
        going: How much of it goes with the stack, as far as the rehearsed order shows.
        find: The command that lists what is left of this stack, and of no other; empty where nothing tells them apart.
        remove: The command that removes one of it.

    """

    what: str
    going: str
    find: str
    remove: str


def strays(rehearsed: Rehearsed) -> list[Stray]:
    """Return what to look for once the destroy is through."""
    return [
        stray
        for cluster in rehearsed.of(CLUSTER)
        for made in (_load_balancers, _machines, _volumes, _snapshots, _interfaces, _records, _logs)
        for stray in made(rehearsed, str(cluster.inputs["name"]))
    ]


def _load_balancers(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    (*controllers,) = _releases(rehearsed, "aws-load-balancer-controller")
    asking = [*rehearsed.of(":Gateway", ":Ingress"), *(node for node in rehearsed.of("core/v1:Service") if _asks(node))]
    # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/ (tags of resources)
    tag = "elbv2.k8s.aws/cluster"
    yield Stray(
        what="Load balancers, with their target groups and security groups",
        going=_going(rehearsed, asking, controllers, "the controller that takes them away"),
        find=f"aws resourcegroupstaggingapi get-resources --tag-filters Key={tag},Values={cluster} "
        "--query 'ResourceTagMappingList[].ResourceARN'",
        remove="aws elbv2 delete-load-balancer --load-balancer-arn <arn>; then "
        "aws elbv2 delete-target-group --target-group-arn <arn>; then aws ec2 delete-security-group --group-id <id>",
    )


def _machines(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    pools = rehearsed.of(":NodePool")
    if pools:
        yield Stray(
            what="Machines that Karpenter launched",
            going=_going(rehearsed, pools, _releases(rehearsed, "karpenter"), "Karpenter, which drains and ends them"),
            # https://karpenter.sh/docs/concepts/nodeclasses/#spectags
            find="aws ec2 describe-instances --filters Name=tag-key,Values=karpenter.sh/nodepool "
            f"Name=tag:eks:eks-cluster-name,Values={cluster} Name=instance-state-name,Values=pending,running "
            "--query 'Reservations[].Instances[].InstanceId'",
            remove="aws ec2 terminate-instances --instance-ids <id>",
        )


def _volumes(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    del cluster
    stay = sorted(f"`{node.name}`" for node in claims.outliving(rehearsed))
    going = (
        f"not those of {', '.join(stay)}, nor those of claims that charts and teams make in a class that retains"
        if stay
        else "with their claims, where the class says so; a claim that is there when the cluster goes keeps its volume"
    )
    yield Stray(
        what="Volumes of claims",
        going=going,
        find=_tagged(
            rehearsed,
            "describe-volumes --filters {} Name=status,Values=available "
            "--query 'Volumes[].[VolumeId,Size,CreateTime]' --output text",
        ),
        remove="aws ec2 delete-volume --volume-id <id>",
    )


def _snapshots(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    del cluster
    if rehearsed.of(":VolumeSnapshotClass"):
        yield Stray(
            what="Snapshots of volumes",
            going="those whose class deletes them, with their objects; backups' own end with the backups while the "
            "cluster runs, and what is left of them may be all there is of a backup",
            find=_tagged(
                rehearsed,
                "describe-snapshots --owner-ids self --filters {} "
                "--query 'Snapshots[].[SnapshotId,VolumeSize,StartTime]' --output text",
            ),
            remove="aws ec2 delete-snapshot --snapshot-id <id>",
        )


def _interfaces(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    del rehearsed, cluster
    yield Stray(
        what="Network interfaces that nodes' network plug-in, load balancers or the control plane left",
        going="with their machine, load balancer or cluster; one that is still there holds its subnet "
        "(`DependencyViolation`)",
        find="aws ec2 describe-network-interfaces --filters "
        '"Name=vpc-id,Values=$vpc" '
        "--query 'NetworkInterfaces[].[NetworkInterfaceId,Status,Description]' --output text",
        remove="aws ec2 delete-network-interface --network-interface-id <id>",
    )


def _records(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    for release in _releases(rehearsed, "external-dns"):
        policy = release.inputs.get("values", {}).get("policy", "upsert-only")
        owner = release.inputs.get("values", {}).get("txtOwnerId", cluster)
        routes = rehearsed.of(":HTTPRoute", ":Gateway", ":Ingress")
        yield Stray(
            what=f"DNS records of the owner `{owner}`",
            going=f"{_going(rehearsed, routes, [release], 'external-dns')}; it deletes records in rounds, and the last "
            "round may not come"
            if policy == "sync"
            else "none: external-dns deletes no record here (`dns.records` is not `sync`)",
            find=f"for zone in {_zones(release)}; do aws route53 list-resource-record-sets --hosted-zone-id $zone "
            "--query \"ResourceRecordSets[?Type=='TXT' && "
            # Others follow the owner, and another stack's may begin with this one's:
            # https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
            f"contains(ResourceRecords[0].Value, 'external-dns/owner={owner},')].Name\"; done",
            remove="aws route53 change-resource-record-sets --hosted-zone-id <zone> --change-batch <the record and its "
            "TXT, with DELETE>",
        )


def _logs(rehearsed: Rehearsed, cluster: str) -> Iterator[Stray]:
    del rehearsed
    yield Stray(
        what="Log groups that AWS makes again for what it had buffered",
        going="with the stack; look an hour later",
        find=f"aws logs describe-log-groups --log-group-name-prefix /aws/eks/{cluster}/ "
        "--query 'logGroups[].logGroupName'",
        remove="aws logs delete-log-group --log-group-name <name>",
    )


def _going(rehearsed: Rehearsed, asking: tuple[Node, ...] | list[Node], makers: list[Node], who: str) -> str:
    """Say whether what asks for something is deleted while the one who would take it away still runs."""
    if not asking:
        return "the stack asks for none itself; teams may have: look before the destroy"
    if not makers:
        return f"nobody takes them away: {who} is not in this stack"
    late = sorted(
        f"`{node.name}`" for node in asking if not any(maker.urn in rehearsed.before(node) for maker in makers)
    )
    if late:
        return f"not surely those of {', '.join(late)}: nothing has them deleted before {who}"
    return f"those of the stack: what asks for them goes before {who}; teams' own must be deleted before the destroy"


def _releases(rehearsed: Rehearsed, chart: str) -> list[Node]:
    """Return the releases of a chart, whose reference may be an address that ends in its name."""
    return [
        node
        for node in rehearsed.of("helm.sh/v3:Release")
        if str(node.inputs.get("chart", "")).rpartition("/")[2] == chart
    ]


def _zones(release: Node) -> str:
    """Return the zones that external-dns writes to."""
    flag = "--zone-id-filter="
    told: list[str] = release.inputs.get("values", {}).get("extraArgs", [])
    return " ".join(each.removeprefix(flag) for each in told if each.startswith(flag)) or "<zone>"


def _asks(service: Node) -> bool:
    return bool(service.inputs.get("spec", {}).get("type") == "LoadBalancer")


def _tagged(rehearsed: Rehearsed, command: str) -> str:
    """Return a command of EC2 that lists what the volumes' driver made for this stack, by the tags it puts on it.

    Empty if none of them names the stack: the list would have other stacks' in it, and a deletion follows it.
    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
    """
    for addon in rehearsed.of("eks/addon:Addon"):
        if addon.inputs.get("addonName") == "aws-ebs-csi-driver":
            told = json.loads(addon.inputs.get("configurationValues") or "{}")
            tags: Mapping[str, str] = told.get("controller", {}).get("extraVolumeTags", {})
            if rehearsed.stack in tags.values():
                filters = " ".join(f"'Name=tag:{key},Values={value}'" for key, value in sorted(tags.items()))
                return f"aws ec2 {command.format(filters)}"
    return ""
