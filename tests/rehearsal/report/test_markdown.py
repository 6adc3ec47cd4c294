"""report.md says the verdict first and never leaves out what a rehearsal cannot show."""

from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.report.markdown import NOT_SHOWN, chain, markdown, verdict
from rehearsal.report.model import BringUp, KubernetesObjects, Left, Phase, Policies, Report, Step
from rehearsal.report.rendering import Releases, Rendering
from tests.rehearsal.report.reports import PASSED

GOLDEN = Path(__file__).parent / "golden" / "report.md"
NOTHING_MADE = BringUp(minutes=0, floor_minutes=13.7)


def test_the_report_reads_as_reviewed() -> None:
    assert markdown(PASSED) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        pytest.param(
            replace(PASSED, left_behind=()),
            "dev: rehearsed. 12 resources planned, made, left unchanged by a second run, and removed, in 15 s.",
            id="all phases",
        ),
        pytest.param(
            PASSED,
            "dev: rehearsed. 12 resources planned, made, left unchanged by a second run, and removed but for 1 kept by "
            "design, in 15 s.",
            id="something retained",
        ),
        pytest.param(
            replace(PASSED, phases=PASSED.phases[:3]),
            "dev: rehearsed. 12 resources planned, made, and left unchanged by a second run, in 8 s.",
            id="kept",
        ),
        pytest.param(
            replace(PASSED, failures=("aws:ec2/vpc:Vpc network-vpc:\n  InvalidVpc.Range",)),
            "dev: not rehearsed. aws:ec2/vpc:Vpc network-vpc: InvalidVpc.Range",
            id="failed",
        ),
        pytest.param(
            replace(PASSED, failures=("a", "b", "c")),
            "dev: not rehearsed. a (and 2 more objections)",
            id="failed thrice",
        ),
    ],
)
def test_the_verdict_is_one_sentence(report: Report, sentence: str) -> None:
    assert verdict(report) == sentence
    assert f"**{sentence}**" in markdown(report)


def test_every_objection_of_a_failed_rehearsal_is_listed_on_one_line() -> None:
    report = replace(PASSED, failures=("first\n  line",), left_behind=(Left("Service web", "Kubernetes"),))

    text = markdown(report)

    assert "\n- first line\n- Service web is still in Kubernetes after the destroy, and no design says why.\n" in text
    assert "| Service web | Kubernetes | **a defect: no design says why** |" in text
    assert "What was proved" not in text


FAILED_EARLY = replace(PASSED, failures=("x",), phases=(Phase("preview", 1.0),), bring_up=NOTHING_MADE, left_behind=())


@pytest.mark.parametrize("report", [PASSED, FAILED_EARLY], ids=["passed", "failed early"])
def test_what_a_rehearsal_cannot_show_is_always_said(report: Report) -> None:
    section = markdown(report).partition("## What a rehearsal cannot show\n")[2]

    assert all(f"- {limit}\n" in section for limit in NOT_SHOWN)
    assert "- References and conflicts of 3 AWS resources that no emulator held" in section


def test_a_rehearsal_that_failed_early_claims_nothing_it_did_not_do() -> None:
    text = markdown(FAILED_EARLY)

    assert "Not run: up, up-again, destroy-refused, and destroy." in text
    assert "Not known: the destroy did not run." in text
    assert "No estimate: the state held nothing that takes time to make." in text
    assert "bring-up.svg" not in text


def test_nothing_left_behind_is_said_to_be_nothing() -> None:
    assert "## What stays behind\n\nNothing.\n" in markdown(replace(PASSED, left_behind=()))


def test_unvalidated_objects_and_exposed_secrets_are_named() -> None:
    report = replace(
        PASSED, kubernetes_objects=KubernetesObjects(4, ("Foo default/bar",)), exposed_secrets=("db at $.resources[1]",)
    )

    text = markdown(report)

    assert "\n  - unvalidated: Foo default/bar\n" in text
    assert "- **Secrets**: 2 planted, found unencrypted in 1 place.\n" in text


def test_a_stack_file_without_encrypted_values_is_said_to_plant_none() -> None:
    text = markdown(replace(PASSED, planted_secrets=0))

    searched = "none found unencrypted in the exported state, nor what looks like one"
    assert f"- **Secrets**: none planted, {searched}.\n" in text


def test_a_table_survives_whatever_a_provider_says() -> None:
    report = replace(PASSED, left_behind=(Left("a | b", "AWS", "one\ntwo"),))

    assert "| a \\| b | AWS | one two |" in markdown(report)


def test_many_policy_messages_are_cut_and_counted() -> None:
    text = markdown(replace(PASSED, policies=Policies(advisory=12, messages=tuple(f"rule {n}" for n in range(12)))))

    assert "\n  - rule 9\n  - and 2 more in report.json\n" in text
    assert "rule 10" not in text


def test_the_critical_path_reads_as_a_chain_whose_links_do_not_break() -> None:
    plain = chain(PASSED.bring_up).replace("\N{NO-BREAK SPACE}", "_")

    assert plain == "network-vpc_12_s → cluster_10_min_6_s → nodes-system_2_min"


def test_links_of_the_same_name_are_told_apart_by_their_type() -> None:
    template = Step("nodes-system", "aws:ec2/launchTemplate:LaunchTemplate", 2)
    bring_up = replace(PASSED.bring_up, path=(template, *PASSED.bring_up.path[1:]))

    plain = chain(bring_up).replace("\N{NO-BREAK SPACE}", " ")

    assert plain == "nodes-system (ec2 LaunchTemplate) 2 s → cluster 10 min 6 s → nodes-system (eks NodeGroup) 2 min"


@pytest.mark.parametrize(
    ("releases", "told"),
    [
        (Releases(), None),
        (
            Releases(judged=3),
            (
                "- **Helm**: 3 releases: values judged against the chart's own files, templates not rendered "
                "(make charts)."
            ),
        ),
        (
            Releases(judged=3, rendered=2, unjudged=1),
            (
                "- **Helm**: 2 releases: values judged, templates rendered, 40 objects tried out on the API server; "
                "1 release: values judged against the chart's own files, templates not rendered; "
                "1 release: not judged at all."
            ),
        ),
        (
            Releases(unjudged=4, chart_data=False),
            "- **Helm**: 4 releases: not judged at all, as there is no chart data (CHART_DATA).",
        ),
    ],
)
def test_what_judged_the_releases_is_told(releases: Releases, told: str | None) -> None:
    objects = KubernetesObjects(accepted=3, releases=releases)
    text = markdown(replace(PASSED, kubernetes_objects=objects, rendering=Rendering(objects=40)))

    assert [line for line in text.splitlines() if line.startswith("- **Helm**")] == ([told] if told else [])


def test_a_verdict_without_chart_data_says_how_much_nothing_judged() -> None:
    objects = KubernetesObjects(3, ("Release a/b", "Kite a/c"), Releases(unjudged=1, chart_data=False))
    report = replace(PASSED, kubernetes_objects=objects)

    assert report.passed
    assert verdict(report).startswith(
        "dev: rehearsed but for 2 things that nothing judged, for want of chart data. 12 resources"
    )
    assert "  - unvalidated: Release a/b" in markdown(report)
