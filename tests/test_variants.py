"""A variant that is written out is the very stack file that every proof judges it by."""

from pathlib import Path

import pytest

from settings.load import read_file
from tests import variants
from tests.environments import VARIANTS, settings_of


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_written_as_the_stack_file_it_stands_for(tmp_path: Path, name: str) -> None:
    variants.write(tmp_path, [name])

    assert read_file(tmp_path / f"Pulumi.{variants.stack_of(name)}.yaml") == settings_of(name)


def test_an_unknown_variant_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert variants.main(["carpenter"]) == 2
    assert capsys.readouterr().err.startswith("there is no variant carpenter; there are: karpenter, ")
