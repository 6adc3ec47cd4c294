"""No rule can be deleted or changed, in its comparison, its patience or its labels, without a case that notices."""

from pathlib import Path

import pytest

from components.observability.rules.catalog import Theme, themes
from tests.components.observability.rules.mutate import survivors


@pytest.mark.tools
@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)
def test_every_mutant_is_noticed(theme: Theme, tmp_path: Path) -> None:
    count, surviving = survivors(theme, tmp_path)

    assert surviving == []
    assert count >= 2 * len(theme.rules)
