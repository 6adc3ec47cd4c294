"""Serves the policy pack to the Pulumi engine; `python -m pulumi.policy` runs this folder."""

import sys
from pathlib import Path

# Pulumi starts the folder by its path, so that the repository is not on the import path yet.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.pack import serve

serve()
