"""The kinds of Gatekeeper's constraints, which its controller defines from ConstraintTemplates while it runs."""

import threading
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.kubernetes.inputs import group_and_kind
from rehearsal.kubernetes.objects import Objects, Target
from rehearsal.providers.standin import RefusedError

_GROUP: Final = "constraints.gatekeeper.sh"
_TEMPLATES: Final = "templates.gatekeeper.sh"
_DEFINITION: Final = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
# The same type, `match.Match`, selects what a constraint is about and what a mutation is; a definition of the chart
# holds the one, the controller the other: https://github.com/open-policy-agent/gatekeeper/tree/v3.23.0/pkg/mutation/match
_MUTATION: Final = "assign.mutations.gatekeeper.sh"
_DELETE_SECONDS: Final = 30


class ConstraintDefinitions:
    """Puts the definition of a constraint's kind in place as the controller would, and takes it away with its template.

    https://github.com/open-policy-agent/frameworks/tree/master/constraint/pkg/client/crds
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._lock = threading.Lock()

    def serve(self, manifest: Mapping[str, Any]) -> None:
        """Have the kind of a constraint served.

        Raises:
            RefusedError: no template defines it.
            ApiError: the API server refuses the definition, such as a template's parameters that are no schema.
            NotReadyError: it accepts the definition, but does not serve it.

        """
        group, kind = group_and_kind(manifest)
        if group != _GROUP:
            return
        template = self._look({"apiVersion": f"{_TEMPLATES}/v1", "kind": "ConstraintTemplate"}, kind.lower())
        if template is None:
            raise RefusedError(
                f'no matches for kind "{kind}" in version "{manifest["apiVersion"]}": no ConstraintTemplate named '
                f"{kind.lower()} defines it, on which the object must depend"
            )
        match = self._look(_DEFINITION, _MUTATION)
        if match is None:
            return
        wanted = definition(template, _match_schema(match))
        with self._lock:
            target = self._objects.target(wanted)
            if target is not None and not self._objects.exists(target):
                self._objects.create(target, wanted)

    def gone(self, target: Target) -> None:
        """Take away what a template defined, now that it is gone.

        Raises:
            ApiError: the API server refuses.
            NotReadyError: the definition is still there.

        """
        if target.type.group != _TEMPLATES:
            return
        defined = self._objects.target({**_DEFINITION, "metadata": {"name": f"{target.name}.{_GROUP}"}})
        if defined is not None:
            self._objects.delete(defined, _DELETE_SECONDS)

    def _look(self, kind: Mapping[str, str], name: str) -> dict[str, Any] | None:
        target = self._objects.target({**kind, "metadata": {"name": name}})
        return self._objects.find(target) if target else None


def definition(template: Mapping[str, Any], match: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition of the kind that a template is for.

    Args:
        template: The ConstraintTemplate.
        match: The schema of what selects objects.

    """
    wanted = template["spec"]["crd"]["spec"]
    kind = wanted["names"]["kind"]
    spec: dict[str, Any] = {"match": match, "enforcementAction": {"type": "string", "default": "deny"}}
    if schema := wanted.get("validation", {}).get("openAPIV3Schema"):
        spec["parameters"] = schema
    properties = {
        "metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 63}}},
        "spec": {"type": "object", "properties": spec},
        "status": {"x-kubernetes-preserve-unknown-fields": True},
    }
    version = {
        "served": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
    }
    return {
        **_DEFINITION,
        "metadata": {"name": f"{kind.lower()}.{_GROUP}", "labels": {"gatekeeper.sh/constraint": "yes"}},
        "spec": {
            "group": _GROUP,
            "scope": "Cluster",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": kind.lower(),
                "singular": kind.lower(),
                "categories": ["constraint", "constraints"],
            },
            "versions": [
                {"name": "v1beta1", "storage": True, **version},
                {"name": "v1alpha1", "storage": False, **version},
            ],
        },
    }


def _match_schema(mutation: Mapping[str, Any]) -> Mapping[str, Any]:
    (stored,) = (each for each in mutation["spec"]["versions"] if each["storage"])
    schema: Mapping[str, Any] = stored["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["match"]
    return schema
