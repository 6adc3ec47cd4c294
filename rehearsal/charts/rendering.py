"""Renders charts as an installation does: by Helm itself, with what the API server at hand can do."""

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml
from kubernetes import client

from rehearsal.charts.archives import Archive

# Helm's own time for a release is minutes; without hooks that run, rendering takes seconds.
_SECONDS: Final = 120
# One process holds some 100 MB and keeps a core busy.
_AT_ONCE: Final = max(2, os.cpu_count() or 2)

# Keeps what Helm is about to look up on the API server, and hands on nothing: the rehearsal tries every object itself
# and can say more about it. Helm takes no empty answer.
_KEEP: Final = 'cat > "$0"; echo "# kept"'

_HOOK: Final = "helm.sh/hook"
# What it adds to an error where there is something to show.
_HINT: Final = "Use --debug flag to render out invalid YAML"


class RenderError(Exception):
    """Helm refuses the chart or its values; the text is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A release that is about to be installed or upgraded.

    Attributes:
        name: Its name.
        namespace: Its namespace.
        values: What it sets.
        upgrade: Whether it is there already.

    """

    name: str
    namespace: str
    values: Mapping[str, Any]
    upgrade: bool = False


class Helm:
    """Runs Helm against an API server; called from many threads at once.

    Args:
        program: The command.
        configuration: How to reach the API server.

    """

    def __init__(self, program: Path, configuration: client.Configuration) -> None:
        self._program = program
        self._home = TemporaryDirectory(prefix="helm-")
        self._kubeconfig = Path(self._home.name) / "kubeconfig"
        self._kubeconfig.write_text(json.dumps(_kubeconfig(configuration)), encoding="utf-8")
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._rendered: dict[str, Future[tuple[Mapping[str, Any], ...]]] = {}

    def render(self, archive: Archive, installation: Installation, served: str) -> tuple[Mapping[str, Any], ...]:
        """Return the objects that a chart makes for a release, in Helm's order, hooks but for tests last.

        Args:
            archive: The chart.
            installation: What is installed.
            served: A digest of what the API server serves; what was rendered for another one is rendered again.

        Raises:
            RenderError: Helm refuses.

        """
        told = json.dumps([archive.digest, served, _plain(installation)], sort_keys=True)
        key = hashlib.sha256(told.encode()).hexdigest()
        with self._lock:
            mine = key not in self._rendered
            future = self._rendered.setdefault(key, Future())
        if mine:
            try:
                future.set_result(tuple(self._run(archive, installation)))
            except BaseException as error:  # noqa: BLE001 - whoever waits for it has to hear of it too
                if not isinstance(error, RenderError):
                    # Of what went wrong around Helm nothing is to be kept.
                    self._rendered.pop(key)
                future.set_exception(error)
        return future.result()

    def _run(self, archive: Archive, installation: Installation) -> Iterator[Mapping[str, Any]]:
        with TemporaryDirectory(prefix="rendering-", dir=self._home.name) as temporary, self._slots:
            folder = Path(temporary)
            values, kept = folder / "values.json", folder / "manifests.yaml"
            values.write_text(json.dumps(installation.values), encoding="utf-8")
            command = [str(self._program), "template", installation.name, str(archive.path)]
            command += ["--namespace", installation.namespace, "--values", str(values)]
            command += ["--kubeconfig", str(self._kubeconfig), "--validate", "--dry-run=server", "--skip-tests"]
            command += ["--post-renderer", "sh"]
            for argument in ("-c", _KEEP, str(kept)):
                command += ["--post-renderer-args", argument]
            command += ["--is-upgrade"] if installation.upgrade else []
            run = self._finished(command)
            if run.returncode != 0:
                raise RenderError(_said(run.stderr, archive.path))
            yield from documents(kept.read_text(encoding="utf-8"))
            yield from documents(run.stdout)

    def _finished(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                command, env=self._environment(), capture_output=True, text=True, check=False, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"helm template did not end within {_SECONDS} s") from error

    def _environment(self) -> dict[str, str]:
        # Nothing of the user's own Helm counts, and nothing is left in it.
        own = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
        return {**own, "HOME": self._home.name, **{f"HELM_{name}_HOME": self._home.name for name in _HOMES}}


_HOMES: Final = ("CACHE", "CONFIG", "DATA")


def is_hook(manifest: Mapping[str, Any]) -> bool:
    """Tell whether an object is made for one moment of a release's life, and is no part of the release."""
    return _HOOK in ((manifest.get("metadata") or {}).get("annotations") or {})


class _Documents(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: an equals sign by itself, as in an enumeration of operators, is text."""


def _text(_: _Documents, node: yaml.Node) -> str:
    return str(node.value)


yaml.add_constructor("tag:yaml.org,2002:value", _text, Loader=_Documents)


def documents(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a text of several YAML documents; those of a List one by one."""
    for document in yaml.load_all(text, Loader=_Documents):
        if isinstance(document, Mapping):
            listed = document.get("kind", "").endswith("List") and isinstance(document.get("items"), list)
            yield from document["items"] if listed else [document]


def _said(stderr: str, path: Path) -> str:
    """Return Helm's error without what is not about the chart."""
    lines = [line for line in stderr.replace(_HINT, "").strip().splitlines() if not line.startswith("WARNING")]
    text = "\n".join(line for line in lines if line.strip()) or "Helm says nothing"
    return text.removeprefix("Error: ").replace(str(path), path.name)


def _plain(installation: Installation) -> list[Any]:
    return [installation.name, installation.namespace, installation.upgrade, dict(installation.values)]


def _kubeconfig(configuration: client.Configuration) -> dict[str, Any]:
    cluster = {"server": configuration.host, "certificate-authority": configuration.ssl_ca_cert}
    user = {"client-certificate": configuration.cert_file, "client-key": configuration.key_file}
    name = "rehearsal"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
