"""Says at the head of a test session what it can judge Vault's policies and its bootstrap by."""

import shutil


def pytest_report_header() -> str:
    """Return the line."""
    if shutil.which("vault"):
        return "vault: a real server answers for the policies; the bootstrap runs against a fake of the documented API"
    return (
        "vault: not on PATH; policies are judged by the documented rules, the bootstrap by a fake of the documented API"
    )
