"""Rules about container images in ECR and about what watches the cluster from outside."""

from collections.abc import Iterator
from typing import Final

from policies.documents import condition_keys, principals, statements
from policies.expect import expect, on
from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, flag, read, split

_REPOSITORY: Final = "aws:ecr/repository:Repository"
_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


class Sources(Parameters):
    """What GuardDuty must look at."""

    features: tuple[str, ...] = ("EKS_AUDIT_LOGS",)
    """The features that must not be off; runtime monitoring overlaps with the cluster's own detection."""


def _watched(feature: Properties, sources: Sources) -> Iterator[Finding]:
    name, status = read(feature, "name"), read(feature, "status", default="DISABLED")
    unknown = [each for each in (name, status) if isinstance(each, Unknown)]
    if unknown:
        yield from unknown
    elif name in sources.features and status != "ENABLED":
        yield f"GuardDuty does not look at {name}; set status to ENABLED"


def _scanned(resource: Properties) -> Iterator[Finding]:
    if "scanType" in resource:
        rules, unknown = split(read(resource, "rules"))
        yield from unknown
        # Enhanced scanning looks at everything that its filters name; manual scanning looks at nothing by itself.
        if not unknown and not any(read(rule, "scanFrequency") != "MANUAL" for rule in rules):
            yield "the registry scans no image by itself; set rules with scanFrequency SCAN_ON_PUSH"
        return
    scanned = flag(read(resource, "imageScanningConfiguration", "scanOnPush", default=False))
    if isinstance(scanned, Unknown):
        yield scanned
    elif not scanned:
        yield "images are not scanned when pushed; set imageScanningConfiguration.scanOnPush to true"


def _filters(configuration: Properties) -> Iterator[Finding]:
    rules, unknown = split(read(configuration, "rules"))
    yield from unknown
    filters = [each for rule in rules for each in split(read(rule, "repositoryFilters"))[0]]
    if not unknown and not any(read(each, "filter") == "*" for each in filters):
        yield "some repositories are in no rule; add a rule with the filter *"


def _repository_policy(resource: Properties) -> Iterator[Finding]:
    yield from statements(read(resource, "policy"), "policy", _anyone)


def _anyone(statement: Properties) -> Iterator[Finding]:
    names, unknown = principals(statement)
    yield from unknown
    if "*" in names and not condition_keys(statement) & {"aws:principalorgid", "aws:principalaccount"}:
        yield "anybody with an AWS account may use the repository; name accounts or roles in Principal"


RULES: Final = (
    ResourceRule(
        name="ecr-scan",
        why="An image nobody scanned brings in holes that have had a name and a fix for years.",
        types=(_REPOSITORY, _SCANNING),
        check=_scanned,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.1.1", "AWS Security Hub: ECR.1"),
    ),
    ResourceRule(
        name="ecr-scan-everything",
        why="The repository that no rule names is the one that is never looked at.",
        types=(_SCANNING,),
        check=_filters,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.1.1",),
    ),
    ResourceRule(
        name="ecr-immutable-tags",
        why="If a tag may be moved, what was tested under it is not what runs under it.",
        types=(_REPOSITORY,),
        check=expect(
            "imageTagMutability",
            default="MUTABLE",
            fault="tags may be moved to other images ({value}); set imageTagMutability to IMMUTABLE",
            accept=lambda value: str(value).startswith("IMMUTABLE"),
        ),
        references=("AWS Security Hub: ECR.2", "hardeneks: use_immutable_tags_with_ecr"),
    ),
    ResourceRule(
        name="ecr-public-policy",
        why="Whoever may push to a repository decides what the cluster runs.",
        types=("aws:ecr/repositoryPolicy:RepositoryPolicy",),
        check=_repository_policy,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.1.2",),
    ),
    ResourceRule(
        name="guardduty-detector",
        why="A detector that is off finds nothing, and looks from afar like one that has nothing to find.",
        types=("aws:guardduty/detector:Detector",),
        check=on("enable", default=True, fault="GuardDuty looks at nothing; set enable to true"),
        references=("AWS Security Hub: GuardDuty.1",),
    ),
    ResourceRule(
        name="guardduty-eks",
        why="Attacks on a cluster show in its audit log first, which GuardDuty reads without an agent.",
        types=("aws:guardduty/detectorFeature:DetectorFeature",),
        check=_watched,
        parameters=Sources(),
        references=("AWS Config: guardduty-eks-protection-audit-enabled",),
    ),
)
