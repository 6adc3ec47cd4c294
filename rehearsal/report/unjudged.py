"""What nothing judged: an objection, unless it was said beforehand that nothing can."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase


def objections(unvalidated: Sequence[str], by_design: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each thing that nothing judged unexpectedly, and for each expectation that does not hold.

    Args:
        unvalidated: What was accepted though nothing judged it (``kind namespace/name``); a release with the reason
            behind a colon.
        by_design: Patterns of what nothing can judge, ``Policy kasten-io/*``.

    """
    for name in unvalidated:
        if not any(_is(name, pattern) for pattern in by_design):
            yield f"Nothing judged {name}."
    for pattern in by_design:
        if not any(_is(name, pattern) for name in unvalidated):
            yield f"{pattern} is among what nothing can judge, and something judged it, or there is none."


def _is(name: str, pattern: str) -> bool:
    return fnmatchcase(name.partition(": ")[0], pattern)
