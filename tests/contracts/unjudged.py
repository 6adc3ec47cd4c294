"""The charts that nothing here can judge, each with the reason: their values are tried in a cluster or nowhere."""

from typing import Final

UNJUDGED: Final = {
    "k10": "the chart is proprietary: its values and definitions are not copied to where others are judged",
}
"""By their entry in `charts.toml`. A rehearsal lists their releases, and says that nothing judged them."""
