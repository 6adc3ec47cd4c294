"""Rows for the rules about worker nodes."""

from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, UNKNOWN_NUMBER, UNKNOWN_OBJECT, Row

_LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"


def _metadata(**options: Any) -> dict[str, Any]:
    return {"metadataOptions": options}


def _disks(*volumes: Any) -> dict[str, Any]:
    return {
        "blockDeviceMappings": [
            {"deviceName": f"/dev/xvd{'ab'[index]}", "ebs": volume} for index, volume in enumerate(volumes)
        ]
    }


def _interface(public: Any) -> dict[str, Any]:
    return {"networkInterfaces": [{"associatePublicIpAddress": public}]}


ROWS: Final = (
    Row("imds-v2", "good", "a token and one hop", _metadata(httpTokens="required", httpPutResponseHopLimit=1)),
    Row("imds-v2", "good", "no metadata service", _metadata(httpEndpoint="disabled")),
    Row("imds-v2", "bad", "no token asked", _metadata(httpTokens="optional", httpPutResponseHopLimit=1), ["IMDSv1"]),
    Row("imds-v2", "bad", "two hops", _metadata(httpTokens="required", httpPutResponseHopLimit=2), ["hop limit is 2"]),
    Row("imds-v2", "absent", "everything", {}, ["IMDSv1", "hop limit is unset"]),
    Row(
        "imds-v2", "absent", "the hop limit is then the AMI's", _metadata(httpTokens="required"), ["hop limit is unset"]
    ),
    Row(
        "imds-v2",
        "unknown",
        "token and hops",
        _metadata(httpTokens=UNKNOWN, httpPutResponseHopLimit=UNKNOWN_NUMBER),
        unknown=["metadataOptions.httpTokens", "metadataOptions.httpPutResponseHopLimit"],
    ),
    Row(
        "imds-v2",
        "unknown",
        "a fault beside an unknown",
        _metadata(httpTokens=UNKNOWN, httpPutResponseHopLimit=2),
        ["hop limit is 2"],
        ["metadataOptions.httpTokens"],
    ),
    Row(
        "imds-v2",
        "unknown",
        "whether there is a service",
        _metadata(httpEndpoint=UNKNOWN),
        unknown=["metadataOptions.httpEndpoint"],
    ),
    Row(
        "encrypted-volumes",
        "good",
        "as a string, as the provider has it",
        _disks({"encrypted": "true"}, {"encrypted": "true"}),
    ),
    Row("encrypted-volumes", "good", "as a boolean", _disks({"encrypted": True})),
    Row(
        "encrypted-volumes",
        "good",
        "an instance store beside an encrypted volume",
        {"blockDeviceMappings": [{"virtualName": "ephemeral0"}, {"ebs": {"encrypted": "true"}}]},
    ),
    Row("encrypted-volumes", "bad", "one of two", _disks({"encrypted": "true"}, {"encrypted": "false"}), ["/dev/xvdb"]),
    Row(
        "encrypted-volumes",
        "bad",
        "both",
        _disks({"encrypted": False}, {"encrypted": "false"}),
        ["/dev/xvda", "/dev/xvdb"],
    ),
    Row("encrypted-volumes", "absent", "unset is not encrypted", _disks({"volumeSize": 50}), ["/dev/xvda"]),
    Row(
        "encrypted-volumes",
        "absent",
        "a device with no name",
        {"blockDeviceMappings": [{"ebs": {}}]},
        ["an unnamed device"],
    ),
    Row("encrypted-volumes", "absent", "no mapping leaves the AMI's volume", {}, ["root volume"]),
    Row(
        "encrypted-volumes",
        "unknown",
        "one of two, the other bad",
        _disks({"encrypted": UNKNOWN}, {}),
        ["/dev/xvdb"],
        ["blockDeviceMappings[0].ebs.encrypted"],
    ),
    Row(
        "encrypted-volumes",
        "unknown",
        "all mappings",
        {"blockDeviceMappings": UNKNOWN_LIST},
        unknown=["blockDeviceMappings"],
    ),
    Row(
        "node-group-private",
        "good",
        "a node group with a launch template only",
        {"launchTemplate": {"id": "lt-1", "version": "1"}},
    ),
    Row(
        "node-group-private", "good", "interfaces without public addresses", _interface("false"), type=_LAUNCH_TEMPLATE
    ),
    Row("node-group-private", "bad", "SSH to a node group", {"remoteAccess": {"ec2SshKey": "admin"}}, ["remoteAccess"]),
    Row(
        "node-group-private",
        "bad",
        "SSH by the launch template",
        {"keyName": "admin"},
        ["keyName"],
        type=_LAUNCH_TEMPLATE,
    ),
    Row(
        "node-group-private", "bad", "public addresses", _interface("true"), ["public addresses"], type=_LAUNCH_TEMPLATE
    ),
    Row("node-group-private", "absent", "nothing set is closed", {}),
    Row(
        "node-group-private",
        "absent",
        "an interface with nothing set",
        {"networkInterfaces": [{"deviceIndex": 0}]},
        type=_LAUNCH_TEMPLATE,
    ),
    Row("node-group-private", "unknown", "remote access", {"remoteAccess": UNKNOWN_OBJECT}, unknown=["remoteAccess"]),
    Row(
        "node-group-private",
        "unknown",
        "a public address",
        _interface(UNKNOWN_BOOLEAN),
        unknown=["networkInterfaces[0].associatePublicIpAddress"],
        type=_LAUNCH_TEMPLATE,
    ),
    Row(
        "node-group-private",
        "unknown",
        "all interfaces",
        {"networkInterfaces": UNKNOWN_LIST},
        unknown=["networkInterfaces"],
        type=_LAUNCH_TEMPLATE,
    ),
)
