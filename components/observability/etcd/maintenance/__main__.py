"""Starts the program: ``python -m etcd_maintenance snapshot|defragment OPTIONS``, as `program.main` says."""

import sys

from .program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
