"""Finds out whether the pods of a workload would be admitted, which the API server judges only when they are made.

A Deployment in a namespace that refuses its pods is accepted and then never gets ready: in a real cluster that shows
after ten minutes of waiting, and here, where nothing makes pods, it would not show at all.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.kubernetes.rest import ApiError, Rest

_TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps/v1", "DaemonSet"): ("spec", "template"),
    ("apps/v1", "Deployment"): ("spec", "template"),
    ("apps/v1", "ReplicaSet"): ("spec", "template"),
    ("apps/v1", "StatefulSet"): ("spec", "template"),
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch/v1", "Job"): ("spec", "template"),
}

# What refuses a pod for good: Pod Security, a quota for what the pod does not state, a limit range. Other refusals,
# such as for a service account that is not there, end when the rest of the stack is.
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
    path = _TEMPLATES.get((manifest["apiVersion"], manifest["kind"]))
    template: Any = manifest
    for step in path or ():
        template = template.get(step) if isinstance(template, Mapping) else None
    if path is None or not isinstance(template, Mapping):
        return None
    metadata = template.get("metadata") or {}
    kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    name = f"{manifest['metadata']['name']}-"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**kept, "generateName": name},
        # A job's template must name a policy, the others' default is this one.
        "spec": {"restartPolicy": "Always", **(template.get("spec") or {})},
    }
