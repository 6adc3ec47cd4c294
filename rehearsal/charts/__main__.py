"""`python -m rehearsal.charts`: says by which charts' files releases are judged here; status 1 if there are none."""

import sys

from rehearsal.charts import archives
from rehearsal.charts.library import VARIABLE, at_hand

library = at_hand()
sys.stdout.write(
    f"chart data: {library.folder}, {len(library.index)} charts\n"
    if library
    else f"no chart data: releases will not be judged; name the folder with {VARIABLE}, or run: make charts\n"
)
kept = archives.at_hand()
there = f"chart archives: {kept.folder}, {len(kept.all)} charts" if kept else ""
missing = (
    f"no chart archives: releases will not be rendered; run: make charts, or name a folder with {archives.VARIABLE}"
)
sys.stdout.write(f"{there or missing}\n")
sys.exit(library is None)
