"""Tells people on GitHub or GitLab: one comment of each kind on a change, and one open issue for each drift."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote

from operations.pipeline.rest import Api, ForgeError

# GitHub's limit of a comment; GitLab's is 1,000,000: https://docs.gitlab.com/administration/instance_limits/
_LONGEST: Final = 65_536
_CUT: Final = "\n\n*The rest is in the pipeline's artifacts: a comment may not be longer.*\n"
_TRIES: Final = 3


@dataclass(frozen=True)
class Forge(ABC):
    """Where comments and issues are: each is found again by its marker, and not made twice.

    Attributes:
        api: Its REST API.
        project: The project there, ``example/platform``.

    """

    api: Api
    project: str

    text: ClassVar[str]
    """What an issue's text is called."""
    change: ClassVar[str]
    """The method that changes something."""
    close: ClassVar[Mapping[str, str]]
    """What closes an issue."""
    open_state: ClassVar[str]
    """How issues that are open are asked for."""

    @abstractmethod
    def comments(self, number: str) -> str:
        """Return the path of the comments on a change."""

    @abstractmethod
    def comment(self, number: str, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""

    @abstractmethod
    def issues(self) -> str:
        """Return the path of issues."""

    @abstractmethod
    def issue(self, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""


class GitHub(Forge):
    """https://docs.github.com/en/rest/issues ."""

    text, change, close, open_state = "body", "PATCH", MappingProxyType({"state": "closed"}), "open"

    def comments(self, number: str) -> str:
        """Return the path of the comments on a pull request."""
        return f"/repos/{self.project}/issues/{number}/comments"

    def comment(self, number: str, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""
        del number
        return f"/repos/{self.project}/issues/comments/{found['id']}"

    def issues(self) -> str:
        """Return the path of issues."""
        return f"/repos/{self.project}/issues"

    def issue(self, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""
        return f"{self.issues()}/{found['number']}"


class GitLab(Forge):
    """https://docs.gitlab.com/api/notes/ and https://docs.gitlab.com/api/issues/ ."""

    text, change, close, open_state = "description", "PUT", MappingProxyType({"state_event": "close"}), "opened"

    def comments(self, number: str) -> str:
        """Return the path of the notes on a merge request."""
        return f"{self._project()}/merge_requests/{number}/notes"

    def comment(self, number: str, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""
        return f"{self.comments(number)}/{found['id']}"

    def issues(self) -> str:
        """Return the path of issues."""
        return f"{self._project()}/issues"

    def issue(self, found: Mapping[str, Any]) -> str:
        """Return the path of one of them."""
        return f"{self.issues()}/{found['iid']}"

    def _project(self) -> str:
        return f"/projects/{quote(self.project, safe='')}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Forge:
    """Return the forge that a pipeline's variables name.

    Raises:
        ForgeError: they name none, or lack a token.

    """
    if repository := environment.get("GITHUB_REPOSITORY"):
        headers = {
            "Authorization": f"Bearer {_token(environment, 'GITHUB_TOKEN')}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return GitHub(Api(environment.get("GITHUB_API_URL", "https://api.github.com"), headers), repository)
    if project := environment.get("CI_PROJECT_PATH"):
        headers = {"PRIVATE-TOKEN": _token(environment, "GITLAB_TOKEN")}
        return GitLab(Api(environment["CI_API_V4_URL"], headers), project)
    raise ForgeError("neither GITHUB_REPOSITORY nor CI_PROJECT_PATH says where to tell")


def _token(environment: Mapping[str, str], name: str) -> str:
    token = environment.get(name, "")
    if not token:
        raise ForgeError(f"{name} is empty: the pipeline was given no right to tell")
    return token


def say(forge: Forge, number: str, marker: str, text: str) -> None:
    """Put a comment on a change, in the place of the one that has the same marker."""
    content = {"body": whole(marker, text)}
    for left in reversed(range(_TRIES)):
        # Looked for each time: an answer that got lost may have left the comment there.
        found = _marked(forge, forge.comments(number), "body", marker)
        try:
            if found:
                forge.api.ask(forge.change, forge.comment(number, found), content)
            else:
                forge.api.ask("POST", forge.comments(number), content)
        except ForgeError:
            if found or not left:
                raise
        else:
            return


def open_issue(forge: Forge, marker: str, title: str, text: str) -> None:
    """Open an issue, or change the open one that has the same marker."""
    content = {"title": title, forge.text: whole(marker, text)}
    found = _open(forge, marker)
    if found:
        forge.api.ask(forge.change, forge.issue(found), content)
    else:
        forge.api.ask("POST", forge.issues(), content)


def close_issue(forge: Forge, marker: str) -> None:
    """Close the open issue that has a marker, if there is one."""
    if found := _open(forge, marker):
        forge.api.ask(forge.change, forge.issue(found), dict(forge.close))


def whole(marker: str, text: str) -> str:
    """Return a text with its marker before it, not longer than a forge takes."""
    head = f"<!-- platform:{marker} -->\n"
    room = _LONGEST - len(head)
    return head + (text if len(text) <= room else text[: room - len(_CUT)] + _CUT)


def _open(forge: Forge, marker: str) -> Mapping[str, Any] | None:
    return _marked(forge, f"{forge.issues()}?state={forge.open_state}", forge.text, marker)


def _marked(forge: Forge, path: str, text: str, marker: str) -> Mapping[str, Any] | None:
    line = f"<!-- platform:{marker} -->"
    return next((each for each in forge.api.every(path) if (each.get(text) or "").startswith(line)), None)
