"""From which Kubernetes minor to which a plan leads, one at a time, and which ways there is no plan for."""

from components.compute import kubernetes_versions


class NoPlanError(Exception):
    """There is no plan for what was asked; the text says why, and what to do."""


def number(minor: str) -> int:
    """Return the number of a minor, 37 for ``1.37``.

    Raises:
        NoPlanError: it is no minor.

    """
    major, _, rest = minor.partition(".")
    if major != "1" or not rest.isdigit():
        raise NoPlanError(f"{minor} is no Kubernetes minor: write it as 1.37.")
    return int(rest)


def hops(now: str, target: str, *, newest: str) -> list[tuple[str, str]]:
    """Return the steps from one minor to another: EKS upgrades by one at a time.

    https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html

    Args:
        now: What the stack runs.
        target: What it is to run.
        newest: The newest minor of which it is known what it no longer serves.

    Raises:
        NoPlanError: the target is no minor, not above what runs, or beyond what is known.

    """
    first, last = number(now), number(target)
    if last == first:
        raise NoPlanError(f"The stack runs {now} already: there is nothing to plan.")
    if last < first:
        raise NoPlanError(
            f"The stack runs {now}, and EKS takes no cluster back to {target}: make a new environment beside it."
        )
    if last > max(number(newest), *map(number, kubernetes_versions.table())):
        raise NoPlanError(
            f"{target} is beyond what is known here, which ends with {newest}: raise Kubernetes' modules in "
            "tools/helm/go.mod, run `make data`, and plan again."
        )
    return [(f"1.{minor}", f"1.{minor + 1}") for minor in range(first, last)]
