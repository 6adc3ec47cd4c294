"""What a stack decides about admission: by which engine, how strictly, and where it makes an exception."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from components.kit.settings import Day, Settings
from components.security.admission.catalog import catalog


class Engine(StrEnum):
    """What judges by the full set of rules, beside the API server itself. Exactly one: two would both be asked."""

    NONE = "none"
    """The API server alone, by all rules. It reports nothing about what is there already, and verifies no image."""
    KYVERNO = "kyverno"
    GATEKEEPER = "gatekeeper"


class Mode(StrEnum):
    """What becomes of an object that breaks a rule."""

    AUDIT = "audit"
    """It is let in; whoever brings it is warned, and it is reported."""
    ENFORCE = "enforce"
    """It is refused."""


def _known(rule: str) -> str:
    if rule not in catalog():
        raise ValueError(f"{rule} is no rule; there are {', '.join(sorted(catalog()))}")
    return rule


RuleName = Annotated[str, AfterValidator(_known), Field(examples=["host-path"])]

# A registry's host, perhaps with a port, and perhaps the first parts of the path: `docker.io`, `ghcr.io/example`.
_Registry = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*$",
        # The longest name that registries and clients agree on:
        # https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
        max_length=255,
        examples=["111122223333.dkr.ecr.eu-central-1.amazonaws.com", "public.ecr.aws"],
    ),
]


class RuleException(Settings):
    """A namespace in which a rule only warns, for a while."""

    rule: RuleName
    """The rule."""

    namespace: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", examples=["legacy-shop"])]
    """The namespace it does not refuse anything in."""

    reason: Annotated[str, Field(min_length=10, examples=["the driver is replaced in the first quarter"])]
    """Why."""

    until: Annotated[Day, Field(examples=["2027-03-31"])]
    """The last day on which it counts. After it the settings are refused until it is gone or has a later day."""


class Keyless(Settings):
    """A signature by an identity that a certificate of Sigstore's public good instance proves."""

    issuer: Annotated[str, Field(pattern=r"^https://", examples=["https://token.actions.githubusercontent.com"])]
    """Who vouches for the identity."""

    subject: Annotated[
        str,
        Field(min_length=1, examples=["https://github.com/example/shop/.github/workflows/build.yaml@refs/heads/main"]),
    ]
    """The identity."""


class Signature(Settings):
    """Images that must be signed, and by whom: either an identity or a key."""

    images: Annotated[
        tuple[str, ...],
        Field(min_length=1, examples=[["111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/*"]]),
    ]
    """Which images, with ``*`` for any part of a name."""

    keyless: Keyless | None = None
    """The identity that signs them."""

    key: Annotated[str, Field(pattern=r"^-----BEGIN PUBLIC KEY-----")] | None = None
    """The public key of who signs them, in PEM."""


class AdmissionSettings(Settings):
    """What may enter the cluster."""

    engine: Engine = Engine.NONE
    """What judges by the full set of rules: `kyverno`, `gatekeeper`, or `none` for the API server alone."""

    mode: Mode = Mode.AUDIT
    """Whether what breaks a rule is refused (`enforce`) or only told of (`audit`)."""

    audit_only: tuple[RuleName, ...] = ()
    """Rules that refuse nothing yet although the mode is `enforce`."""

    exceptions: tuple[RuleException, ...] = ()
    """Namespaces in which a rule refuses nothing, each with a reason and a last day."""

    registries: tuple[_Registry, ...] = ()
    """Registries that images may come from, with `docker.io` for Docker Hub; empty for any."""

    load_balancer_classes: tuple[str, ...] = ()
    """Classes that a Service of type LoadBalancer may have; empty for any."""

    owner_label: Annotated[str, Field(examples=["owner"])] | None = None
    """The label by which every namespace names its owner; left out, none has to."""

    signatures: tuple[Signature, ...] = ()
    """Images that must be signed. It takes Kyverno."""

    @property
    def parameters(self) -> Mapping[str, str | Sequence[str]]:
        """The values of the rules' parameters by name; what is empty switches its rule off."""
        return {
            "registries": self.registries,
            "load_balancer_classes": self.load_balancer_classes,
            "owner_label": self.owner_label or "",
        }

    def refuses(self, rule: str) -> bool:
        """Tell whether a rule refuses what breaks it."""
        return self.mode is Mode.ENFORCE and rule not in self.audit_only

    def spared(self, rule: str) -> list[str]:
        """Return the namespaces in which a rule has no say."""
        return sorted({each.namespace for each in self.exceptions if each.rule == rule})
