"""`python -m rehearsal.charts`: says by which charts' files releases are judged here; status 1 if there are none."""

import sys

from rehearsal.charts.library import VARIABLE, at_hand

library = at_hand()
sys.stdout.write(
    f"chart data: {library.folder}, {len(library.index)} charts\n"
    if library
    else f"no chart data: releases will not be judged; name the folder with {VARIABLE}\n"
)
sys.exit(library is None)
