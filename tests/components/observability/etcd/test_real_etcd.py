"""Three real members with the platform's arguments find each other, outlive one, and let no stranger in."""

import base64
import http
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.observability.etcd import certificates
from components.observability.etcd.maintenance import defragment, program, snapshot
from components.observability.etcd.maintenance.gateway import EtcdError, Member
from components.observability.etcd.settings import METRICS_PORT, PEER_PORT
from tests.components.observability.etcd.cluster import ETCD, Authority, Etcd, running, until

pytestmark = pytest.mark.tools

_KIB = 1024


@pytest.fixture(scope="module")
def etcd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Etcd]:
    if not ETCD.exists():
        pytest.skip("etcd is not built: make tools")
    with running(tmp_path_factory.mktemp("etcd")) as made:
        yield made


def _text(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _put(member: Member, key: str, value: str) -> None:
    member._call("/v3/kv/put", {"key": _text(key), "value": _text(value)})


def _get(member: Member, key: str) -> str:
    (found,) = member._call("/v3/kv/range", {"key": _text(key)})["kvs"]
    return base64.b64decode(found["value"]).decode()


def _as(etcd: Etcd, tmp_path: Path, spec: dict[str, Any], authority: Authority | None = None) -> Member:
    folder = (authority or etcd.authority).sign(spec, tmp_path / "client")
    context = program.trusted(folder)
    context.load_verify_locations(etcd.folder / "member" / "ca.crt")
    return Member(url=etcd.urls()[0], context=context)


def test_what_one_member_takes_every_member_has(etcd: Etcd) -> None:
    first, *others = etcd.members()
    _put(first, "colour", "blue")

    assert [_get(member, "colour") for member in others] == ["blue", "blue"]
    assert len({member.status().leader for member in etcd.members()}) == 1


def test_a_client_needs_a_certificate_of_this_authority(etcd: Etcd, tmp_path: Path) -> None:
    bare = ssl.create_default_context(cafile=str(etcd.folder / "member" / "ca.crt"))
    stranger = _as(etcd, tmp_path, certificates.client("stranger"), Authority())

    for member in (Member(url=etcd.urls()[0], context=bare), stranger):
        with pytest.raises(EtcdError):
            member.status()


@pytest.mark.parametrize(("holder", "admitted"), [("member", True), ("app", False)])
def test_a_clients_certificate_makes_no_member(etcd: Etcd, tmp_path: Path, holder: str, *, admitted: bool) -> None:
    client = etcd.authority.sign(certificates.client("app"), tmp_path / "app")
    context = program.trusted(client if holder == "app" else etcd.folder / holder)
    try:
        with urllib.request.urlopen(
            f"https://127.0.0.1:{etcd.ports[0][PEER_PORT]}/members", context=context, timeout=10
        ) as answer:
            served = answer.status == http.HTTPStatus.OK
    except OSError:
        served = False

    assert served is admitted


def test_the_kubelet_and_prometheus_need_no_certificate(etcd: Etcd) -> None:
    for ports in etcd.ports:
        base = f"http://127.0.0.1:{ports[METRICS_PORT]}"
        for path in ("readyz", "livez"):
            with urllib.request.urlopen(f"{base}/{path}", timeout=10) as answer:  # noqa: S310 - loopback
                assert answer.status == http.HTTPStatus.OK
        with urllib.request.urlopen(f"{base}/metrics", timeout=10) as answer:  # noqa: S310 - loopback
            assert "etcd_server_has_leader 1" in answer.read().decode()


class Kept:
    """Takes what S3 would, and looks at it."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def upload_file(self, path: str, bucket: str, key: str, /, *, ExtraArgs: dict[str, str]) -> None:  # noqa: N803 - boto3's name
        """Look whether it is a whole snapshot, and keep its size."""
        snapshot.check(Path(path))
        assert ExtraArgs == {"ChecksumAlgorithm": "SHA256"}
        self.sizes[f"{bucket}/{key}"] = Path(path).stat().st_size


def test_a_snapshot_of_a_member_is_whole_and_one_that_is_not_is_told(etcd: Etcd, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.db"
    size = snapshot.save(etcd.members()[0], path)
    whole = path.read_bytes()

    assert size == len(whole) > 512
    for damaged in (whole[:-1], whole[:-512], b"", whole[:600] + b"\xff" + whole[601:]):
        path.write_bytes(damaged)
        with pytest.raises(EtcdError):
            snapshot.check(path)


def test_members_are_defragmented_one_by_one_and_the_leader_last(etcd: Etcd) -> None:
    members = etcd.members()
    for number in range(64):
        _put(members[0], "big", str(number) * 16 * _KIB)
    header = members[0]._call("/v3/kv/range", {"key": _text("big")})["header"]
    members[0]._call("/v3/kv/compaction", {"revision": header["revision"], "physical": True})

    def compacted() -> bool:
        # A member counts anew what it uses when it writes.
        _put(members[0], "colour", "red")
        return all(state.size > 2 * state.used for state in (member.status() for member in members))

    until(compacted)
    before = [member.status().size for member in members]
    (leader,) = (member.url for member in members if (state := member.status()).member == state.leader)

    done = defragment.defragment(members, rounds=100, pause=lambda: None, worth=1)

    assert sorted(done) == sorted(etcd.urls())
    assert done[-1] == leader
    assert all(member.status().size < size for member, size in zip(members, before, strict=True))
    assert defragment.defragment(members, rounds=100, pause=lambda: None) == []
    assert _get(members[0], "big") == "63" * 16 * _KIB


@pytest.mark.parametrize(("alarm", "well"), [("NOSPACE", True), ("CORRUPT", False)])
def test_a_full_member_takes_nothing_and_may_be_defragmented_but_no_damaged_one(
    etcd: Etcd, alarm: str, *, well: bool
) -> None:
    member = etcd.members()[0]
    request = {"memberID": member.status().member, "alarm": alarm}
    member._call("/v3/maintenance/alarm", request | {"action": "ACTIVATE"})
    try:
        with pytest.raises(EtcdError):
            _put(member, "colour", "grey")
        assert member.is_healthy() is well
    finally:
        member._call("/v3/maintenance/alarm", request | {"action": "DEACTIVATE"})
    until(member.is_healthy)


def test_one_member_may_be_lost_and_nothing_is_defragmented_meanwhile(etcd: Etcd) -> None:
    members = etcd.members()
    etcd.stop(2)
    until(lambda: members[0].is_healthy() and members[1].is_healthy())
    _put(members[0], "colour", "green")

    assert _get(members[1], "colour") == "green"
    with pytest.raises(EtcdError, match="not well"):
        defragment.defragment(members, rounds=1, pause=lambda: None, worth=1)
    kept = Kept()
    # The first that answers will do.
    stored = snapshot.store([members[2], members[0]], kept, bucket="b", key="k", rounds=1, pause=lambda: None)
    assert kept.sizes == {"b/k": stored}

    etcd.start(2)
    etcd.wait(2)
    assert _get(members[2], "colour") == "green"


def test_without_a_majority_nothing_is_written(etcd: Etcd) -> None:
    members = etcd.members()
    etcd.stop(1)
    etcd.stop(2)
    try:
        until(lambda: not members[0].is_healthy())
        with pytest.raises(EtcdError, match="no member gives"):
            snapshot.store(members[1:], Kept(), bucket="b", key="k", rounds=2, pause=lambda: None)
    finally:
        etcd.start(1)
        etcd.start(2)
        etcd.wait(0, 1, 2)
