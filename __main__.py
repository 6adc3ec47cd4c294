"""The platform of one environment: settings, layers, outputs."""

import pulumi

from components.assembly import Platform
from settings import load

for name, value in Platform(load()).outputs.items():
    pulumi.export(name, value)
