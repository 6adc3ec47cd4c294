"""Release files of manifests (`kubernetes.yaml.v2.ConfigFile`), read from the chart data instead of the network."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from rehearsal.charts.library import VARIABLE, Library
from rehearsal.providers.standin import Child, RefusedError

FILE: Final = "kubernetes:yaml/v2:ConfigFile"
"""The type token of a release file."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A release file at hand: the pattern of its address with the ``version``, and the folder of its documents."""

    pattern: str
    chart: str
    folder: str


_GATEWAY: Final = r"https://github\.com/kubernetes-sigs/gateway-api/releases/download/(?P<version>[^/]+)/"

# https://gateway-api.sigs.k8s.io/guides/#installing-gateway-api
_KNOWN: Final = (
    _Known(rf"{_GATEWAY}standard-install\.yaml", "gateway-api-crds", "crds"),
    _Known(rf"{_GATEWAY}experimental-install\.yaml", "gateway-api-crds", "crds/experimental"),
)


class ReleaseFiles:
    """Finds the documents of release files.

    Args:
        library: The chart data, if it is at hand.

    """

    def __init__(self, library: Library | None) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._unvalidated: set[str] = set()

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """The files that are not at hand, each with the reason; sorted."""
        with self._lock:
            return tuple(sorted(self._unvalidated))

    def children(self, name: str, inputs: Mapping[str, Any]) -> tuple[Child, ...]:
        """Return the resources that the provider makes of a release file; none of one that is not at hand.

        Args:
            name: The resource's logical name.
            inputs: Its inputs.

        Raises:
            RefusedError: the file at hand is of another version.

        """
        address = inputs.get("file")
        manifests = self._documents(str(address))
        # https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/yaml/v2/yaml.go (register)
        prefix = inputs.get("resourcePrefix", name)
        return tuple(_child(prefix, manifest) for manifest in manifests)

    def _documents(self, address: str) -> list[Mapping[str, Any]]:
        found = [(known, match) for known in _KNOWN if (match := re.fullmatch(known.pattern, address))]
        if self._library is None or not found or found[0][0].chart not in self._library.index:
            reason = (
                f"there is no chart data ({VARIABLE})" if self._library is None else "it is not among the chart data"
            )
            with self._lock:
                self._unvalidated.add(f"ConfigFile {address}: {reason}")
            return []
        ((known, match),) = found
        held = self._library.index[known.chart]["ref"]
        if match["version"] != held:
            raise RefusedError(f"{address} cannot be rehearsed: the chart data holds {held}, not {match['version']}")
        paths = sorted((self._library.folder / known.chart / known.folder).glob("*.yaml"))
        documents = (each for path in paths for each in yaml.load_all(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
        return [each for each in documents if each]


def _child(prefix: str, manifest: Mapping[str, Any]) -> Child:
    metadata = manifest["metadata"]
    name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
    group_version = manifest["apiVersion"] if "/" in manifest["apiVersion"] else f"core/{manifest['apiVersion']}"
    inputs = {key: value for key, value in manifest.items() if key != "status"}
    return Child(f"kubernetes:{group_version}:{manifest['kind']}", f"{prefix}:{name}", inputs)
