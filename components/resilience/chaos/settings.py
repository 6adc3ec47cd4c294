"""What a stack decides about chaos: whether it is allowed, where, and which experiments there are."""

from typing import Annotated, ClassVar, Final

from pydantic import Field, field_validator

from components.kit import chart, cron
from components.kit.settings import Day, Settings

CHART: Final = "chaos-mesh"
NAMESPACE: Final = chart.pinned()[CHART].namespace

ACCOUNT: Final = "chaos-controller-manager"
"""The chart's name for the controllers' service account."""

# The chart's is a tag that moves, of a registry that is closed.
# renovate: datasource=docker depName=registry.k8s.io/pause
PAUSE_IMAGE: Final = "registry.k8s.io/pause:3.10.1"
"""The image of crashed pods, which only waits."""

LONGEST_MINUTES: Final = 60
"""What an experiment may last: the alert about one that does not end waits a little longer."""

NOTICED_AFTER_MINUTES: Final = 10
"""What passes until an alert fires, besides its own patience: until pods are seen to fail, and their series are scraped
and evaluated."""

# A host, a path, a tag, and perhaps the digest: https://github.com/distribution/reference/blob/main/reference.go
_IMAGE: Final = (
    r"^[a-z0-9][a-z0-9.-]*\.[a-z0-9.-]*[a-z0-9](:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+"
    r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?$"
)
# A DNS label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
# An alert's name, as the catalogue of rules has it.
_ALERT: Final = r"^[A-Z][A-Za-z0-9]+$"
# Chaos Mesh appends a hyphen and five characters to the name of what a Schedule starts, and the longest is 63.
_EXPERIMENT: Final = r"^[a-z]([a-z0-9-]{0,55}[a-z0-9])?$"

NamespaceName = Annotated[str, Field(pattern=_NAME, examples=["example"])]
ExperimentName = Annotated[str, Field(pattern=_EXPERIMENT, examples=["api-pod-crash"])]
ImageReference = Annotated[
    str,
    Field(pattern=_IMAGE, examples=["111122223333.dkr.ecr.eu-central-1.amazonaws.com/chaos-daemon:v2.8.3-nft"]),
]


class Permission(Settings):
    """Who allows chaos in a stack that holds data, why, and until when."""

    until: Annotated[Day, Field(examples=["2027-03-12"])]
    """The last day, in UTC, at most 14 days ahead. Once it is over the settings are refused until chaos is off again or
    somebody allows it anew."""

    owner: Annotated[str, Field(pattern=_NAME, examples=["platform"])]
    """Who answers for what happens."""

    reason: Annotated[str, Field(min_length=10, examples=["game day of the first quarter, CHG0030001"])]
    """What is to be learned here that no other stack can teach."""


class PodCrash(Settings):
    """Pods whose containers do nothing: their images are exchanged for one that only waits."""

    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many of a hundred of the chosen pods, rounded up: 50 of 3 are 2. Unset, it is one pod."""
    # math.Ceil: https://github.com/chaos-mesh/chaos-mesh/blob/v2.8.3/pkg/selector/generic/mode.go


class NodeLoss(Settings):
    """All of the chosen pods on some nodes, as if these were gone; the nodes themselves go on."""

    node_labels: dict[str, str] = Field(default={"platform/chaos": "node-loss"}, min_length=1)
    """The labels of the nodes. No node has the default before somebody gives it to one."""


class ZoneLoss(Settings):
    """All of the chosen pods in a zone, as if the zone were cut off: nothing reaches them, and they reach nothing."""

    zone: Annotated[str, Field(examples=["eu-central-1a"])]
    """The zone, one of the stack's own."""


class NetworkDelay(Settings):
    """Chosen pods whose answers and calls come late."""

    milliseconds: Annotated[int, Field(ge=1, le=60_000)]
    """How late. Beyond the timeout of a pod's readiness probe, one second unless set, the pod is not ready."""

    jitter_milliseconds: Annotated[int, Field(ge=0, le=60_000)] = 0
    """By how much it varies."""


class VolumeLoss(Settings):
    """One of the chosen pods, in which every operation on a volume fails with an I/O error."""

    path: Annotated[str, Field(pattern=r"^/[^\s]*[^\s/]$", examples=["/var/lib/postgresql/data"])]
    """Where the volume is mounted, exactly as the pod says."""

    container: Annotated[str, Field(pattern=_NAME, examples=["postgres"])] | None = None
    """The container it is mounted in; the first one unless set."""


class Experiment(Settings):
    """One fault, where it happens, and the alert that must tell of it. Exactly one of the faults is set."""

    namespace: NamespaceName
    """Where the pods are; one of `chaos.namespaces`."""

    labels: Annotated[dict[str, str], Field(min_length=1, examples=[{"app.kubernetes.io/component": "api"}])]
    """The labels by which pods there are chosen. Without any it would be all of them."""

    alert: Annotated[str, Field(pattern=_ALERT, examples=["KubeDeploymentReplicasMissing"])]
    """The alert that must fire: one about applications that says their namespace, and no mere information. Its page is
    what people follow; that it can fire in time is judged."""

    minutes: Annotated[int, Field(ge=5, le=LONGEST_MINUTES)] = 30
    """How long the fault lasts: 10 minutes more than the alert waits, or longer."""

    schedule: Annotated[str, Field(pattern=cron.PATTERN, examples=["0 10 * * 2"])] = "0 10 * * 2"
    """When it happens while it is not paused, as cron writes it, in UTC. Choose hours in which people are at work. With
    `chaos.allowed` one that is not paused names a single day, on or before `until`: `0 10 12 3 *`."""

    paused: bool = True
    """Whether nothing happens."""

    pod_crash: PodCrash | None = None
    """Pods crash."""

    node_loss: NodeLoss | None = None
    """Nodes are lost."""

    zone_loss: ZoneLoss | None = None
    """A zone is cut off."""

    network_delay: NetworkDelay | None = None
    """The network is slow."""

    volume_loss: VolumeLoss | None = None
    """A volume fails."""

    FAULTS: ClassVar[tuple[str, ...]] = ("pod_crash", "node_loss", "zone_loss", "network_delay", "volume_loss")

    @property
    def faults(self) -> list[str]:
        """The faults that are set; relations refuse all but one."""
        return [fault for fault in self.FAULTS if getattr(self, fault) is not None]

    @field_validator("schedule")
    @classmethod
    def _runs(cls, schedule: str) -> str:
        cron.gaps(schedule)
        return schedule


class ChaosSettings(Settings):
    """Experiments that show whether the platform and its people bear what will happen some day."""

    enabled: bool = False
    """Whether Chaos Mesh is installed, with an agent on each node that has every right there."""

    allowed: Permission | None = None
    """Who allows it, why and until when. A stack with `retain_data` needs it; no other does."""

    namespaces: Annotated[tuple[NamespaceName, ...], Field(examples=[["example"]])] = ()
    """Where experiments may be: of the namespaces that the stack makes for applications. Chaos Mesh has rights in no
    other and chooses pods in no other."""

    agent_image: ImageReference | None = None
    """The agents' image, instead of Chaos Mesh's own: one whose `iptables` is that of nftables, which `zone_loss` and
    `network_delay` need on nodes of Kubernetes 1.36 and later."""

    experiments: dict[ExperimentName, Experiment] = Field(default={})
    """The experiments, by name."""

    @field_validator("agent_image")
    @classmethod
    def _stays(cls, agent_image: str | None) -> str | None:
        if agent_image and agent_image.endswith(":latest"):
            raise ValueError("has a tag that moves: agents of one release would differ; name a version")
        return agent_image
