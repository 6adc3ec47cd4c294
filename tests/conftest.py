"""What holds for every test: no drawn example is timed, and the head of a run says which Vault judges."""

import shutil

from hypothesis import settings

# Machines are shared: a slow example says nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_report_header() -> str:
    """Return by what Vault's policies and its bootstrap are judged here."""
    if shutil.which("vault"):
        return "vault: a real server answers for the policies; the bootstrap runs against a fake of the documented API"
    return (
        "vault: not on PATH; policies are judged by the documented rules, the bootstrap by a fake of the documented API"
    )
