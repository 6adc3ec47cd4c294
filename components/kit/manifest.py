"""The one way a release file of manifests comes into the cluster: from its publisher's address, in an exact version."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import chart
from components.kit.layer import Layer


@cache
def pinned() -> Mapping[str, str]:
    """Return for each manifest of `charts.toml` the address of the pinned release file."""
    manifests = tomllib.loads(chart.FILE.read_text(encoding="utf-8"))["manifests"]
    return {name: entry["url"].format(version=entry["version"]) for name, entry in manifests.items()}


def install(
    layer: Layer, name: str, *, protect: bool, depends_on: Sequence[pulumi.Resource] = ()
) -> kubernetes.yaml.v2.ConfigFile:
    """Install everything in a release file within a layer.

    Args:
        layer: The layer it belongs to.
        name: The manifest's name in `charts.toml`.
        protect: Whether its objects may be deleted by nobody. The provider makes them, so that nothing in this program
            can depend on them one by one, and the destroy guard does not hold them.
        depends_on: What must be there first, besides what the layer waits for.

    Raises:
        KeyError: `charts.toml` has no such manifest.

    """
    return kubernetes.yaml.v2.ConfigFile(
        f"{layer.pulumi_resource_name}-{name}",
        file=pinned()[name],
        opts=layer.child(protect=protect, depends_on=depends_on),
    )
