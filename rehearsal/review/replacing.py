"""Whether a change of inputs replaces a resource, as far as the rehearsal's own providers know it."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.aws.rows import ROWS
from rehearsal.kubernetes.replacement import replacing as replacing_object
from rehearsal.providers.standin import changed_inputs

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
# What makes another release of it: `rehearsal/kubernetes/releases.py` has the source.
_OF_A_RELEASE: Final = ("name", "namespace")


def forcing(
    kind: str, olds: Mapping[str, Any], news: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Return the inputs whose change replaces a resource; None for a type of which nobody here knows it.

    Args:
        kind: The type token.
        olds: The inputs as they were.
        news: The inputs as they will be.
        options: The inputs of the resource's provider.

    """
    package = kind.partition(":")[0]
    if package == "aws":
        return ROWS[kind].replacing(dict(olds), dict(news)) if kind in ROWS else None
    if kind == _RELEASE:
        return tuple(name for name in _OF_A_RELEASE if olds.get(name) != news.get(name))
    if package == "kubernetes":
        on = frozenset(name for name, value in options.items() if value in (True, "true"))
        return replacing_object(str(news.get("apiVersion", "")).rpartition("/")[0], olds, news, on)
    if package == "random":
        return changed_inputs(olds, news)
    # Another cluster or account behind a provider shows in what it makes.
    return () if package == "pulumi" else None
