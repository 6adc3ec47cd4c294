"""Why the program ends without success, told apart by who can do something about it."""

from typing import Final

TRY_AGAIN: Final = 1
"""The exit status when another run may succeed."""

ASK_A_PERSON: Final = 3
"""The exit status when no run will succeed before somebody has acted."""


class BootstrapError(Exception):
    """The wanted state was not reached; the text says why and what to do."""

    status = TRY_AGAIN


class PersonNeededError(BootstrapError):
    """Nothing the program may do by itself would help."""

    status = ASK_A_PERSON


class UnreachableError(BootstrapError):
    """A server gave no usable answer, however often it was asked."""


class UnclearError(BootstrapError):
    """A request that must not be repeated blindly was sent, and nobody knows whether it was carried out."""


class NotAllowedError(PersonNeededError):
    """Vault answered 403."""


class BadRequestError(PersonNeededError):
    """Vault answered with another 4xx; `errors` are its own words."""

    def __init__(self, message: str, errors: tuple[str, ...]) -> None:
        super().__init__(message)
        self.errors = errors
