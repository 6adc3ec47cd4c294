"""What rendered charts told: how many, which images they run, and where they contradict what is declared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policies.rendered import remarks
from rehearsal.charts.pods import Manifest, placed, read
from rehearsal.kubernetes.release_rendering import Rendering as Found
from rehearsal.kubernetes.webhooks import faults
from rehearsal.reachability.rendered import Agreement, agreement
from rehearsal.report.words import count, one_line

_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """What judged the Helm releases.

    Attributes:
        judged: How many had their values judged by their chart's own files.
        rendered: How many of these had their templates rendered, and every object of theirs tried out.
        unjudged: How many had not even their values judged.
        chart_data: Whether there were charts' files to judge by at all.

    """

    judged: int = 0
    rendered: int = 0
    unjudged: int = 0
    chart_data: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The rendered releases of one stack.

    Attributes:
        releases: Those that were rendered, ``namespace/name``.
        not_rendered: The others, each with the reason.
        objects: How many of their objects the API server would take.
        warnings: What it takes and warns of.
        images: For each image the workloads that run it, those of the program itself included.
        without_requests: The containers that do not say how much CPU and memory they need, by their workload.
        webhooks: Why a webhook could lock the cluster out of itself.
        agreement: How the declared flows and the pods fit.
        policies: What the rules about objects of the cluster find in what charts make; their makers decide about it.
        manifests: The objects themselves, each with its namespace if it has one; no part of report.json.

    """

    releases: tuple[str, ...] = ()
    not_rendered: Mapping[str, str] = field(default_factory=dict)
    objects: int = 0
    warnings: tuple[str, ...] = ()
    images: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without_requests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    webhooks: tuple[str, ...] = ()
    agreement: Agreement = field(default_factory=Agreement)
    policies: tuple[str, ...] = ()
    manifests: tuple[Manifest, ...] = field(default=(), repr=False)

    @property
    def objections(self) -> tuple[str, ...]:
        """Everything that keeps a rehearsal from having passed, one sentence each."""
        return (
            *(f"Flows and pods contradict each other: {fault}." for fault in self.agreement.faults),
            *(f"A webhook could lock the cluster out of itself: {fault}." for fault in self.webhooks),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the entry ``rendering`` of report.json."""
        return {
            "releases": list(self.releases),
            "not_rendered": dict(self.not_rendered),
            "objects": self.objects,
            "warnings": list(self.warnings),
            "images": {image: list(workloads) for image, workloads in self.images.items()},
            "without_requests": {workload: list(names) for workload, names in self.without_requests.items()},
            "webhooks": list(self.webhooks),
            "policies": list(self.policies),
            "workloads": {
                "declared": self.agreement.workloads,
                "found": self.agreement.found,
                "rendered": self.agreement.pods,
                "faults": list(self.agreement.faults),
                "remarks": list(self.agreement.remarks),
            },
        }


def rendering(found: Found, resources: Sequence[Mapping[str, Any]]) -> Rendering:
    """Return what the rendered releases told.

    Args:
        found: What the stand-in saw.
        resources: The resources of an exported deployment.

    """
    own = list(_objects(resources))
    pods = (*found.pods, *read(own, "default"))
    images: dict[str, list[str]] = {}
    for each in pods:
        for image in each.images:
            images.setdefault(image, []).append(each.owner)
    return Rendering(
        releases=found.releases,
        not_rendered=found.not_rendered,
        objects=found.objects,
        warnings=found.warnings,
        images={image: tuple(images[image]) for image in sorted(images)},
        without_requests={each.owner: each.without_requests for each in pods if each.without_requests},
        webhooks=faults((*found.manifests, *(placed(each, "default") for each in own))),
        agreement=agreement(resources, pods, frozenset(found.releases)),
        policies=remarks(found.manifests, own),
        manifests=found.manifests,
    )


def markdown(found: Rendering) -> Iterator[str]:
    """Yield the lines of the report's section; none where nothing was rendered."""
    if not found.releases:
        return
    fits = found.agreement
    yield "## What the charts make"
    yield ""
    yield (
        f"{count(len(found.releases), 'release')} rendered by Helm; the API server would take all "
        f"{count(found.objects, 'object')}, and a pod of each workload."
    )
    if fits.workloads:
        yield f"{fits.found} of {count(fits.workloads, 'declared workload')} are among {fits.pods} rendered ones."
    lists = {
        "Contradictions between flows and pods": fits.faults,
        "Webhooks that could lock the cluster out of itself": found.webhooks,
        "Declared, and seen in nothing rendered: made by a program or an add-on, or misspelt": fits.remarks,
        "Not rendered": [f"{name}: {reason}" for name, reason in found.not_rendered.items()],
        "The API server warns": found.warnings,
        "Rules about objects find in what charts make": found.policies,
        "Containers without requests for CPU and memory": [
            f"{workload}: {', '.join(names)}" for workload, names in found.without_requests.items()
        ],
        f"Images, {len(found.images)} in all": [f"`{image}`" for image in found.images],
    }
    for title, lines in lists.items():
        if lines:
            yield ""
            yield f"{title}:"
            yield ""
            # A mirror needs all of them.
            shown = lines if title.startswith("Images") else lines[:_MOST]
            yield from (f"- {one_line(line)}" for line in shown)
            if len(lines) > len(shown):
                yield f"- and {len(lines) - len(shown)} more in report.json"


def _objects(resources: Sequence[Mapping[str, Any]]) -> Iterator[Manifest]:
    """Yield the objects that the program declares itself."""
    for entry in resources:
        inputs = entry.get("inputs") or {}
        if str(entry.get("type", "")).startswith("kubernetes:") and {"apiVersion", "kind", "metadata"} <= inputs.keys():
            yield inputs
