"""Tells people what differs between two environments: what nobody meant first, then what is meant, by reason."""

from collections.abc import Iterator

from rehearsal.parity.comparison import Comparison, Difference
from rehearsal.parity.shape import shown


def lines(found: Comparison) -> Iterator[str]:
    """Yield the page, line by line, as Markdown."""
    yield f"# {found.left} and {found.right}"
    yield ""
    yield sentence(found)
    for title, told in (
        ("Differs, and nobody meant it", [_line(each) for each in found.drift]),
        ("Is said to differ, and does not", [f"- {each}" for each in found.stale]),
        (
            "Was meant until a day that is past",
            [f"- {entry.reason} ({entry.owner}, until {entry.until})" for entry in found.expired],
        ),
    ):
        if told:
            yield ""
            yield f"## {title}"
            yield ""
            yield from told
    yield ""
    yield "## Meant"
    yield ""
    yield from _meant(found)


def sentence(found: Comparison) -> str:
    """Return the verdict in a sentence."""
    meant = f"{len(found.intended)} differences are meant"
    if found.fine:
        return f"{found.left} and {found.right} are of one shape: {meant}, and there are no others."
    wrong = [
        (len(found.drift), "nobody meant"),
        (len(found.stale), "are listed and not there"),
        (len(found.expired), "entries of the list have expired"),
    ]
    return (
        f"{found.left} and {found.right} drifted apart: {', '.join(f'{n} {what}' for n, what in wrong if n)}; {meant}."
    )


def _line(found: Difference) -> str:
    what = f" ({found.type})" if found.kind == "resource" else ""
    if found.kind == "resource":
        return f"- `{found.where}`{what}: only in {'the first' if found.left else 'the second'}"
    return f"- {found.kind} `{found.where}`: {_value(found.left)} and {_value(found.right)}"


def _value(value: str | None) -> str:
    return shown(value) if value is None else f"`{shown(value)}`"


def _meant(found: Comparison) -> Iterator[str]:
    yield "| Differences | Settings | Why | Owner |"
    yield "| ---: | --- | --- | --- |"
    entries = dict.fromkeys((each.entry.reason, each.entry.owner) for each in found.intended if each.entry)
    for reason, owner in entries:
        mine = [each for each in found.intended if each.entry and each.entry.reason == reason]
        patterns = dict.fromkeys(pattern for each in mine if each.entry for pattern in each.entry.settings)
        settings = ", ".join(f"`{pattern}`" for pattern in patterns)
        yield f"| {len(mine)} | {settings} | {reason} | {owner} |"
