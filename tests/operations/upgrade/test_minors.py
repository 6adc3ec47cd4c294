"""A plan leads upwards by one minor at a time, and not beyond what is known; else one sentence says what to do."""

import pytest

from operations.upgrade.minors import NoPlanError, hops


def test_the_way_is_one_minor_at_a_time() -> None:
    assert hops("1.34", "1.37", newest="1.37") == [("1.34", "1.35"), ("1.35", "1.36"), ("1.36", "1.37")]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("1.36", "runs 1.36 already"),
        ("1.35", "EKS takes no cluster back to 1.35: make a new environment"),
        ("1.38", "beyond what is known here, which ends with 1.37: raise Kubernetes' modules"),
        ("2.0", "2.0 is no Kubernetes minor"),
        ("1.x", "1.x is no Kubernetes minor"),
        ("latest", "latest is no Kubernetes minor"),
    ],
)
def test_what_has_no_plan_is_answered_with_what_to_do(target: str, says: str) -> None:
    with pytest.raises(NoPlanError, match=says):
        hops("1.36", target, newest="1.37")


def test_a_minor_that_aws_offers_is_known_even_if_its_apis_are_not() -> None:
    assert hops("1.35", "1.36", newest="1.35") == [("1.35", "1.36")]
