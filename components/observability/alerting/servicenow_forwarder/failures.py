"""What keeps an alert from being delivered, told apart by what may have happened at the other end."""


class UndeliveredError(Exception):
    """It is not delivered, and another attempt may succeed."""


class NotSentError(Exception):
    """A request did not reach the other end."""


class LostAnswerError(UndeliveredError):
    """A request may have been carried out, or may still be: nobody answered, or somebody in between did."""


class RefusedError(UndeliveredError):
    """A request was refused, and was not carried out."""


class BusyError(UndeliveredError):
    """Somebody else is writing of the same alert, or what was written is not known yet."""
