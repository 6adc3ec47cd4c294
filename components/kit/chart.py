"""The one way a Helm chart comes into the cluster: as a release of an exact version, rolled back when it fails."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.identity import ServiceAccount
from components.kit.layer import Layer

FILE: Final = Path(__file__).parent.parent / "charts.toml"
"""Where charts and release files are pinned."""

_OCI: Final = "oci://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as `charts.toml` pins it.

    Attributes:
        repository: The address of the Helm repository, or of the OCI folder that holds the chart.
        version: The exact version.
        namespace: The namespace its release lives in, which is there before it.
        chart: The chart's name there, if its entry has another: that of a second release of the same chart.

    """

    repository: str
    version: str
    namespace: str
    chart: str = ""


@cache
def pinned() -> Mapping[str, Chart]:
    """Return every chart by its name."""
    return {name: Chart(**chart) for name, chart in tomllib.loads(FILE.read_text(encoding="utf-8"))["charts"].items()}


def service_account(name: str, cluster: pulumi.Input[str], account: str = "") -> ServiceAccount:
    """Return the identity that a chart's pods have inside a cluster.

    Args:
        name: The chart's name in `charts.toml`.
        cluster: The cluster's name.
        account: The service account's name; empty where the chart calls it after its release, and so after itself.

    Raises:
        KeyError: `charts.toml` has no such chart.

    """
    return ServiceAccount(cluster=cluster, namespace=pinned()[name].namespace, name=account or name)


def install(
    layer: Layer,
    name: str,
    values: Mapping[str, Any],
    *,
    depends_on: Sequence[pulumi.Resource] = (),
    wait: bool = True,
    minutes: int = 10,
    protect: bool = False,
) -> kubernetes.helm.v3.Release:
    """Install a chart within a layer.

    Args:
        layer: The layer the release belongs to; the release is called after the chart's entry in Helm too.
        name: The chart's name in `charts.toml`.
        values: What differs from the chart's own values. Never a secret: a release's values are kept in plain sight.
        depends_on: What must be there first, besides what the layer waits for.
        wait: Whether the release is complete only when its pods are ready. Without, a release that cannot work is not
            rolled back either: Helm knows of no failure.
        minutes: How long that may take.
        protect: Whether nobody may uninstall it by accident, with whatever it takes along.

    Raises:
        KeyError: `charts.toml` has no such chart.

    """
    chart = pinned()[name]
    oci = chart.repository.startswith(_OCI)
    published = chart.chart or name
    return kubernetes.helm.v3.Release(
        f"{layer.pulumi_resource_name}-{name}",
        name=name,
        chart=f"{chart.repository}/{published}" if oci else published,
        version=chart.version,
        repository_opts=None if oci else kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository),
        namespace=chart.namespace,
        values={**values},
        atomic=wait,
        cleanup_on_fail=True,
        skip_await=not wait,
        wait_for_jobs=wait,
        timeout=minutes * 60,
        # Helm's own limit, 10, fills etcd with copies of large charts; three are enough to go back.
        max_history=3,
        opts=layer.child(depends_on=depends_on, protect=protect or None),
    )
