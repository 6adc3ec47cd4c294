"""Writes the table of Kubernetes' APIs that end, from what the API server's own module says of each."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.build import BUILT, MODULES
from tools.go_toolchain import find_go

TABLE: Final = Path(__file__).parent.parent / "operations" / "upgrade" / "api_lifecycles.toml"

# Of the modules here, Helm's is of the newest Kubernetes.
_PINS: Final = MODULES / "helm"
_MODULE: Final = "k8s.io/api"

# The API server's own generator writes these functions, and the server asks them which APIs it still serves:
# https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/server/deleted_kinds.go
_FILE: Final = "zz_generated.prerelease-lifecycle.go"
_MINOR: Final = r"func \(in \*(\w+)\) APILifecycle{what}\(\) \(major, minor int\) {{\s*return (\d+), (\d+)"
_INSTEAD: Final = re.compile(
    r"func \(in \*(\w+)\) APILifecycleReplacement\(\) schema\.GroupVersionKind {\s*"
    r'return schema\.GroupVersionKind{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"}'
)
_GROUP: Final = re.compile(r'^const GroupName = "([^"]*)"$', re.MULTILINE)

_HEAD: Final = """\
# Kubernetes' APIs that end, and with which minor. `make data` writes this file from the API server's own data, of which
# minors to come are its plan, not a promise: https://kubernetes.io/docs/reference/using-api/deprecation-policy/
source = "{module} {version}"

[ends]
"""


def render() -> str:
    """Return the table as TOML: one line for each API with its last minors, sorted by API.

    Raises:
        tools.go_toolchain.GoMissingError: there is no Go.
        subprocess.CalledProcessError: Go cannot have the module.

    """
    go, environment = find_go(_PINS, BUILT / "go")
    told = subprocess.run(
        [go, "mod", "download", "-json", _MODULE],
        cwd=_PINS,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    module: dict[str, str] = json.loads(told.stdout)
    rows = sorted(_rows(Path(module["Dir"])))
    return _HEAD.format(module=_MODULE, version=module["Version"]) + "".join(f"{row}\n" for row in rows)


def _rows(folder: Path) -> Iterator[str]:
    for path in folder.rglob(_FILE):
        text = path.read_text(encoding="utf-8")
        group = _GROUP.search((path.parent / "register.go").read_text(encoding="utf-8"))
        api = "/".join(filter(None, (group[1] if group else "", path.parent.name)))
        deprecated, removed = _minors(text, "Deprecated"), _minors(text, "Removed")
        instead = {kind: f"{other}/{version} {name}" for kind, other, version, name in _INSTEAD.findall(text)}
        for kind, minor in removed.items():
            # Of a list the items are what somebody has written.
            if not kind.endswith("List"):
                facts = {"deprecated": deprecated.get(kind), "removed": minor, "instead": instead.get(kind)}
                told = ", ".join(f'{key} = "{value}"' for key, value in facts.items() if value)
                yield f'"{api} {kind}" = {{ {told} }}'


def _minors(text: str, what: str) -> dict[str, str]:
    found = re.findall(_MINOR.format(what=what), text)
    return {kind: f"{major}.{minor}" for kind, major, minor in found}


if __name__ == "__main__":
    TABLE.write_text(render(), encoding="utf-8")
