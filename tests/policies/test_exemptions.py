"""The file of exemptions says who, why and until when, or it is refused."""

from datetime import date
from pathlib import Path

import pytest

from policies.exemptions import FILE, Exemption, load
from policies.rules import RULES

_NAMES = {rule.name for rule in RULES}
_WHOLE = """
[[exemption]]
rule = "public-subnets"
resource = "urn:pulumi:dev::*::network-*"
owner = "network@example.com"
reason = "the bastion of the migration"
expires = 2027-01-31
"""


def _load(tmp_path: Path, text: str) -> tuple[Exemption, ...]:
    file = tmp_path / "exemptions.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, _NAMES)


def test_an_exemption_is_read_whole(tmp_path: Path) -> None:
    assert _load(tmp_path, _WHOLE) == (
        Exemption(
            rule="public-subnets",
            resource="urn:pulumi:dev::*::network-*",
            owner="network@example.com",
            reason="the bastion of the migration",
            expires=date(2027, 1, 31),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param('owner = "network@example.com"\n', "", "exemption 1: give exactly expires, owner", id="no owner"),
        pytest.param("expires = 2027-01-31", "", "give exactly expires", id="no end"),
        pytest.param("[[exemption]]", "[[exemption]]\nticket = 7", "give exactly", id="a field too many"),
        pytest.param('"the bastion of the migration"', '" "', "reason must be a text", id="a blank reason"),
        pytest.param('"network@example.com"', "7", "owner must be a text", id="an owner that is a number"),
        pytest.param("2027-01-31", '"2027-01-31"', "expires must be a date", id="a date in quotes"),
        pytest.param("2027-01-31", "2027-01-31T00:00:00Z", "expires must be a date", id="a point in time"),
        pytest.param(
            '"public-subnets"', '"public-subnet"', "there is no rule public-subnet; use one of", id="a misspelt rule"
        ),
    ],
)
def test_an_incomplete_exemption_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in _WHOLE
    with pytest.raises(ValueError, match=complaint):
        _load(tmp_path, _WHOLE.replace(old, new))


def test_the_pack_s_own_exemptions_can_be_read() -> None:
    assert load(FILE, _NAMES) == ()
