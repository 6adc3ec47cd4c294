"""What was made of a stack's objects and releases, for the report."""

from dataclasses import dataclass

from rehearsal.kubernetes.release_rendering import Rendering


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCounts:
    """How many releases there are of each sort.

    Attributes:
        judged: Those whose values were judged by their chart's own files.
        rendered: Those among them whose templates were rendered, and the objects tried out on the API server.
        unjudged: The others.
        chart_data: Whether the files of any chart are at hand.

    """

    judged: int = 0
    rendered: int = 0
    unjudged: int = 0
    chart_data: bool = True


@dataclass(frozen=True, slots=True)
class KubernetesSummary:
    """What was made of the objects and releases of a stack.

    Attributes:
        accepted: How many distinct objects the API server judged and accepted.
        unvalidated: What nothing judged, because its definition or its chart was not at hand; sorted, such as
            ``cert-manager.io/v1 Certificate ingress/wildcard``.
        releases: How many Helm releases there are of each sort.
        rendering: What was seen of those whose templates were rendered.

    """

    accepted: int
    unvalidated: tuple[str, ...]
    releases: ReleaseCounts
    rendering: Rendering
