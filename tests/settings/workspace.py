"""A Pulumi project in a folder of its own, with its state in files, driven by the real command line."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from settings.load import blocks_of

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The project; it has one stack."""

    home: Path
    stack: str

    @property
    def stack_file(self) -> Path:
        """The stack's configuration."""
        return self.home / f"Pulumi.{self.stack}.yaml"

    @property
    def environment(self) -> dict[str, str]:
        """What Pulumi needs to work without an account and without touching the user's own."""
        return {
            "HOME": str(self.home),
            "PATH": f"{ROOT / '.tools/bin'}:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.home / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.home}/state",
            "PULUMI_CONFIG_PASSPHRASE": "passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def create(self, project: str) -> None:
        """Write the project file and make the stack."""
        (self.home / "Pulumi.yaml").write_text(project, encoding="utf-8")
        (self.home / "state").mkdir()
        done = self.run(f"pulumi stack init {self.stack}")
        assert done.returncode == 0, done.stderr

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line that begins with ``pulumi``."""
        program, *arguments = shlex.split(command)
        binary = shutil.which(program, path=self.environment["PATH"])
        assert binary, "pulumi is not built; run `make tools`"
        return subprocess.run(
            [binary, "--cwd", str(self.home), "--non-interactive", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def write(self, data: dict[str, object]) -> None:
        """Write the stack's configuration as JSON: all texts are in quotes then, and Pulumi's edits keep quotes."""
        config = {"config": {f"platform:{key}": value for key, value in data.items()}}
        self.stack_file.write_text(json.dumps(config), encoding="utf-8")

    def read(self) -> dict[str, object]:
        """Return the stack's configuration."""
        return blocks_of(self.stack_file)

    def python(self, program: str) -> str:
        """Run a Python program that drives Pulumi; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**self.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
