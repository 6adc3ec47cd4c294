"""Searches texts of any length for secrets, in a time that grows with their length and no faster."""

from typing import Final

from disclosure.recognise import recognise

# Longer than any password, token or line of a key; what is longer is looked at by its lines.
_LONG: Final = 2048


def disclosed(text: str, key: str) -> str | None:
    """Return what a text looks like, as words that complete "looks like ..."; None if it looks harmless.

    Args:
        text: The text.
        key: What it is called; empty where it has no name.

    """
    if len(text) <= _LONG:
        return recognise(text, key)
    return next(filter(None, (recognise(line[:_LONG], key) for line in text.splitlines())), None)
