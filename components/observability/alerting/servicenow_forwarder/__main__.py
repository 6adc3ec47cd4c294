"""Starts the program: ``python -m servicenow_forwarder FOLDER``, as `program.main` says."""

import sys
from pathlib import Path

from .program import main

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
