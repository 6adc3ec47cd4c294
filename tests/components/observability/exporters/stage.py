"""Settings that name everything that can be measured, and what the layer makes of them."""

from typing import Any

from components.observability.exporters.exporters import Exporters
from components.observability.exporters.settings import ExportersSettings
from tests.components import examples
from tests.components.recording import Recording, build

RELEASE = "kubernetes:helm.sh/v3:Release"
EVERYTHING: dict[str, Any] = {
    "probes": {
        "shop": {"url": "https://shop.example.com/healthz"},
        "smtp": {"url": "tcp://smtp.example.com:587"},
        "directory": {"url": "tls://directory.example.com:636"},
    },
    "databases": {
        "orders": {
            "kind": "postgres",
            "host": "orders.example.com",
            "database": "orders",
            "credentials": {"key": "orders-monitoring"},
        },
        "shop": {
            "kind": "mysql",
            "host": "10.20.30.40",
            "port": 3307,
            "tls": "unverified",
            "credentials": {"store": "vault", "key": "shop/monitoring"},
        },
    },
    "documents": {
        "modules": {
            "redfish": [
                {"name": "bmc_power", "help": "Whether it is on", "path": "{.PowerState}"},
                {
                    "name": "bmc_fan",
                    "help": "A fan",
                    "path": "{.Fans[*]}",
                    "labels": {"fan": "{.Name}"},
                    "values": {"rpm": "{.Reading}"},
                },
            ]
        },
        "targets": {"bmc-1": {"url": "http://10.20.0.5/redfish/v1/Chassis/1/Thermal", "module": "redfish"}},
    },
    "jvm": {"namespaces": ["shop"]},
}


def settings(**values: Any) -> ExportersSettings:
    """Return settings read as from a stack file."""
    return examples.parsed(ExportersSettings, **values)


def built(**values: Any) -> Recording:
    """Return what the layer registers for settings."""
    return build(lambda: Exporters("exporters", settings(**values)))


def named(recording: Recording) -> dict[str, dict[str, Any]]:
    """Return the Probes by their names."""
    return {
        made.inputs["metadata"]["name"]: made.inputs
        for made in recording.of("kubernetes:monitoring.coreos.com/v1:Probe")
    }
