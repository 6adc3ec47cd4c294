"""What this repository must pin before a stack can run a minor: Kubernetes itself, add-ons, images, machines."""

from collections.abc import Iterator, Mapping
from typing import Final

from components.compute import kubernetes_versions
from components.kit.versions import Versions
from operations.rehearsed import Rehearsed
from operations.upgrade.findings import Finding, against, fine, to_look_at

_FILE: Final = "components/versions.toml"
_CHOSEN: Final = "at what EKS chose"


def platform(target: str, pinned: Versions) -> Iterator[Finding]:
    """Yield what must be done once, for all stacks, before any of them can run a minor."""
    if target in kubernetes_versions.deployable():
        yield fine(f"This platform runs {target} already: a stack says so by `cluster.version`, or by leaving it out.")
        return
    yield against(
        f"This platform is of {pinned.kubernetes}. Raise `kubernetes` in `{_FILE}` to {target} and Kubernetes' modules "
        f"in `tools/kubernetes/go.mod` to v{target}.x, then `make tools`; in every stack that comes later set "
        f'`platform:cluster.version: "{pinned.kubernetes}"`, and take it out again stack by stack.'
    )


def addons(rehearsed: Rehearsed, target: str, pinned: Versions) -> Iterator[Finding]:
    """Yield for each EKS add-on of a stack its version on a minor."""
    for node in rehearsed.of("eks/addon:Addon"):
        name, now = str(node.inputs["addonName"]), node.inputs.get("addonVersion")
        then = pinned.addon(name, target)
        ask = f"`aws eks describe-addon-versions --kubernetes-version {target} --addon-name {name}`"
        if then is None:
            yield to_look_at(
                f"`{name}` stays {now or _CHOSEN}: no version is pinned for {target}. Ask {ask}, and pin its default "
                f'under `[addons."{target}"]` in `{_FILE}`.'
            )
        elif then == now:
            yield fine(f"`{name}` stays at {now}.")
        else:
            yield fine(f"`{name}`: {now or _CHOSEN} to {then}.")


def images(rehearsed: Rehearsed, target: str, pinned: Versions) -> Iterator[Finding]:
    """Yield what of a stack must be of the cluster's own minor, and which release of it is."""
    for name in sorted(_of_the_minor(pinned.images) & _charts(rehearsed)):
        tag = pinned.images.get(target, {}).get(name)
        if tag:
            yield fine(f"The image of `{name}` becomes {tag}.")
        else:
            yield against(
                f"`{name}` must be of the cluster's minor, and no image is pinned for {target}: name it under "
                f'`[images."{target}"]` in `{_FILE}`.'
            )
    if rehearsed.of(":EC2NodeClass"):
        releases = ", ".join(f"{family} {release}" for family, release in pinned.machine_images.items())
        yield to_look_at(
            f"Karpenter launches nodes of a pinned release of the machine image ({releases}), which must have a "
            f"variant of {target}: see its notes, and raise `[machine_images]` in `{_FILE}`. Its nodes are then "
            "replaced as drifted, within their disruption budgets."
        )


def _of_the_minor(images: Mapping[str, Mapping[str, str]]) -> set[str]:
    return {name for tags in images.values() for name in tags}


def _charts(rehearsed: Rehearsed) -> set[str]:
    return {str(node.inputs["chart"]).rpartition("/")[2] for node in rehearsed.of("helm.sh/v3:Release")}
