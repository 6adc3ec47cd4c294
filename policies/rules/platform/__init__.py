"""The rules about the platform as a whole: what must be there before, beside and behind what."""

from typing import Final

from policies.rule import Rule
from policies.rules.platform import budget, charts, data, identity, monitoring, nodes, objects

RULES: Final[tuple[Rule, ...]] = (
    *nodes.RULES,
    *charts.RULES,
    *identity.RULES,
    *objects.RULES,
    *monitoring.RULES,
    *data.RULES,
    *budget.RULES,
)
