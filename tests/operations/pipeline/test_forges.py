"""One comment and one issue for each marker, on GitHub and on GitLab, whatever happens on the way: on a real socket."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from operations.pipeline.forges import Forge, GitHub, GitLab, close_issue, from_environment, open_issue, say, whole
from operations.pipeline.rest import Api, ForgeError


class _Server(ThreadingHTTPServer):
    """A forge: it keeps lists by path, and answers with faults as long as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kept: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.faults: list[tuple[str, int, bool]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        where = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        self.server.asked.append((self.command, where.path))
        fault = self.server.faults[0] if self.server.faults and self.server.faults[0][0] == self.command else None
        if fault:
            self.server.faults.pop(0)
        answer = self._done(where.path, where.query, body) if not fault or fault[2] else None
        if self.headers.get("Authorization") != "Bearer t" and self.headers.get("PRIVATE-TOKEN") != "t":
            self.send_response(401)
        else:
            self.send_response(fault[1] if fault else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - the names that the server looks for

    def _done(self, path: str, query: str, body: dict[str, Any] | None) -> Any:
        kept = self.server.kept
        if self.command == "GET":
            asked = parse_qs(query)
            page, size = int(asked["page"][0]), int(asked["per_page"][0])
            there = [each for each in kept.get(path, []) if each.get("state", "open") == "open"]
            return there[(page - 1) * size : page * size]
        if self.command == "POST":
            assert body is not None
            number = sum(map(len, kept.values())) + 1
            kept.setdefault(path, []).append({"id": number, "number": number, "iid": number, **body})
            return kept[path][-1]
        identity = path.rpartition("/")[2]
        (found,) = [each for each in chain.from_iterable(kept.values()) if str(each["id"]) == identity]
        assert body is not None
        found |= {"state": "closed"} if body.get("state_event") == "close" else body
        return found

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has above
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture(params=["GitHub", "GitLab"])
def forge(request: pytest.FixtureRequest, server: _Server) -> Forge:
    if request.param == "GitHub":
        return GitHub(Api(server.address, {"Authorization": "Bearer t"}, wait=lambda _: None), "example/platform")
    return GitLab(Api(server.address, {"PRIVATE-TOKEN": "t"}, wait=lambda _: None), "example/platform")


def _comments(server: _Server) -> list[str]:
    return [
        each["body"] for path, kept in server.kept.items() if "notes" in path or "comments" in path for each in kept
    ]


def _issues(server: _Server) -> list[dict[str, Any]]:
    return [each for path, kept in server.kept.items() if path.endswith("/issues") for each in kept]


def test_a_comment_takes_the_place_of_the_one_before(forge: Forge, server: _Server) -> None:
    say(forge, "7", "review-prod", "first")
    say(forge, "7", "review-dev", "of another stack")
    say(forge, "7", "review-prod", "second")

    assert _comments(server) == [whole("review-prod", "second"), whole("review-dev", "of another stack")]


def test_a_comment_is_found_again_behind_hundreds_of_others(forge: Forge, server: _Server) -> None:
    others = [
        {"id": 1000 + number, "body": "a person's, who quotes <!-- platform:review-prod -->"} for number in range(250)
    ]
    server.kept[forge.comments("7")] = [*others, {"id": 5, "body": whole("review-prod", "first")}]

    say(forge, "7", "review-prod", "second")

    assert _comments(server)[-1] == whole("review-prod", "second")
    assert len(_comments(server)) == 251


@pytest.mark.parametrize("code", [429, 502, 503])
def test_a_busy_forge_is_asked_again(forge: Forge, server: _Server, code: int) -> None:
    server.faults = [("GET", code, False)] * 3

    say(forge, "7", "review-prod", "text")

    assert len(_comments(server)) == 1
    assert [method for method, _ in server.asked] == ["GET"] * 4 + ["POST"]


def test_a_comment_whose_answer_got_lost_is_not_made_twice(forge: Forge, server: _Server) -> None:
    server.faults = [("POST", 502, True)]

    say(forge, "7", "review-prod", "text")

    assert _comments(server) == [whole("review-prod", "text")]


def test_a_comment_that_was_not_made_is_tried_again(forge: Forge, server: _Server) -> None:
    server.faults = [("POST", 503, False)]

    say(forge, "7", "review-prod", "text")

    assert _comments(server) == [whole("review-prod", "text")]


@pytest.mark.parametrize(("code", "asked"), [(403, 1), (404, 1), (503, 5)])
def test_a_forge_that_goes_on_refusing_is_told_of(forge: Forge, server: _Server, code: int, asked: int) -> None:
    server.faults = [("GET", code, False)] * 9

    with pytest.raises(ForgeError, match=str(code)):
        say(forge, "7", "review-prod", "text")

    assert len(server.asked) == asked


def test_a_drift_is_one_issue_until_it_is_gone(forge: Forge, server: _Server) -> None:
    close_issue(forge, "drift-prod")
    open_issue(forge, "drift-prod", "prod differs", "first night")
    open_issue(forge, "drift-prod", "prod differs", "second night")
    assert [each[forge.text] for each in _issues(server)] == [whole("drift-prod", "second night")]

    close_issue(forge, "drift-prod")
    open_issue(forge, "drift-prod", "prod differs", "a year later")
    assert [each.get("state", "open") for each in _issues(server)] == ["closed", "open"]


def test_what_is_too_long_for_a_comment_is_cut_and_says_so() -> None:
    found = whole("review-prod", "x" * 70_000)

    assert len(found) == 65_536
    assert found.endswith("a comment may not be longer.*\n")


def test_no_token_travels_in_clear() -> None:
    with pytest.raises(ForgeError, match="not reached by HTTPS"):
        Api("http://forge.example.com", {})


@pytest.mark.parametrize(
    ("environment", "fault"),
    [({}, "says where to tell"), ({"GITHUB_REPOSITORY": "a/b"}, "GITHUB_TOKEN is empty"),
     ({"CI_PROJECT_PATH": "a/b", "CI_API_V4_URL": "https://x.example.com"}, "GITLAB_TOKEN is empty")],
)  # fmt: skip
def test_a_pipeline_without_the_right_to_tell_says_so(environment: dict[str, str], fault: str) -> None:
    with pytest.raises(ForgeError, match=fault):
        from_environment(environment)


def test_a_pipelines_variables_say_which_forge_it_is() -> None:
    github = from_environment({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t"})
    gitlab = from_environment(
        {"CI_PROJECT_PATH": "a/b", "CI_API_V4_URL": "https://x.example.com/api", "GITLAB_TOKEN": "t"}
    )

    assert github.comments("7") == "/repos/a/b/issues/7/comments"
    assert gitlab.comments("7") == "/projects/a%2Fb/merge_requests/7/notes"
