"""Writes the pictures that `test_graphs` compares with: `make graphs`."""

from tests.environments import PROJECT, STACKS, assembled
from tests.graphs.picture import draw

if __name__ == "__main__":
    for stack in STACKS:
        (PROJECT / "tests" / "graphs" / f"{stack}.txt").write_text(draw(assembled(stack)), encoding="utf-8")
