"""The Pulumi CLI as the automation API runs it, with the process at hand so that a drill can kill it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pulumi import automation as auto
from pulumi.automation import CommandResult, OnOutput
from pulumi.automation.errors import create_command_error


class Command(auto.PulumiCommand):
    """Runs one command at a time.

    Args:
        pulumi: The CLI.

    """

    def __init__(self, pulumi: Path) -> None:
        super().__init__(root=str(pulumi.parent.parent), skip_version_check=True)
        self._process: subprocess.Popen[str] | None = None

    def kill(self) -> None:
        """Kill the running command, if any, as the kernel would for want of memory: it can do nothing more."""
        process = self._process
        if process is not None:
            process.kill()

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run a command to its end; nobody listens to its output while it runs.

        Raises:
            pulumi.automation.CommandError: it failed, or was killed.

        """
        del on_output, on_error
        with subprocess.Popen(
            [self.command, "--non-interactive", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            encoding="utf-8",
        ) as process:
            self._process = process
            try:
                stdout, stderr = process.communicate()
            finally:
                self._process = None
        result = CommandResult(stdout=stdout.rstrip(), stderr=stderr.rstrip(), code=process.returncode)
        if process.returncode != 0:
            raise create_command_error(result)
        return result
