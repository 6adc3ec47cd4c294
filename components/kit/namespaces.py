"""Namespaces with a Pod Security level, from one builder, so that none is made without."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.layer import Layer


class PodSecurity(StrEnum):
    """The levels of the Pod Security Standards, from strict to open."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


REVIEW_BY: Final = date(2027, 11, 30)
"""The day by which every level below `restricted` is looked at anew, unless its namespace names an earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A namespace the platform owns.

    Attributes:
        name: Its name, which is a contract: charts, policies and people refer to it.
        purpose: What lives in it, in one sentence.
        pod_security: The level that the API server enforces; the two stricter ones are at least warned about.
        reason: Why the level is not `restricted`; empty when it is.
        labels: Its labels beyond those of Pod Security, by which others choose it.
        annotations: Its annotations beyond the platform's own.
        review_by: The day by which a level below `restricted` is looked at anew.
        protected: Whether nobody may delete it before taking this mark away.

    Raises:
        ValueError: a level below `restricted` has no reason.

    """

    name: str
    purpose: str
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    reason: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    review_by: date = REVIEW_BY
    protected: bool = False

    def __post_init__(self) -> None:
        if (self.pod_security is PodSecurity.RESTRICTED) == bool(self.reason):
            raise ValueError(f"namespace {self.name}: a reason belongs to every level but restricted, and to no other")


def create(
    layer: Layer, namespace: Namespace, *, delete_minutes: int | None = None, protect: bool = False
) -> kubernetes.core.v1.Namespace:
    """Create a namespace inside a layer; its level is enforced, `restricted` is audited and warned about.

    Args:
        layer: The layer it belongs to.
        namespace: What it is.
        delete_minutes: How long its deletion may take, where something in it takes longer to go than usual.
        protect: Whether nobody may delete it by accident, with whatever is in it.

    """
    annotations = {**namespace.annotations, "platform/purpose": namespace.purpose}
    if namespace.reason:
        annotations["platform/pod-security-reason"] = namespace.reason
        annotations["platform/pod-security-review-by"] = namespace.review_by.isoformat()
    if namespace.protected:
        annotations["platform/protected"] = "true"
    return kubernetes.core.v1.Namespace(
        f"{layer.pulumi_resource_name}-{namespace.name}",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=namespace.name,
            annotations=annotations,
            labels={
                "owner": "platform",
                **namespace.labels,
                "app.kubernetes.io/managed-by": "pulumi",
                "pod-security.kubernetes.io/enforce": namespace.pod_security,
                "pod-security.kubernetes.io/audit": PodSecurity.RESTRICTED,
                "pod-security.kubernetes.io/warn": PodSecurity.RESTRICTED,
            },
        ),
        opts=layer.child(
            protect=protect or None,
            custom_timeouts=pulumi.CustomTimeouts(delete=f"{delete_minutes}m") if delete_minutes else None,
        ),
    )
