"""What each change of the table does: planned here, compared with what was reviewed there."""

from tests.changes.stage import Running
from tests.changes.table import Change
from tests.changes.words import operations, written


class UnexpectedError(Exception):
    """A change was refused that should not be, or the other way round."""


def planned(stage: Running, change: Change) -> str:
    """Return what a preview of a change says, as it is reviewed.

    Raises:
        UnexpectedError: it is refused although the table does not say so, or for another reason.

    """
    outcome = stage.plan(change.result)
    if change.refused:
        if not any(change.refused in error for error in outcome.errors):
            raise UnexpectedError(f"{change.name}: {change.refused!r} is in none of the refusals: {outcome.errors}")
        return f"refused: {change.refused}\n"
    if outcome.errors:
        raise UnexpectedError(f"{change.name} is refused: {'; '.join(outcome.errors)}")
    return written(operations(outcome.changed))
