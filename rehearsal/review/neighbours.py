"""How the settings of a stack differ from those of the environments beside it: what nobody meant."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from rehearsal.parity import intended
from rehearsal.parity.comparison import compare_settings
from rehearsal.parity.environments import MissingError, settings_of
from rehearsal.parity.page import sentence
from rehearsal.parity.shape import shown
from rehearsal.review.change import UnreadableError
from rehearsal.workspace import PROJECT


def told(stack: str, today: date, project: Path = PROJECT) -> tuple[str, ...]:
    """Return a line for each neighbour and one for each difference that nobody meant; none off the chain.

    Settings alone: they are there for every environment, while another one's rehearsal may be older than the change.

    Raises:
        UnreadableError: a stack file or the list of what is meant cannot be read.

    """
    try:
        return tuple(_told(stack, today, project))
    except (MissingError, ValueError) as error:
        raise UnreadableError(f"The environments beside {stack} cannot be compared: {error}") from None


def _told(stack: str, today: date, project: Path) -> Iterator[str]:
    meant = intended.read()
    for pair in pairwise(meant.chain):
        if stack not in pair:
            continue
        found = compare_settings(pair, (settings_of(pair[0], project), settings_of(pair[1], project)), meant, today)
        yield f"{found.left} and {found.right} differ as meant" if found.fine else sentence(found)
        yield from (f"{each.where}: {shown(each.left)} and {shown(each.right)}" for each in found.drift)
        yield from (f"is said to differ, and does not: {each}" for each in found.stale)
