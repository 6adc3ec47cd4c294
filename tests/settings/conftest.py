"""What the tests of settings share."""

from typing import Any

import pytest

from settings.load import blocks_of
from tests.settings.workspace import ROOT


@pytest.fixture
def data() -> dict[str, Any]:
    """Return prod's settings by layer, to be spoilt."""
    return blocks_of(ROOT / "Pulumi.prod.yaml")
