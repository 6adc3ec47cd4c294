"""Asks a forge's REST API, again where it is busy, and says which request it refused."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_TRIES: Final = 5
# Seconds before the second try; each further wait is twice as long.
_FIRST_WAIT: Final = 1.0
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECONDS: Final = 30
_PAGE: Final = 100
_MOST_PAGES: Final = 100


class ForgeError(Exception):
    """The forge did not do what was asked; the text says what it answered."""


@dataclass(frozen=True)
class Api:
    """A REST API.

    Attributes:
        address: Where it is, ``https://api.github.com``.
        headers: What every request carries; the token is in it.
        wait: How time passes between two tries, in seconds.

    """

    address: str
    headers: Mapping[str, str]
    wait: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        """Refuse an address to which a token would travel in clear.

        Raises:
            ForgeError: it is neither HTTPS nor this machine.

        """
        if not self.address.startswith(("https://", "http://127.0.0.1:")):
            raise ForgeError(f"{self.address} is not reached by HTTPS, so no token goes there")

    def ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Return what the API answers.

        Raises:
            ForgeError: it refuses, or is still busy after the last try.

        """
        told = ""
        for number in range(_TRIES):
            if number:
                self.wait(_FIRST_WAIT * 2 ** (number - 1))
            try:
                return self._once(method, path, content)
            except urllib.error.HTTPError as error:
                told = f"{error.code} {error.reason}"
                # A comment that was made may have been answered by a fault of a proxy: whoever posts looks again.
                if error.code not in _BUSY or method == "POST":
                    break
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                told = str(getattr(error, "reason", error))
                if method == "POST":
                    break
        raise ForgeError(f"{method} {path}: {told}")

    def every(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Yield the items of all pages of a list."""
        joint = "&" if "?" in path else "?"
        for page in range(1, _MOST_PAGES + 1):
            items = self.ask("GET", f"{path}{joint}per_page={_PAGE}&page={page}")
            yield from items
            if len(items) < _PAGE:
                return

    def _once(self, method: str, path: str, content: Mapping[str, Any] | None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "platform-pipeline"}
        # Only the addresses that __post_init__ lets in come this far.
        request = urllib.request.Request(f"{self.address}{path}", data=body, headers=headers, method=method)  # noqa: S310 - above
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")
