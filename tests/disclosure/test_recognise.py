"""A secret is known by its form, its name or its randomness; names, sums and addresses are none."""

import base64
import random
import re
import string
import tomllib
from pathlib import Path
from typing import Final

import pytest

import disclosure
from disclosure.recognise import holds_a_secret, recognise
from tests.disclosure.table import Row, rows

_HERE: Final = Path(disclosure.__file__).parent
_DRAWS: Final = 2000


def _entries(file: str, table: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads((_HERE / file).read_text(encoding="utf-8"))[table]
    return entries


@pytest.mark.parametrize("row", rows("bad"), ids=str)
def test_a_secret_is_recognised(row: Row) -> None:
    assert recognise(str(row.value), row.key)


@pytest.mark.parametrize("row", [row for row in rows("good") if isinstance(row.value, str)], ids=str)
def test_what_only_looks_like_a_secret_is_none(row: Row) -> None:
    assert recognise(row.value, row.key) is None


@pytest.mark.parametrize("row", rows("bad"), ids=str)
def test_what_is_said_of_a_secret_repeats_none_of_it(row: Row) -> None:
    said = recognise(str(row.value), row.key) or ""

    assert not any(part in said for part in re.findall(r"[\w-]{8,}", str(row.value)))


def test_the_table_is_large_and_every_format_has_a_row() -> None:
    bad, good = rows("bad"), rows("good")
    found = {recognise(row.value, "") for row in bad if isinstance(row.value, str)}

    assert len(bad) >= 40
    assert len(good) >= 40
    assert {entry["what"] for entry in _entries("formats.toml", "formats")} - found == set()


@pytest.mark.parametrize("entry", _entries("formats.toml", "formats"), ids=lambda entry: entry["what"])
def test_every_format_says_where_it_is_from(entry: dict[str, str]) -> None:
    assert entry["source"].startswith("https://")


@pytest.mark.parametrize("entry", _entries("public.toml", "public"), ids=lambda entry: entry["what"])
def test_what_is_public_is_so_for_a_reason_and_some_row_needs_it(
    entry: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tuple(re.compile(each["pattern"]) for each in _entries("public.toml", "public") if each != entry)
    monkeypatch.setattr("disclosure.recognise._public", lambda: others)

    assert entry["why"]
    assert [row.what for row in rows("good") if isinstance(row.value, str) and recognise(row.value, row.key)]


@pytest.mark.parametrize(
    ("alphabet", "length", "share"),
    [
        (string.ascii_letters + string.digits, 20, 0.9),
        (string.ascii_letters + string.digits, 24, 0.94),
        (string.ascii_letters + string.digits, 32, 0.97),
        (string.ascii_letters + string.digits + "-_", 43, 0.98),
        (string.ascii_letters + string.digits + "+/", 44, 0.98),
        ("0123456789abcdef", 32, 0.98),
        ("0123456789abcdef", 64, 0.99),
    ],
    ids=["20 of 62", "24 of 62", "32 of 62", "base64 for URLs", "base64", "16 bytes", "32 bytes"],
)
def test_chance_is_recognised_nearly_always(alphabet: str, length: int, share: float) -> None:
    draw = random.Random(length)  # noqa: S311 - the same draws every time
    found = [recognise("".join(draw.choices(alphabet, k=length))) for _ in range(_DRAWS)]

    assert sum(each is not None for each in found) >= share * _DRAWS


def test_base64_is_judged_by_what_it_says() -> None:
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    harmless = '[settings.kubernetes]\ncluster-name = "platform-prod"\ncontainer-log-max-files = 5\n'
    assert recognise(encoded(harmless)) is None
    assert recognise(encoded(harmless + "admin-password=tea4two-and-more"))
    for shift in range(3):
        assert recognise(encoded(" " * shift + "-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFa" + "\0")) == (
            "a private key in base64"
        )


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "adminPassword",
        "GRAFANA_PASSWORD",
        "slack-token",
        "client_secret",
        "apiKey",
        "aws_secret_access_key",
    ],
)
def test_a_key_that_ends_in_a_secret_holds_one(key: str) -> None:
    assert holds_a_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "password_path",
        "tokenTtl",
        "secretName",
        "existingSecret",
        "key",
        "secrets_key",
        "keyboard",
        "imagePullSecret",
    ],
)
def test_a_key_that_says_something_about_a_secret_holds_none(key: str) -> None:
    assert not holds_a_secret(key)
