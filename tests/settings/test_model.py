"""What must hold between the layers of the platform, and how relations are checked at all."""

import inspect
from datetime import date
from ipaddress import IPv4Network
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError, field_validator

from components.kit.settings import Settings
from settings.load import parse
from settings.mend import applied
from settings.model import PlatformSettings, _elsewhere
from settings.problems import explain
from settings.relations import Assembled, Conflict, Relation
from settings.report import SettingsError
from settings.shape import rows, shape_of
from tests.settings import refusals


@pytest.mark.parametrize("zone", ["eu-west-1b", "eu-central-2b"])
def test_a_zone_of_another_region_is_refused(data: dict[str, Any], zone: str) -> None:
    data["network"]["zones"][1] = zone
    (problem,) = refusals.problems(data)
    assert problem.path == ("network", "zones", 1)
    assert problem.says == ('is not an availability zone of eu-central-1 (platform:account.region is "eu-central-1")')
    assert refusals.mended(data, problem).network.zones[1] == "eu-central-1b"


def test_services_may_not_share_addresses_with_machines(data: dict[str, Any]) -> None:
    data["cluster"]["service_cidr"] = "10.20.128.0/20"
    (problem,) = refusals.problems(data)
    assert problem.path == ("cluster", "service_cidr")
    assert problem.says.startswith("shares addresses with 10.20.0.0/16")
    assert "platform:network.cidr is " in problem.says
    assert str(refusals.mended(data, problem).cluster.service_cidr) == "172.20.0.0/20"


def test_the_default_of_services_gives_way_to_a_network_that_covers_it(data: dict[str, Any]) -> None:
    data["network"]["cidr"] = "172.20.0.0/16"
    (problem,) = refusals.problems(data)
    assert problem.value == '"172.20.0.0/16" (the default)'
    assert str(refusals.mended(data, problem).cluster.service_cidr) == "10.100.0.0/16"


def test_no_place_for_services_is_proposed_where_there_is_none() -> None:
    assert _elsewhere(IPv4Network("172.16.0.0/12"), IPv4Network("0.0.0.0/0")) is None


@pytest.mark.parametrize("path", ["deployer", "admin", "break_glass", "grants.read-only.principal"])
def test_a_principal_of_another_partition_is_refused(data: dict[str, Any], path: str) -> None:
    steps = path.split(".")
    block = data["cluster"]["access"]
    for step in steps[:-1]:
        block = block[step]
    block[steps[-1]] = "arn:aws-us-gov:iam::111122223333:role/other"
    (problem,) = refusals.problems(data)
    assert problem.path == ("cluster", "access", *steps)
    assert problem.says.startswith("is of the partition aws-us-gov, and eu-central-1 is of aws (")
    mended: Any = refusals.mended(data, problem).cluster.access.model_dump()
    for step in steps:
        mended = mended[step]
    assert mended == "arn:aws:iam::111122223333:role/other"


@pytest.mark.parametrize(
    ("namespace", "what"),
    [
        ("vault", "Vault and the bootstrap of its policies"),
        ("public-entry", "the public entry"),
        ("example", "the example application"),
    ],
)
def test_a_developer_does_not_edit_what_the_platform_runs(data: dict[str, Any], namespace: str, what: str) -> None:
    data["cluster"]["access"]["grants"]["developer"] = {
        "role": "developer",
        "principal": "arn:aws:iam::111122223333:role/developer",
        "namespaces": ["apps", namespace],
    }
    (problem,) = refusals.problems(data)
    assert problem.path == ("cluster", "access", "grants", "developer", "namespaces", 1)
    assert problem.says.startswith(f"is the platform's own namespace ({what})")


@pytest.mark.parametrize(
    ("cluster", "today", "says", "remedy"),
    [
        ({"version": "1.35"}, date(2027, 3, 26), None, None),
        ({"version": "1.35"}, date(2027, 3, 27), "left standard support on 2027-03-27", "1.36"),
        ({"version": "1.35", "support": "extended"}, date(2027, 3, 27), None, None),
        ({}, date(2027, 8, 1), None, None),
        ({}, date(2027, 8, 2), "left standard support on 2027-08-02", None),
        (
            {"version": "1.35", "support": "extended"},
            date(2028, 3, 27),
            "not supported at all since 2028-03-27",
            "1.36",
        ),
        ({"support": "extended"}, date(2028, 8, 2), "not supported at all since 2028-08-02", None),
    ],
    ids=str,
)
def test_a_minor_out_of_support_is_refused_with_the_dates(
    data: dict[str, Any], cluster: dict[str, str], today: date, says: str | None, remedy: str | None
) -> None:
    data["cluster"] |= cluster
    assert parse(data, stack="prod").cluster.support == cluster.get("support", "standard"), "no day, no judgement"
    if says is None:
        assert type(parse(data, stack="prod", today=today)) is PlatformSettings
        return
    with pytest.raises(SettingsError) as caught:
        parse(data, stack="prod", today=today)
    (problem,) = caught.value.problems
    assert problem.path == ("cluster", "version")
    assert says in problem.says
    assert "platform:cluster.support is " in problem.says
    assert (applied(data, problem.mend.edits)["cluster"]["version"] if problem.mend else None) == remedy


@pytest.mark.parametrize(
    ("sizes", "size", "missing", "zero"),
    [
        ((0, 2), "max_size", 1, ""),
        ((1, 6), "min_size", 2, " (0 leaves it to the autoscaler)"),
    ],
)
@pytest.mark.parametrize("retiring", [False, True], ids=["in use", "retiring"])
def test_no_zone_is_left_without_storage_nodes(
    data: dict[str, Any], sizes: tuple[int, int], size: str, missing: int, zero: str, *, retiring: bool
) -> None:
    least, most = sizes
    data["nodes"]["storage"] |= {"min_size": least, "max_size": most}
    if retiring:
        data["nodes"]["retiring"] = {"storage": data["nodes"].pop("storage")}
    (problem,) = refusals.problems(data)
    assert problem.path == ("nodes", *(["retiring"] if retiring else []), "storage", size)
    assert problem.says.startswith(f"leaves {missing} of the 3 zones without a node")
    assert f"it must be 3 or more{zero} (platform:network.zones is " in problem.says
    nodes = refusals.mended(data, problem).nodes
    assert getattr((nodes.retiring if retiring else nodes).storage, size) == 3


@pytest.mark.parametrize("retiring", [False, True], ids=["in use", "retiring"])
def test_gpu_nodes_stand_only_where_the_network_is(data: dict[str, Any], *, retiring: bool) -> None:
    data["nodes"]["gpu"]["zone"] = "eu-central-1d"
    if retiring:
        data["nodes"]["retiring"] = {"gpu": data["nodes"].pop("gpu")}
    (problem,) = refusals.problems(data)
    assert problem.path == ("nodes", *(["retiring"] if retiring else []), "gpu", "zone")
    assert problem.says.startswith("is none of the network's zones eu-central-1a, eu-central-1b, eu-central-1c")
    nodes = refusals.mended(data, problem).nodes
    gpu = (nodes.retiring if retiring else nodes).gpu
    assert gpu is not None
    assert gpu.zone == "eu-central-1a"


def test_relations_hold_for_settings_made_without_a_file(data: dict[str, Any]) -> None:
    settings = parse(data, stack="prod")
    other = settings.account.model_copy(update={"region": "us-east-1"})
    with pytest.raises(ValidationError, match="is not an availability zone of us-east-1"):
        PlatformSettings(**{**dict(settings), "account": other})


def test_a_broken_layer_hides_only_its_own_relations(data: dict[str, Any]) -> None:
    data["network"]["zones"][0] = "us-east-1a"
    data["cluster"]["service_cidr"] = "10.20.0.0/24"
    data["cluster"]["log_retention_days"] = 1
    data["nodes"]["general"]["min_size"] = -1
    paths = [problem.path for problem in refusals.problems(data)]
    assert paths == [
        ("network", "zones", 0),
        ("cluster", "log_retention_days"),
        ("nodes", "general", "min_size"),
    ]


def test_every_relation_names_layers_that_exist() -> None:
    for relation in PlatformSettings.relations:
        names = set(inspect.signature(relation).parameters)
        assert names <= set(PlatformSettings.model_fields), relation
        assert names, relation


def test_every_key_of_every_layer_has_a_meaning() -> None:
    assert not [path for path, shape, _ in rows(shape_of(PlatformSettings)) if not shape.meaning]


def test_a_group_without_the_machines_it_is_for_is_left_to_the_person(data: dict[str, Any]) -> None:
    data["nodes"]["gpu"]["instance_types"] = ["m7i.xlarge"]
    (problem,) = refusals.problems(data)
    assert problem.path == ("nodes", "gpu")
    assert problem.mend is None


def test_a_misspelled_instance_type_is_mended_with_the_one_its_message_names(data: dict[str, Any]) -> None:
    data["nodes"]["general"]["instance_types"][0] = "m7i.xlagre"
    (problem,) = refusals.problems(data)
    assert refusals.mended(data, problem).nodes.general.instance_types[0] == "m7i.xlarge"


class Half(Settings):
    """One layer."""

    size: int = 1


class Both(Assembled):
    """Two layers, one of them optional."""

    left: Half = Half()
    right: Half = Half()
    relations: ClassVar[tuple[Relation, ...]] = (
        lambda left, right: [Conflict((("left", "size"), ("right", "size")), "differs")] * (left.size != right.size),
    )


def test_a_layer_that_is_left_out_takes_part_with_its_defaults() -> None:
    found = Both.problems({"left": {"size": 2}, "centre": {}})
    assert [(error["loc"], error["type"]) for error in found] == [
        (("centre",), "extra_forbidden"),
        (("left", "size"), "conflict"),
    ]


def test_data_without_problems_has_none() -> None:
    assert Both.problems({"left": {"size": 1}}) == []


class Never(Settings):
    """A layer that nothing satisfies."""

    value: str

    @field_validator("value")
    @classmethod
    def _never(cls, value: str) -> str:
        raise ValueError(f"{value} is not it")


class Stubborn(Assembled):
    """One layer."""

    never: Never


def test_what_no_proposal_mends_is_left_to_the_person() -> None:
    (problem,) = explain(Stubborn, {"never": {"value": "x"}})
    assert (problem.says, problem.mend) == ("x is not it", None)
