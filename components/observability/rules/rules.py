"""The rules that a stack has: one object for each theme, by which the operator finds them for their Prometheus."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

import pulumi
import pulumi_kubernetes as kubernetes
import yaml
from pydantic import Field, field_validator

from components.kit.layer import Layer
from components.kit.monitoring import NAMESPACE, Instance, watched_by
from components.kit.settings import Settings
from components.kit.spec import as_given
from components.observability.rules import drills, slo
from components.observability.rules.catalog import RULER, Group, alerts, spec, themes
from components.observability.rules.slo import Slo

_SLOS: Final = "slos"
_DRILLS: Final = "drills"
_NO_MORE: Final[Mapping[str, Sequence[Group]]] = MappingProxyType({})


class RulesSettings(Settings):
    """What is computed from the metrics, and when somebody is told."""

    runbooks: Annotated[str, Field(pattern=r"^https://[^\s/]+(/[^\s/]+)*$")] = (
        "https://github.com/example/platform/blob/main/docs/runbooks"
    )
    """The address of the folder of the alerts' pages, `docs/runbooks`, where people can read it."""

    left_out: list[str] = Field(default=[], examples=[["GpuIdle"]])
    """Alerts that the stack does without."""

    slos: list[Slo] = Field(default=[])
    """Service level objectives of the applications, besides the platform's own about the Kubernetes API."""

    @field_validator("left_out")
    @classmethod
    def _are_alerts(cls, left_out: list[str]) -> list[str]:
        known = {*drills.ALERTS, *(alert.name for alert in alerts())}
        if unknown := sorted(set(left_out) - known):
            raise ValueError(f"no alert is called {', '.join(unknown)}; docs/runbooks has a page for each")
        return left_out

    @field_validator("slos")
    @classmethod
    def _have_names_of_their_own(cls, slos: list[Slo]) -> list[Slo]:
        names = Counter(each.name for each in (*slo.PLATFORM, *slos))
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise ValueError(f"more than one is called {', '.join(twice)}")
        return slos


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOutputs:
    """What was made.

    Attributes:
        objects: The Prometheus that evaluates it, by the name of each PrometheusRule.

    """

    objects: pulumi.Output[dict[str, str]]


class Rules(Layer, kind="platform:observability:Rules"):
    """One PrometheusRule for each theme and each Prometheus that evaluates it."""

    def __init__(
        self,
        name: str,
        settings: RulesSettings,
        *,
        about: Collection[str],
        ruler: bool,
        more: Mapping[str, Sequence[Group]] = _NO_MORE,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        wanted = objects(settings, about, ruler=ruler, more=more)
        for rule, (instance, groups) in wanted.items():
            kubernetes.apiextensions.CustomResource(
                f"{name}-{rule}",
                api_version="monitoring.coreos.com/v1",
                kind="PrometheusRule",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=rule, namespace=NAMESPACE, labels={**watched_by(instance)}
                ),
                spec=as_given(groups),
                opts=self.child(),
            )
        made = {rule: instance.value for rule, (instance, _) in wanted.items()}
        self.outputs = self.publish(RulesOutputs(objects=pulumi.Output.from_input(made)))


def objects(
    settings: RulesSettings,
    about: Collection[str],
    *,
    ruler: bool,
    more: Mapping[str, Sequence[Group]] = _NO_MORE,
) -> dict[str, tuple[Instance, dict[str, Any]]]:
    """Return the spec of each PrometheusRule by its name, with the Prometheus that evaluates it.

    Args:
        settings: What the stack decides.
        about: The themes of what the stack has.
        ruler: Whether a Thanos Ruler evaluates what is over everything; it sees further back than a Prometheus.
        more: Further groups of a theme, which are made from the stack's settings.

    Raises:
        ValueError: there is no such theme.

    """
    if unknown := sorted(set(about) - {theme.name for theme in themes()}):
        raise ValueError(f"there are no rules about {', '.join(unknown)}")
    wanted = {}
    for theme in themes():
        if theme.name in about:
            for instance in theme.instances:
                name = theme.name if len(theme.instances) == 1 else f"{theme.name}-{instance}"
                groups = (*theme.groups, *more.get(theme.name, ()))
                wanted[name] = (instance, spec(groups, settings.runbooks, settings.left_out))
    for name, instance, slos in (
        (f"{_SLOS}-platform", Instance.SYSTEM, slo.PLATFORM),
        (_SLOS, Instance.APP, settings.slos),
    ):
        if slos:
            made = [*slo.groups(slos, settings.runbooks), *([] if ruler else _budgets(name, slos))]
            wanted[name] = (instance, {"groups": made})
    return {name: (instance, written) for name, (instance, written) in wanted.items() if written["groups"]}


def ruler_rules(settings: RulesSettings, unnoticed: Sequence[Group] = ()) -> dict[str, str]:
    """Return the files of rules that a Thanos Ruler evaluates over all clusters, by name, in Prometheus' form.

    Args:
        settings: What the stack decides.
        unnoticed: The rules of the stack's experiments of chaos.

    """
    wanted = {**{theme.name: theme.groups for theme in themes() if theme.place == RULER}, _DRILLS: unnoticed}
    files = {f"{name}.yaml": spec(groups, settings.runbooks, settings.left_out) for name, groups in wanted.items()}
    files[f"{_SLOS}.yaml"] = {"groups": slo.budgets([*slo.PLATFORM, *settings.slos])}
    return {name: yaml.safe_dump(made, sort_keys=False, width=1000) for name, made in files.items() if made["groups"]}


def _budgets(name: str, slos: Collection[Slo]) -> list[dict[str, Any]]:
    return [{**group, "name": f"{group['name']}-{name}"} for group in slo.budgets([*slos])]
