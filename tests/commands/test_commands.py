"""Every command that a page tells a reader to type is one that its program knows, with the options it has there."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import pytest

from tests.commands.blocks import Command, commands, split
from tests.commands.judges import faults
from tools.build import BuildError, path_of

_PAGES: Final = ("runbooks", "layers")
_ASKED: Final = ("kubectl", "pulumi", "helm")

# Programs of the shell, and of pods: what they are given there is theirs to refuse.
_UNJUDGED: Final = {
    *("awk", "base64", "bash", "cilium", "curl", "cut", "dig", "done", "for", "grep", "head", "hubble", "jq", "less"),
    *("make", "mysql", "openssl", "psql", "promtool", "sed", "sort", "tail", "tr", "uniq", "vault", "velero", "wc"),
    *(".venv/bin/python", "$ETCD", "$"),
}


def _different(program: str, all_of: Iterable[Command]) -> list[Command]:
    """Return the commands of a program, one of each kind: the same words and options, whatever their values."""
    kinds = {
        (
            tuple(word for word in each.words[1:4] if not word.startswith("-")),
            tuple(sorted(word.partition("=")[0] for word in each.words if word.startswith("-"))),
        ): each
        for each in all_of
        if each.words[0] == program
    }
    return list(kinds.values())


_ALL: Final = commands(*_PAGES)


def test_pages_hold_commands_and_each_is_found() -> None:
    counted = Counter(each.words[0] for each in _ALL)

    assert counted["kubectl"] > 600
    assert counted["aws"] > 80
    assert set(counted) - _UNJUDGED - {*_ASKED, "aws"} == set()


@pytest.mark.parametrize("command", _different("aws", _ALL), ids=str)
def test_aws_knows_the_operation_and_what_it_is_given(command: Command) -> None:
    assert faults(command) == []


@pytest.mark.parametrize("program", _ASKED)
def test_a_program_knows_its_commands_and_their_options(program: str) -> None:
    try:
        path_of(program)
    except BuildError as missing:
        pytest.skip(str(missing))

    assert {str(each): found for each in _different(program, _ALL) if (found := faults(each))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "kubectl get pods -n vault  # all\naws s3 ls",
            [("kubectl", "get", "pods", "-n", "vault"), ("aws", "s3", "ls")],
        ),
        ("kubectl logs <pod> | grep -v 'a|b' > out 2>&1", [("kubectl", "logs", "PLACEHOLDER"), ("grep", "-v", "a|b")]),
        ("VPC=$(pulumi stack output vpc_id) aws ec2 describe-vpcs", [("pulumi", "stack", "output", "vpc_id")]),
        (
            "for x in a b; do\n  kubectl get $x\ndone",
            [("for", "x", "in", "a", "b"), ("kubectl", "get", "$x"), ("done",)],
        ),
        (
            "kubectl exec p -- sh -c 'cat' <<EOF\nkubectl delete all\nEOF\n",
            [("kubectl", "exec", "p", "--", "sh", "-c", "cat")],
        ),
        ("kubectl get ns \\\n  -o name", [("kubectl", "get", "ns", "-o", "name")]),
    ],
)
def test_a_piece_of_shell_is_split_as_a_shell_would(text: str, found: list[tuple[str, ...]]) -> None:
    assert list(split(text))[: len(found)] == found


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("aws ec2 describe-vpc", "ec2 has no describe-vpc"),
        ("aws ec2 describe-vpcs --vpc-id a", "DescribeVpcs takes no --vpc-id"),
        ("aws eks describe-cluster --region eu-west-1", "DescribeCluster needs --name"),
        ("aws ecs3 list", "there is no service ecs3"),
        ("aws eks wait cluster-gone", "eks has nothing to wait for called cluster-gone"),
        ("aws eks update-kubeconfig --cluster-name a", "eks update-kubeconfig has no --cluster-name"),
        ("pulumi upp", "is no command but a group of them"),
        ("pulumi up --stak prod", "unknown flag: --stak"),
    ],
)
def test_a_command_that_is_none_is_told(line: str, fault: str) -> None:
    (found,) = faults(Command("here", tuple(line.split())))

    assert fault in found
