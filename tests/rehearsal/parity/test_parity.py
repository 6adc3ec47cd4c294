"""Names are no differences, everything else is one: of the comparison, its list and its command."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rehearsal.parity import Entry, Intended, __main__, compare, environments, intended, read
from rehearsal.parity.identities import Identities
from rehearsal.parity.intended import matches
from rehearsal.parity.page import lines, sentence

_TODAY = date(2027, 1, 31)
_DEV = Identities(
    stack="dev", account="111122223333", region="eu-central-1", cluster="platform-dev", block="10.22.0.0/18"
)


def _graph(stack: str, **inputs: Any) -> list[dict[str, Any]]:
    """Return a stack with one layer and one queue in it."""
    urn = f"urn:pulumi:{stack}::platform::"
    layer = {"urn": f"{urn}platform:a:B::layer", "type": "platform:a:B", "name": "layer", "parent": "", "inputs": {}}
    queue = {
        "urn": f"{urn}platform:a:B$aws:sqs/queue:Queue::layer-queue",
        "type": "aws:sqs/queue:Queue",
        "name": "layer-queue",
        "parent": layer["urn"],
        "inputs": inputs,
    }
    return [layer, queue]


def _intended(*entries: Entry) -> Intended:
    return Intended(chain=("dev", "staging", "prod"), entries=entries)


def _entry(*resources: str, **more: Any) -> Entry:
    given = {"between": (("dev", "staging"),), "reason": "small", "owner": "platform", **more}
    return Entry(resources=resources, **given)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("arn:aws:eks:eu-central-1:111122223333:cluster/platform-dev",
         "arn:aws:eks:<region>:<account>:cluster/<cluster>"),
        ("platform-dev-velero", "<cluster>-velero"),
        ("my-platform-dev", "my-platform-dev"),
        ("eu-central-1b", "<zone b>"),
        ("s3.eu-west-1.amazonaws.com", "s3.<other region>.amazonaws.com"),
        ("dev", "<stack>"),
        ("dev.example.com", "<stack>.example.com"),
        ("/dev/xvda", "/dev/xvda"),
        ("dev/xvda", "dev/xvda"),
        ("^/(dev|proc|sys)", "^/(dev|proc|sys)"),
        ("development", "development"),
        ("10.22.16.0/20", "<in the VPC>/20"),
        ("10.23.16.0/20", "10.23.16.0/20"),
        ("169.254.169.254", "169.254.169.254"),
        ("cluster-api-10.22.0.0-18", "cluster-api-<in the VPC>-18"),
        ("subnet-0123456789abcdef0", "<id>"),
        ("metrics-store-blocks-1a2b3c4", "metrics-store-blocks-<suffix>"),
        ("arn:aws:secretsmanager:eu-central-1:111122223333:secret:vault-init-8f22a88-YUDDmc",
         "arn:aws:secretsmanager:<region>:<account>:secret:vault-init-<suffix>-<suffix>"),
        ("Z0123456789EXAMPLEDEV", "<hosted zone>"),
        ("registry.k8s.io/pause@sha256:" + "a1" * 32, "registry.k8s.io/pause@sha256:" + "a1" * 32),
        ("v1.36.3", "v1.36.3"),
    ],
)  # fmt: skip
def test_what_names_an_environment_is_taken_out_and_nothing_else(text: str, without: str) -> None:
    assert _DEV.without(text) == without


@pytest.mark.parametrize(
    ("ours", "theirs", "where"),
    [
        ({"name": "a"}, {"name": "a"}, []),
        ({"name": "a-dev"}, {"name": "a-staging"}, ["name"]),
        ({"tags": {"environment": "dev"}}, {"tags": {"environment": "staging"}}, []),
        ({"seconds": 1}, {"seconds": 2}, ["seconds"]),
        ({"seconds": 1}, {}, ["seconds"]),
        ({"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b": 2, "a": 1}'}, []),
        ({"policy": '{"a": 1}'}, {"policy": '{"a": 3}'}, ["policy.a"]),
        ({"env": [{"name": "A", "v": 1}, {"name": "B", "v": 2}]}, {"env": [{"name": "B", "v": 3}]},
         ["env[A].name", "env[A].v", "env[B].v"]),
        ({"env": [{"name": "A"}, {"name": "B"}]}, {"env": [{"name": "B"}, {"name": "A"}]}, []),
        ({"checksum/config": "1"}, {"checksum/config": "2"}, []),
        ({"zones": ["a", "b"]}, {"zones": ["a"]}, ["zones"]),
    ],
)  # fmt: skip
def test_each_fact_that_two_environments_do_not_share_is_a_difference(
    ours: dict[str, Any], theirs: dict[str, Any], where: list[str]
) -> None:
    found = compare(_graph("dev", **ours), _graph("staging", **theirs), _intended())

    assert [each.where for each in found.drift] == [f"layer/layer-queue: {path}" for path in where]


def test_a_resource_that_only_one_of_them_has_is_one_difference() -> None:
    found = compare(_graph("dev", seconds=1)[:1], _graph("staging", seconds=1), _intended())

    assert [(each.kind, each.where, each.left, each.right) for each in found.drift] == [
        ("resource", "layer/layer-queue", None, "is there")
    ]
    assert "- `layer/layer-queue` (aws:sqs/queue:Queue): only in the second" in lines(found)


def test_one_more_item_at_the_beginning_of_a_list_is_one_difference() -> None:
    rules: list[dict[str, Any]] = [{"port": port} for port in (1, 2, 3)]

    found = compare(_graph("dev", rules=rules[1:]), _graph("staging", rules=rules), _intended())

    assert [each.right for each in found.drift] == ["1"]


def test_a_difference_that_is_meant_carries_its_reason() -> None:
    entry = _entry("layer/layer-queue: seconds")

    found = compare(_graph("dev", seconds=1), _graph("staging", seconds=2), _intended(entry), today=_TODAY)

    assert [each.entry for each in found.differences] == [entry]
    assert found.fine
    assert "1 differences are meant" in sentence(found)


def test_what_is_meant_between_others_explains_nothing() -> None:
    entry = _entry("layer/layer-queue: seconds", between=(("staging", "prod"),))

    found = compare(_graph("dev", seconds=1), _graph("staging", seconds=2), _intended(entry))

    assert len(found.drift) == 1


def test_what_is_meant_on_the_way_explains_what_differs_between_the_ends() -> None:
    entries = (
        _entry("*: seconds"),
        _entry("*: size", between=(("staging", "prod"),)),
        _entry("*: nowhere", between=(("staging", "prod"),)),
    )

    found = compare(_graph("dev", seconds=1, size=1), _graph("prod", seconds=2, size=2), _intended(*entries))

    assert found.fine


def test_an_entry_that_matches_nothing_is_stale_and_fails() -> None:
    found = compare(_graph("dev"), _graph("staging"), _intended(_entry("layer/gone")))

    assert found.stale == ("resource layer/gone (small)",)
    assert not found.fine
    assert "layer/gone" in "\n".join(lines(found))


def test_what_a_rehearsal_cannot_see_is_never_stale() -> None:
    found = compare(_graph("dev"), _graph("staging"), _intended(_entry(unseen=("layer/gone",))))

    assert found.fine


@pytest.mark.parametrize(("until", "fine"), [(date(2027, 1, 31), True), (date(2027, 1, 30), False)])
def test_an_entry_ends_with_its_last_day(until: date, *, fine: bool) -> None:
    entry = _entry("*: seconds", until=until)

    found = compare(_graph("dev", seconds=1), _graph("staging", seconds=2), _intended(entry), today=_TODAY)

    assert found.fine is fine


def test_settings_are_compared_where_they_are_given() -> None:
    ours: dict[str, Any] = {"account": {"id": "111122223333", "region": "eu-central-1"}, "network": {"nat": "single"}}
    theirs: dict[str, Any] = {"account": {"id": "444455556666", "region": "eu-west-1"}, "network": {"nat": "per_zone"}}

    found = compare(_graph("dev"), _graph("staging"), _intended(), (ours, theirs))

    assert [(each.kind, each.where) for each in found.drift] == [("setting", "network.nat")]


@pytest.mark.parametrize(
    ("pattern", "text", "matching"),
    [
        ("a/b: spec[x].*", "a/b: spec[x].y", True),
        ("a/b: spec[x].*", "a/b: specx.y", False),
        ("a?", "ab", False),
        ("a/*", "a/b: c", True),
        ("a", "ab", False),
    ],
)
def test_a_pattern_means_itself_but_for_its_stars(pattern: str, text: str, *, matching: bool) -> None:
    assert matches(pattern, text) is matching


_ROW = 'between = [["dev", "staging"]]\nresources = ["a"]\nreason = "b"\nowner = "c"\n'


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"staging"]]', '"prod"]]', "between which neighbours"),
        ('reason = "b"', "", "needs a reason and an owner"),
        ('owner = "c"', 'owner = " "', "needs a reason and an owner"),
        ('["a"]', '["*"]', "needs patterns that name something"),
        ('["a"]', "[]", "needs patterns that name something"),
        ("reason", "why = 1\nreason", "has why, which is none of"),
        ("reason", 'until = "2027"\nreason', "until is a day"),
    ],
)
def test_a_list_that_says_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = tmp_path / "intended.toml"
    path.write_text('chain = ["dev", "staging", "prod"]\n[[intended]]\n' + _ROW.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ValueError, match=fault):
        read(path)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for stack, seconds in (("dev", 1), ("staging", 2)):
        (tmp_path / ".rehearsal" / stack).mkdir(parents=True)
        graph = json.dumps(_graph(stack, seconds=seconds))
        (tmp_path / ".rehearsal" / stack / "graph.json").write_text(graph, encoding="utf-8")
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config:\n  platform:a: {b: 1}\n", encoding="utf-8")
    monkeypatch.setattr(environments.graph_of, "__defaults__", (tmp_path,))
    monkeypatch.setattr(environments.settings_of, "__defaults__", (tmp_path,))
    return tmp_path


@pytest.mark.parametrize(("entries", "status"), [((), 1), ((_entry("*: seconds"),), 0)])
def test_the_command_fails_by_what_it_found(
    project: Path, monkeypatch: pytest.MonkeyPatch, entries: tuple[Entry, ...], status: int
) -> None:
    del project
    monkeypatch.setattr(intended, "read", lambda: _intended(*entries))

    assert __main__.main(["dev", "staging"]) == status


def test_the_command_says_what_to_rehearse_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".rehearsal" / "dev" / "graph.json").write_text("[]\n", encoding="utf-8")

    assert __main__.main(["dev", "staging"]) == 2
    assert "make rehearse STACK=dev" in capsys.readouterr().err
    assert __main__.main(["nowhere", "staging"]) == 2
    assert "the stacks here are dev, staging" in capsys.readouterr().err
