"""Starts the program: ``python -m silencer FILE ADDRESS``, as `program.main` says."""

import sys
from pathlib import Path

from .program import main

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
