"""The emulator is reached by nothing of this machine's AWS set-up, serves many threads, and ends with its parent."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal.aws.emulator import Emulator
from rehearsal.aws.provider import AwsStandIn
from rehearsal.providers.standin import RefusedError
from tests.rehearsal.aws.world import REGION, ZONES, World

ROOT = Path(__file__).parents[3]

_PROGRAM = """
import json
from rehearsal.aws.provider import AwsStandIn
from rehearsal.providers.standin import Resource
with AwsStandIn() as aws:
    aws.configure({"region": "eu-central-1", "allowedAccountIds": ["444455556666"]})
    identifier, outputs = aws.create(Resource("urn", "aws:ec2/eip:Eip", "eip"), {"domain": "vpc"}, preview=False)
    print(json.dumps([aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"], outputs["arn"]]))
"""


def test_no_setting_of_the_machine_reaches_it(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("this is [no configuration", encoding="utf-8")
    hostile = {
        "HOME": str(tmp_path / "nowhere"),
        "PATH": os.environ["PATH"],
        "AWS_PROFILE": "production",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(config),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:1",
        "AWS_DATA_PATH": str(tmp_path),
        "AWS_DEFAULT_REGION": "mars-north-1",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_MAX_ATTEMPTS": "none",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
        "MOTO_ACCOUNT_ID": "999999999999",
        "MOTO_PORT": "1",
    }

    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=hostile, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    account, arn = json.loads(done.stdout)
    assert account == "444455556666"
    assert arn.startswith("arn:aws:ec2:eu-central-1:444455556666:elastic-ip/eipalloc-")


def test_it_ends_with_its_block() -> None:
    with Emulator() as emulator:
        process = emulator._process
        assert process is not None
        assert process.poll() is None

    assert process.poll() is not None
    with pytest.raises(RuntimeError, match="is not running"):
        emulator.call("sts", "GetCallerIdentity", {})


def test_it_ends_with_its_parent_however_that_ends() -> None:
    with Emulator() as emulator:
        process = emulator._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()  # as the death of the parent does

        assert process.wait(10) == 0


def test_many_threads_create_at_once(empty: World) -> None:
    vpc = empty.make("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")

    def subnet(number: int) -> str:
        inputs = {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": ZONES[0]}
        return empty.make("ec2/subnet:Subnet", f"s{number}", **inputs)

    with ThreadPoolExecutor(max_workers=16) as threads:
        made = list(threads.map(subnet, range(32)))

    assert len(set(made)) == 32
    assert empty.aws.summary().emulated == 33


def test_calls_of_one_service_are_made_one_after_another(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=0.3)
    met: list[bool] = []

    def meet(name: str, members: object) -> dict[str, object]:
        del name, members
        with suppress(threading.BrokenBarrierError):
            both.wait()
            met.append(True)
        return {}

    emulator = empty.aws._emulator
    client, _ = emulator._client("ec2", REGION)
    monkeypatch.setattr(client, "_make_api_call", meet)
    with ThreadPoolExecutor(max_workers=2) as threads:
        list(threads.map(lambda _: emulator.call("ec2", "DescribeVpcs", {}), range(2)))

    assert met == []


def test_a_refusal_has_awss_code_and_text(empty: World) -> None:
    with pytest.raises(
        RefusedError, match=r"^ec2 DeleteVpc refused: InvalidVpcID.NotFound: VpcID vpc-gone does not exist"
    ):
        empty.aws._emulator.call("ec2", "DeleteVpc", {"VpcId": "vpc-gone"})


def _invoke(world: World, name: str, **arguments: object) -> dict[str, object]:
    return world.aws.invoke(f"aws:index/{name}:{name}", dict(arguments))


def test_functions_answer_for_the_account_and_the_region(world: World) -> None:
    assert _invoke(world, "getCallerIdentity")["accountId"] == world.account
    assert _invoke(world, "getRegion")["name"] == REGION
    assert _invoke(world, "getPartition") == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
    zones = _invoke(world, "getAvailabilityZones", state="available", excludeNames=[ZONES[1]])
    assert zones["names"] == ["eu-central-1a", "eu-central-1c"]
    assert zones["zoneIds"] == ["euc1-az1", "euc1-az3"]


def test_a_function_without_a_truthful_answer_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="getAmi cannot be rehearsed"):
        world.aws.invoke("aws:ec2/getAmi:getAmi", {})


def test_a_stand_in_leaves_a_lent_emulator_running(emulator: Emulator) -> None:
    with AwsStandIn(emulator):
        pass

    assert emulator.call("sts", "GetCallerIdentity", {})["Account"]
