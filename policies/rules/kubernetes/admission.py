"""Rules about what every request to the API server passes: it must be in force, and must not lock anybody out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.rules.kubernetes.selectors import matches
from policies.values import Properties, Unknown, read, split

_GROUP: Final = "kubernetes:admissionregistration.k8s.io/v1"
_WEBHOOKS: Final = (f"{_GROUP}:MutatingWebhookConfiguration", f"{_GROUP}:ValidatingWebhookConfiguration")
_NAME: Final = "kubernetes.io/metadata.name"
_SYSTEM: Final = "kube-system"
# The groups of what a cluster is repaired with; a webhook about a chart's own kinds locks nobody out.
_OWN_GROUPS: Final = frozenset({"", "*", "apps", "batch", "coordination.k8s.io", "discovery.k8s.io", "policy"})


class Patience(Parameters):
    """How long a request may wait for a webhook."""

    seconds: int = 10
    """At most this long; 10 is what Kubernetes takes where nothing is set, and advises not to exceed."""


def _hooks(configuration: Properties) -> tuple[list[Any], list[Unknown]]:
    return split(read(configuration, "webhooks"))


def _timeouts(configuration: Properties, patience: Patience) -> Iterator[Finding]:
    hooks, unknown = _hooks(configuration)
    yield from unknown
    for hook in hooks:
        seconds = read(hook, "timeoutSeconds", default=10)
        if isinstance(seconds, Unknown):
            yield seconds
        elif seconds > patience.seconds:
            name = read(hook, "name")
            yield (
                f"webhook {name} may hold a request for {int(seconds)} s; "
                f"set timeoutSeconds to {patience.seconds} or less"
            )


def _lock_out(configuration: Properties) -> Iterator[Finding]:
    hooks, unknown = _hooks(configuration)
    yield from unknown
    for hook in hooks:
        policy = read(hook, "failurePolicy", default="Fail")
        selector = read(hook, "namespaceSelector")
        if isinstance(policy, Unknown):
            yield policy
        elif policy != "Fail" or not _about_kubernetes(hook) or _by_label(hook):
            continue
        elif isinstance(selector, Unknown):
            yield selector
        elif selector is None or matches(selector, {_NAME: _SYSTEM}):
            yield (
                f"webhook {read(hook, 'name')} refuses everything in {_SYSTEM} while nobody answers it, "
                f"also what would mend it; add {_SYSTEM} by its label {_NAME} to what namespaceSelector leaves out"
            )


def _by_label(hook: Properties) -> bool:
    """Tell whether a webhook is asked only about objects with a label of its own, which nothing has that repairs."""
    selector = read(hook, "objectSelector")
    return isinstance(selector, Mapping) and not matches(selector, {})


def _about_kubernetes(hook: Properties) -> bool:
    rules, _ = split(read(hook, "rules"))
    # What is in no namespace is what no selector of namespaces could leave out.
    return any(
        _OWN_GROUPS & set(split(read(rule, "apiGroups"))[0]) and read(rule, "scope", default="*") != "Cluster"
        for rule in rules
    )


def _bound(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    acting, hidden = set(), []
    for binding in resources.values():
        if binding.get("kind") != "ValidatingAdmissionPolicyBinding":
            continue
        actions, unknown = split(read(binding, "spec", "validationActions"))
        name = read(binding, "spec", "policyName")
        hidden += [*unknown, *([name] if isinstance(name, Unknown) else [])]
        if actions:
            acting.add(name)
    for urn, policy in sorted(resources.items()):
        name = read(policy, "metadata", "name")
        if policy.get("kind") != "ValidatingAdmissionPolicy" or name in acting:
            continue
        if hidden or isinstance(name, Unknown):
            yield urn, name if isinstance(name, Unknown) else hidden[0]
        else:
            yield (
                urn,
                (
                    "nothing binds it, so that it judges nothing; "
                    "add a ValidatingAdmissionPolicyBinding with validationActions"
                ),
            )


RULES: Final = (
    ResourceRule(
        name="webhook-patience",
        why="Every request of its kinds waits for a webhook that does not answer, one after the other.",
        types=_WEBHOOKS,
        check=_timeouts,
        parameters=Patience(),
        references=("Kubernetes documentation: Admission Webhook Good Practices, use a small timeout value",),
    ),
    ResourceRule(
        name="webhook-lock-out",
        why="A webhook that fails closed and judges what it runs on keeps a cluster from being mended.",
        types=_WEBHOOKS,
        check=_lock_out,
        references=(
            "Kubernetes documentation: Admission Webhook Good Practices, avoiding operating on the system namespace",
        ),
    ),
    StackRule(
        name="admission-policy-bound",
        why="A policy without a binding is there for everybody to see and judges nothing.",
        types=(f"{_GROUP}:ValidatingAdmissionPolicy", f"{_GROUP}:ValidatingAdmissionPolicyBinding"),
        check=_bound,
        references=("Kubernetes documentation: Validating Admission Policy",),
    ),
)
