"""The charts' own files, which are not in this repository: where they are not at hand, the contracts are skipped."""

import pytest

from rehearsal.charts.library import VARIABLE, Library, at_hand


@pytest.fixture(scope="session")
def library() -> Library:
    found = at_hand()
    if found is None:
        pytest.skip(f"there is no chart data: {VARIABLE} names no folder with it, and none is beside this project")
    return found
