"""Finds out whether the pods of a workload would be admitted, which the API server judges only when they are made.

A Deployment in a namespace that refuses its pods is accepted and then never gets ready: in a real cluster that shows
after ten minutes of waiting, and here, where nothing makes pods, it would not show at all.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.charts.pods import template_of
from rehearsal.kubernetes.rest import ApiError, Rest

LATER: Final = frozenset({"priorityClassName", "serviceAccount", "serviceAccountName"})
"""What a pod names that may come only with the rest of the stack, and without which nothing else of it is judged."""

# What refuses a pod for good: Pod Security, a quota for what the pod does not state, a limit range. Other refusals,
# such as for a namespace without its default service account yet, end when the rest of the stack is there.
_FOR_GOOD: Final = re.compile(
    r"violates PodSecurity|failed quota: .*must specify|(minimum|maximum) .* per (Container|Pod)"
)


def refuse_inadmissible_pods(rest: Rest, namespace: str, manifest: Mapping[str, Any]) -> None:
    """Try out a pod of the workload, if it is one, in its namespace.

    Raises:
        ApiError: no pod of the workload can ever be made there; the text is what the API server says to the pod.

    """
    pod = _pod(manifest)
    if pod is None:
        return
    try:
        rest.request("POST", f"/api/v1/namespaces/{namespace}/pods", {"dryRun": "All"}, pod)
    except ApiError as error:
        if _FOR_GOOD.search(str(error)):
            text = f"its pods would be refused, so that it never gets ready: {error}"
            raise ApiError(error.status, error.reason, text) from error


def _pod(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    template = template_of(manifest) if manifest["kind"] != "Pod" else None
    if template is None:
        return None
    metadata = template.get("metadata") or {}
    kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    spec = {key: value for key, value in (template.get("spec") or {}).items() if key not in LATER}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**kept, "generateName": f"{manifest['metadata']['name']}-"},
        # A job's template must name a policy, the others' default is this one.
        "spec": {"restartPolicy": "Always", **spec},
    }
