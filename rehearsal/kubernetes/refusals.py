"""Turns what the API server and Helm refuse into the provider's own refusals, without any secret in them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rehearsal.kubernetes.inputs import without_secrets
from rehearsal.kubernetes.readiness import NotReadyError
from rehearsal.kubernetes.rest import ApiError, UnreachableError
from rehearsal.providers.standin import RefusedError


class ClusterUnreachableError(RefusedError):
    """The API server does not answer."""


@contextmanager
def refusing(manifest: Mapping[str, Any]) -> Iterator[None]:
    """Refuse what the API server refuses within the block.

    Args:
        manifest: What it is about, for the secrets in it; empty for a release.

    Raises:
        RefusedError: the API server refused; the text is its own.
        ClusterUnreachableError: it does not answer.

    """
    try:
        yield
    except UnreachableError as error:
        raise ClusterUnreachableError(f"configured Kubernetes cluster is unreachable: {error}") from error
    except (ApiError, NotReadyError) as error:
        raise RefusedError(without_secrets(str(error), manifest)) from error
