"""What a stack decides about the entry of its traffic: by which means, under which names, and for whom."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

from pydantic import Field

from components.kit.settings import Settings
from components.networking.hosted_zones import Domain
from components.networking.issuers import Issuer


class EntryMode(StrEnum):
    """By which means traffic comes in."""

    GATEWAY = "gateway"
    ALB = "alb"
    NGINX = "nginx"


class EntryPoint(Settings):
    """One entry: a load balancer of its own and the names it answers to."""

    domain: Domain
    """The domain it serves: the name itself and every name below it."""

    issuer: Issuer | None = None
    """Who signs its certificate. Unset: `certificates.issuer` for the public entry, the private CA for the internal."""

    client_cidrs: Annotated[tuple[IPv4Network, ...], Field(max_length=50)] = ()
    """Address blocks whose clients may connect. Empty: everyone who reaches the load balancer."""

    certificate_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+$",
                examples=["arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"],
            ),
        ]
        | None
    ) = None
    """The certificate in ACM, with mode `alb` only: an ALB takes no other."""


class EntrySettings(Settings):
    """The entry of traffic."""

    mode: EntryMode = EntryMode.GATEWAY
    """By which means traffic comes in: Gateways that Cilium serves (`gateway`), Ingresses that ALBs serve (`alb`), or
    Ingresses that ingress-nginx serves (`nginx`), which is retired."""

    public: EntryPoint | None = None
    """The entry from the internet. Unset, there is none."""

    internal: EntryPoint | None = None
    """The entry from inside the VPC and the networks routed to it. Unset, there is none."""

    accept_nginx_retirement: bool = False
    """Whether mode `nginx` is wanted although ingress-nginx gets no more releases, not even for security."""

    example_app: Literal["public", "internal"] | None = None
    """The entry behind which an example app stands that proves names, certificates and routes. Unset, there is none."""

    @property
    def points(self) -> Mapping[str, EntryPoint]:
        """The entries there are, by name."""
        both = {PUBLIC: self.public, INTERNAL: self.internal}
        return {name: point for name, point in both.items() if point is not None}


PUBLIC: Final = "public"
INTERNAL: Final = "internal"


def issuer_of(name: str, point: EntryPoint, default: Issuer) -> Issuer:
    """Return who signs an entry's certificate."""
    return point.issuer or (default if name == PUBLIC else Issuer.PRIVATE)


def admitting(name: str) -> dict[str, str]:
    """Return the label of the namespaces whose routes an entry serves; whoever may set it decides what is exposed."""
    return {f"platform/{name}-entry": "admitted"}
