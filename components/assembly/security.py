"""What keeps the cluster safe: secrets, admission, rights, detection and identity."""

from typing import TYPE_CHECKING

from components.assembly import identity, pod_secrets
from components.assembly.ground import Ground
from components.assembly.systems import Systems
from components.kit import chart
from components.networking.entry_settings import INTERNAL, PUBLIC
from components.networking.gateways import namespace_of
from components.networking.issuers import Issuer
from components.security.access.rbac import Rbac
from components.security.admission.admission import Admission
from components.security.admission.gatekeeper import Gatekeeper
from components.security.admission.kyverno import Kyverno
from components.security.admission.policies import SYSTEM
from components.security.admission.settings import Engine
from components.security.detection.aws_baseline import AwsBaseline
from components.security.detection.falco import Falco
from components.security.detection.trivy_operator import TrivyOperator
from components.security.namespaces import PLATFORM
from components.security.secrets.external_secrets import ExternalSecrets
from components.security.vault.configuration import VaultConfiguration
from components.security.vault.vault import Vault
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Security:
    """Every layer of the tier, as far as the settings ask for it.

    Attributes:
        rights: Who may do what, and the namespaces of grants.
        vault: Vault, if the stack has it.
        external_secrets: What copies secrets of stores, if the stack has any.
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground, systems: Systems) -> None:
        # What nobody may delete by hand goes after whoever refuses it: destroying starts at the other end.
        copied = pod_secrets.layers(settings, ground, systems)
        self.external_secrets = next((layer for layer in copied if isinstance(layer, ExternalSecrets)), None)
        # Rights need no pod: they are there before anyone comes.
        self.rights = rights = Rbac(
            "rbac",
            settings.cluster.access,
            retain_data=settings.retain_data,
            disturbed=settings.disturbed,
            opts=ground.after(),
        )
        self.layers: list[Layer] = [
            rights,
            Admission(
                "admission",
                settings.admission,
                platform=left_alone(),
                opts=ground.after(systems.namespaces),
            ),
            *_engine(settings, ground, systems),
            *copied,
            *identity.layers(settings, ground, systems, self.external_secrets),
            *_detection(settings, ground, systems),
        ]
        self.vault: Vault | None = None
        if settings.vault.enabled:
            self.vault = Vault(
                "vault",
                settings.vault,
                account=settings.account,
                encryption=settings.encryption,
                access=settings.cluster.access,
                zones=len(settings.network.zones),
                cluster=ground.cluster.outputs,
                storage_class=systems.storage.outputs.default,
                issuer=systems.certificates.outputs.issuers[Issuer.PRIVATE],
                copies_region=settings.copies_region,
                copies_topics=settings.backup.copies_topics,
                retain_data=settings.retain_data,
                opts=ground.after(systems.certificates, systems.storage),
            )
            self.layers.append(self.vault)
            self.layers.append(
                VaultConfiguration(
                    "vault-configuration",
                    pod_secrets.vault_access(settings),
                    replicas=settings.vault.replicas,
                    external_secrets=settings.secrets.stores.vault is not None,
                    account=settings.account,
                    vault=self.vault.outputs,
                    opts=ground.after(self.vault),
                )
            )


def left_alone() -> list[str]:
    """Return the namespaces whose pods are Kubernetes' and the platform's own, whatever a stack makes of them."""
    charts = {pinned.namespace for pinned in chart.pinned().values()}
    entries = {namespace_of(entry) for entry in (PUBLIC, INTERNAL)}
    return sorted({*SYSTEM, *charts, *entries, *(namespace.name for namespace in PLATFORM)})


def _engine(settings: PlatformSettings, ground: Ground, systems: Systems) -> "list[Layer]":
    match settings.admission.engine:
        case Engine.KYVERNO:
            return [
                Kyverno(
                    "kyverno",
                    settings.admission,
                    platform=left_alone(),
                    account=settings.account,
                    cluster=ground.cluster.outputs,
                    opts=ground.after(systems.policies),
                )
            ]
        case Engine.GATEKEEPER:
            return [
                Gatekeeper("gatekeeper", settings.admission, platform=left_alone(), opts=ground.after(systems.policies))
            ]
        case Engine.NONE:
            return []


def _detection(settings: PlatformSettings, ground: Ground, systems: Systems) -> "list[Layer]":
    detection = settings.detection
    made: list[Layer] = []
    if detection.falco.enabled:
        made.append(
            Falco(
                "falco",
                detection.falco,
                account=settings.account,
                cluster=ground.cluster.outputs,
                cluster_name=settings.cluster.name,
                keys=ground.encryption.outputs,
                opts=ground.after(systems.policies),
            )
        )
    if detection.trivy.enabled:
        made.append(
            TrivyOperator(
                "trivy-operator",
                detection.trivy,
                account=settings.account,
                cluster=ground.cluster.outputs,
                opts=ground.after(systems.policies),
            )
        )
    if detection.aws_baseline.enabled:
        made.append(AwsBaseline("aws-baseline", detection.aws_baseline, account=settings.account, opts=ground.after()))
    return made
