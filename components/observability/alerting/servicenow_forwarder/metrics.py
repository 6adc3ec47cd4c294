"""What the program counts, in Prometheus' text format."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_NAMES: Final = {
    "alerts": "Alerts by what became of them.",
    "requests": "Requests to ServiceNow by method and status; 0 is no answer.",
    "notifications": "Notifications of Alertmanager by the status they were answered with.",
    "duplicates": "Incidents closed because an older one is of the same alert.",
}
_PREFIX: Final = "servicenow_forwarder"


@dataclass(slots=True)
class Metrics:
    """Counters, and the time of the last delivery."""

    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _delivered: float = 0.0

    def count(self, name: str, **labels: str) -> None:
        """Count one more.

        Raises:
            KeyError: nobody says what it is.

        """
        _ = _NAMES[name]
        shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
        with self._lock:
            self._counts[name, shown] += 1

    def delivered(self, now: float) -> None:
        """Note when a notification was delivered, in seconds since 1970."""
        with self._lock:
            self._delivered = now

    def value(self, name: str, **labels: str) -> int:
        """Return a count."""
        return self._counts[name, ",".join(f'{label}="{value}"' for label, value in labels.items())]

    def text(self) -> str:
        """Return everything as Prometheus reads it."""
        with self._lock:
            counts, delivered = dict(self._counts), self._delivered
        lines: list[str] = []
        for name, what in _NAMES.items():
            full = f"{_PREFIX}_{name}_total"
            lines += [f"# HELP {full} {what}", f"# TYPE {full} counter"]
            lines += [
                f"{full}{{{labels}}} {count}" if labels else f"{full} {count}"
                for (of, labels), count in sorted(counts.items())
                if of == name
            ]
        last = f"{_PREFIX}_last_delivery_timestamp_seconds"
        lines += [
            f"# HELP {last} When a notification was last delivered.",
            f"# TYPE {last} gauge",
            f"{last} {delivered}",
        ]
        return "\n".join([*lines, ""])
