"""Rules of EKS node groups: what fits the instance types."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, texts
from rehearsal.providers.standin import Failure

_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_TYPE: Final = "instanceTypes"
_MOST_TYPES: Final = 20


def instance_type_exists(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A node group's instance types are EC2's; EKS's own definition takes any text.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    """
    for place, name in texts(inputs, _TYPE):
        if name not in facts.instance_types():
            yield Failure(
                place,
                f"eks CreateNodegroup refused: InvalidParameterException: {name} is not an instance type of EC2",
            )


def instance_type_count(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A node group has at most 20 instance types.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    """
    count = len(known(inputs, _TYPE) or ())
    if count > _MOST_TYPES:
        yield Failure(
            _TYPE, f"eks CreateNodegroup refused: instanceTypes takes at most {_MOST_TYPES} elements, not {count}"
        )


def architecture(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """The image of an AMI type runs on the processor of every instance type.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html (amiType)
    """
    ami = known(inputs, "amiType")
    wanted = _architecture(ami)
    for place, name in texts(inputs, _TYPE):
        described = facts.instance_type(name)
        if wanted and described and wanted not in described["ProcessorInfo"]["SupportedArchitectures"]:
            runs = ", ".join(described["ProcessorInfo"]["SupportedArchitectures"])
            yield Failure(
                place,
                f"eks CreateNodegroup refused: InvalidParameterException: {name} runs {runs}, the AMI type {ami} is "
                f"for {wanted}",
            )


def accelerator(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """An AMI with NVIDIA's drivers is for instance types with NVIDIA's GPUs, and those are for such an AMI.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html
    """
    ami = known(inputs, "amiType")
    if not isinstance(ami, str) or ami == "CUSTOM":
        return
    drivers = ami.endswith(("_NVIDIA", "_NVIDIA_FIPS", "_GPU"))
    for place, name in texts(inputs, _TYPE):
        described = facts.instance_type(name)
        if described is None:
            continue
        gpus = any(gpu["Manufacturer"] == "NVIDIA" for gpu in described.get("GpuInfo", {}).get("Gpus", ()))
        if drivers and not gpus:
            yield Failure(
                place, f"eks CreateNodegroup refused: {name} has no NVIDIA GPU, the AMI type {ami} is only for those"
            )
        if gpus and not drivers:
            yield Failure(place, f"eks CreateNodegroup refused: {name} has NVIDIA GPUs, for which {ami} has no driver")


def sizes(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A node group's desired size lies between its smallest and its largest.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html
    """
    least, wanted, most = (known(inputs, f"scalingConfig.{name}Size") for name in ("min", "desired", "max"))
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Failure(
            "scalingConfig.minSize", f"eks CreateNodegroup refused: minimum capacity {least} is above maximum {most}"
        )
    if isinstance(wanted, int) and isinstance(most, int) and wanted > most:
        yield Failure(
            "scalingConfig.desiredSize",
            f"eks CreateNodegroup refused: desired capacity {wanted} is above maximum {most}",
        )
    if isinstance(wanted, int) and isinstance(least, int) and wanted < least:
        yield Failure(
            "scalingConfig.desiredSize",
            f"eks CreateNodegroup refused: desired capacity {wanted} is below minimum {least}",
        )


def unavailable(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """How many nodes an update may take away is given as a number or as a share, not both.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html
    """
    config = known(inputs, "updateConfig") or {}
    if config.get("maxUnavailable") is not None and config.get("maxUnavailablePercentage") is not None:
        yield Failure("updateConfig", "eks CreateNodegroup: give maxUnavailable or maxUnavailablePercentage, not both")


def template_leaves_room(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A launch template that says the instance type, disk or role leaves the node group nothing to say about it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-basics
    """
    template = known(inputs, "launchTemplate")
    if not isinstance(template, Mapping):
        return
    data = facts.template(template)
    if inputs.get(_TYPE) and data.get("InstanceType"):
        yield Failure(
            _TYPE,
            f"eks CreateNodegroup refused: InvalidParameterException: the launch template sets the instance type "
            f"{data['InstanceType']}, so the node group must set none",
        )
    if inputs.get("diskSize") is not None:
        yield Failure("diskSize", "eks CreateNodegroup refused: with a launch template the disk's size is set there")
    if inputs.get("remoteAccess") is not None:
        yield Failure("remoteAccess", "eks CreateNodegroup refused: with a launch template remote access is set there")
    if data.get("IamInstanceProfile"):
        yield Failure(
            "launchTemplate", "eks CreateNodegroup refused: a node group's launch template must not set an IAM profile"
        )
    if data.get("ImageId") and known(inputs, "amiType") not in {None, "CUSTOM"}:
        yield Failure(
            "amiType",
            "eks CreateNodegroup refused: the launch template sets the image, so the AMI type is CUSTOM or unset",
        )


def _architecture(ami: Any) -> str | None:
    if not isinstance(ami, str) or ami == "CUSTOM":
        return None
    return "arm64" if "_ARM_64" in ami else "x86_64"


OF_INPUTS: Final = {
    _NODE_GROUP: (instance_type_exists, instance_type_count, architecture, accelerator, sizes, unavailable)
}
OF_STATE: Final = {_NODE_GROUP: (template_leaves_room,)}
