"""Tells whether a value looks like a secret: by its issuer's format, by what it is called, or by its randomness."""

import base64
import math
import re
import tomllib
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent

# What a key must end in to hold a secret itself. A word behind it (password_path, token_ttl_days, secret_name) says
# that the key holds something about one.
_SECRET_WORDS: Final = frozenset(
    {"password", "passwd", "passphrase", "pwd", "token", "secret", "credential", "credentials"}
)
_SECRET_KEYS: Final = frozenset({"api", "access", "private", "secret", "routing", "signing", "master", "license"})
# A Secret's name: what the charts of Kubernetes call it.
_NAMES_OF_SECRETS: Final = frozenset({"existing", "pull", "tls", "ca", "cert", "certificate", "external", "image"})
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# A name or an address of a secret, which is what belongs in place of one.
_REFERENCE: Final = re.compile(
    r"arn:\S+|vault:\S+|(?:alias|secrets?|kv|prod|staging|dev)/\S+|[\w.-]+(?:/[\w.-]+){2,}|\$[{(]?\w+.*|<.*>|\{\{.*"
)
_ASSIGNMENT: Final = re.compile(
    r"(?i)(?:password|passwd|passphrase|secret|token|api[_-]?key)=(?![\s\"']*(?:\$|\{|<|%|arn:|vault:|true|false|$))[^\s,;]{3,}"
)

# Sums of what is public: whoever has the thing has the sum.
_SUMS: Final = frozenset(
    {"commit", "digest", "hash", "checksum", "sha", "fingerprint", "thumbprint", "etag", "revision"}
)

_RUN: Final = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
# 20 letters and digits of either case hold 119 bits, 32 hexadecimal digits 128: no more is needed, and nobody remembers
# as many.
_LEAST_MIXED: Final = 20
_LEAST_SINGLE: Final = 32
# Shannon entropy of the text's own characters, in bits: of random ones it is rarely less, of repeated ones always.
_BITS: Final = 3.0
# How often the kind of character changes from one to the next: in 20 random ones of 62 mostly 6 times in 10, in words
# that are written together 3 times at most; in hexadecimal digits half of the time.
_SWITCHES_MIXED: Final = 0.4
_SWITCHES_SINGLE: Final = 0.25


def recognise(text: str, key: str = "") -> str | None:
    """Return what a text looks like, as words that complete "looks like ..."; None if it looks harmless.

    Args:
        text: The text.
        key: What it is called; empty where it has no name.

    """
    for what, pattern in _formats():
        if pattern.search(text):
            return what
    if text.strip() and holds_a_secret(key) and not _REFERENCE.fullmatch(text.strip()):
        return f"a secret, for it is called {key}"
    if _ASSIGNMENT.search(text):
        return "an assignment of a secret"
    return "a secret, for only chance writes such a text" if _random(text, key) else None


def holds_a_secret(key: str) -> bool:
    """Tell whether a key's name says that its value is a secret, and not the name, the place or the age of one."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] == "key":
        return before in _SECRET_KEYS
    return words[-1] in _SECRET_WORDS and not (words[-1] == "secret" and before in _NAMES_OF_SECRETS)


@cache
def _formats() -> tuple[tuple[str, re.Pattern[str]], ...]:
    entries = tomllib.loads((_HERE / "formats.toml").read_text(encoding="utf-8"))["formats"]
    return tuple((entry["what"], re.compile(entry["pattern"])) for entry in entries)


@cache
def _public() -> tuple[re.Pattern[str], ...]:
    entries = tomllib.loads((_HERE / "public.toml").read_text(encoding="utf-8"))["public"]
    return tuple(re.compile(entry["pattern"]) for entry in entries)


def _random(text: str, key: str) -> bool:
    if len(text) < _LEAST_MIXED or _SUMS & {word.lower() for word in _WORDS.findall(key)}:
        return False
    for pattern in _public():
        text = pattern.sub(" ", text)
    return any(_generated(run) for run in _RUN.findall(text))


def _generated(run: str) -> bool:
    readable = _decoded(run)
    if readable is not None:
        return recognise(readable) is not None
    counts = Counter(map(_kind, run.rstrip("=")))
    if counts["lower"] > 1 and counts["upper"] > 1 and counts["digit"]:
        return _is_random(run.rstrip("="), _LEAST_MIXED, _SWITCHES_MIXED)
    parts = re.split(r"[^A-Za-z0-9]+", run)
    return any(
        part in {part.lower(), part.upper()} and _is_random(part, _LEAST_SINGLE, _SWITCHES_SINGLE) for part in parts
    )


def _is_random(run: str, least: int, switches: float) -> bool:
    if len(run) < least:
        return False
    switched = sum(_kind(left) != _kind(right) for left, right in pairwise(run))
    counts = Counter(run).values()
    entropy = -sum(count / len(run) * math.log2(count / len(run)) for count in counts)
    return switched >= len(run) * switches and entropy >= _BITS


def _decoded(run: str) -> str | None:
    """Return the text that base64 makes of a run, if it is one a person can read."""
    try:
        text = base64.b64decode(run, validate=True).decode()
    except ValueError:
        return None
    return text if all(character.isprintable() or character.isspace() for character in text) else None


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "sign"
