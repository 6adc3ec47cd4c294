"""Rows for the rules about Helm releases."""

from typing import Any, Final

from tests.policies.rows.platform.stack import APPS, after, apps, named, release
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_OBJECT, Row


def _nginx(purpose: str) -> list[dict[str, Any]]:
    return [release(chart="ingress-nginx"), apps(purpose)]


_BITNAMI: Final = {"repo": "https://charts.bitnami.com/bitnami"}

ROWS: Final[tuple[Row, ...]] = (
    Row("chart-pinned", "good", "one version", release()),
    Row("chart-pinned", "good", "with a v and a candidate", release(version="v1.21.1-rc.1")),
    Row("chart-pinned", "bad", "a range", release(version="^1.2.3"), ["its version ^1.2.3 is a range"]),
    Row("chart-pinned", "bad", "a part of one", release(version="1.2"), ["its version 1.2 is a range"]),
    Row("chart-pinned", "absent", "none", release(version=None), ["whichever is newest on the day"]),
    Row("chart-pinned", "unknown", "the version", release(version=UNKNOWN), unknown=["version"]),
    Row("chart-source", "good", "over HTTPS", release()),
    Row("chart-source", "good", "from a registry", release(chart="oci://ghcr.io/a/b", repositoryOpts=None)),
    Row(
        "chart-source",
        "bad",
        "over HTTP",
        release(repositoryOpts={"repo": "http://charts.example.com"}),
        ["its chart comes over http"],
    ),
    Row(
        "chart-source",
        "absent",
        "from nowhere",
        release(repositoryOpts=None),
        ["whatever repository the machine knows"],
    ),
    Row(
        "chart-source",
        "unknown",
        "the repository",
        release(repositoryOpts={"repo": UNKNOWN}),
        unknown=["repositoryOpts.repo"],
    ),
    Row("chart-maintained", "good", "maintained", [release(), apps()]),
    Row(
        "chart-maintained",
        "good",
        "known to be retired",
        _nginx("ingress-nginx, which is retired, and its certificate"),
    ),
    Row(
        "chart-maintained",
        "bad",
        "retired",
        _nginx("The entry"),
        ["ingress-nginx gets no more versions, not even for security, since 2026-03-31; write a Gateway"],
    ),
    Row(
        "chart-maintained",
        "bad",
        "from a registry",
        release(chart="oci://ghcr.io/a/promtail"),
        ["promtail gets no more versions"],
    ),
    Row(
        "chart-maintained",
        "bad",
        "of a retired repository",
        release(chart="redis", repositoryOpts=_BITNAMI),
        ["redis gets no more versions"],
    ),
    Row(
        "chart-maintained",
        "absent",
        "a namespace from nowhere",
        release(chart="grafana-agent"),
        ["write alloy in its place"],
    ),
    Row("chart-maintained", "unknown", "the chart", release(chart=UNKNOWN), unknown=["chart"]),
    Row("release-atomic", "good", "rolled back", release()),
    Row("release-atomic", "good", "not waited for", release(atomic=False, skipAwait=True)),
    Row("release-atomic", "bad", "half installed", release(atomic=False), ["stays half installed; set atomic to true"]),
    Row("release-atomic", "bad", "for ever", release(timeout=7200), ["it may take 7200 s"]),
    Row("release-atomic", "bad", "every version", release(maxHistory=0), ["every version it ever had"]),
    Row(
        "release-atomic",
        "bad",
        "longer than the environment waits",
        release(),
        ["600 s; set timeout to between 1 and 300"],
        parameters={"seconds": 300},
    ),
    Row(
        "release-atomic",
        "absent",
        "nothing is said",
        release(atomic=None, timeout=None, maxHistory=None),
        ["half installed", "nobody decided how long", "every version"],
    ),
    Row("release-atomic", "unknown", "whether", release(atomic=UNKNOWN_BOOLEAN), unknown=["atomic"]),
    Row("release-size", "good", "small", release(values={"a": "b"})),
    Row("release-size", "bad", "large", release(values={"a": "b" * 600 * 1024}), ["its values are 600 KiB"]),
    Row(
        "release-size",
        "bad",
        "larger than the environment has",
        release(values={"a": "b" * 2048}),
        ["its values are 2 KiB"],
        parameters={"kib": 1},
    ),
    Row("release-size", "absent", "no values", release(values=None)),
    Row("release-size", "unknown", "the values", release(values=UNKNOWN_OBJECT), unknown=["values"]),
    Row("release-namespace", "good", "after it", [after(release(), APPS), apps()]),
    Row("release-namespace", "good", "in kube-system", release(home="kube-system")),
    Row("release-namespace", "bad", "before it", [release(), apps()], ["may be installed before its namespace apps"]),
    Row("release-namespace", "absent", "from nowhere", release(), ["no resource of the stack is its namespace apps"]),
    Row("release-namespace", "unknown", "the namespace", release(home=UNKNOWN), unknown=["namespace"]),
    Row("one-admission-engine", "good", "one", [release("kyverno", chart="kyverno"), release()]),
    Row(
        "one-admission-engine",
        "bad",
        "two",
        [release("kyverno", chart="kyverno"), named(release(chart="gatekeeper"), "gatekeeper")],
        ["kyverno judges every request already"],
    ),
    Row("one-admission-engine", "absent", "none", release()),
    Row(
        "one-admission-engine",
        "unknown",
        "the other chart",
        [release("kyverno", chart="kyverno"), release(chart=UNKNOWN)],
        unknown=["chart"],
    ),
)
