"""Who has no class of backup is told but for the platform's own namespaces, which no label decides about."""

from typing import Final

from components.assembly.security import left_alone
from components.observability.prometheus.prometheus_operator import shown
from components.observability.rules.catalog import themes
from components.resilience.backup.classes import LABEL
from tests.components.observability.metrics import selectors

_ALERT: Final = "NamespaceWithoutBackupClass"


def _matchers(metric: str) -> dict[str, str]:
    (rule,) = (rule for theme in themes() for rule in theme.rules if rule.name == _ALERT)
    (found,) = (each for each in selectors(rule.expr) if each.name == metric)
    return {each.name: each.value for each in found.matchers.matchers}


def test_the_namespaces_that_are_left_out_are_those_that_no_label_decides_about() -> None:
    assert sorted(_matchers("kube_persistentvolumeclaim_info")["namespace"].split("|")) == left_alone()


def test_the_label_by_which_a_namespace_chooses_is_shown_of_it() -> None:
    # https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/internal/store/utils.go
    assert list(_matchers("kube_namespace_labels")) == [f"label_{LABEL.replace('/', '_')}"]
    assert shown(["owner"])["namespaces"] == ("owner", LABEL)
    assert shown(["owner", LABEL])["namespaces"] == ("owner", LABEL)
