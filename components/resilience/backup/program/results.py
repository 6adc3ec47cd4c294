"""Shows Prometheus how the drills went: what the last of each class left in a ConfigMap, as metrics."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

# From a result's key to its metric and what that is.
METRICS: Final = {
    "succeeded": ("platform_backup_drill_succeeded", "Whether the last drill of the class brought everything back."),
    "finished": ("platform_backup_drill_last_run_timestamp_seconds", "When the last drill of the class ended."),
    "last_success": (
        "platform_backup_drill_last_success_timestamp_seconds",
        "When a drill of the class last succeeded.",
    ),
    "rto_seconds": ("platform_backup_drill_rto_seconds", "Seconds from asking for the restore to reading the data."),
    "loss_seconds": ("platform_backup_drill_loss_seconds", "Age of the restored data when the drill began."),
    "objects": ("platform_backup_drill_restored_objects", "Objects that the restore made."),
}
PROMISES: Final = {
    "rpo_seconds": ("platform_backup_class_rpo_seconds", "What the class promises to lose at most."),
    "rto_seconds": ("platform_backup_class_rto_seconds", "After how long the class promises to be back."),
    "worst_loss_seconds": ("platform_backup_class_worst_loss_seconds", "What the class can lose by its schedule."),
}


def exposition(promises: Path, results: Path) -> str:
    """Return the metrics in Prometheus' text format; a class that was never tried has its promises alone."""
    promised = json.loads(promises.read_text(encoding="utf-8"))
    tried = {each.stem: json.loads(each.read_text(encoding="utf-8")) for each in sorted(results.glob("*.json"))}
    return "".join((*_lines(PROMISES, promised), *_lines(METRICS, tried)))


def _lines(metrics: dict[str, tuple[str, str]], classes: dict[str, dict[str, float]]) -> Iterator[str]:
    for key, (metric, meaning) in metrics.items():
        samples = [f"{metric}{{{_labels(name)}}} {float(each[key])}\n" for name, each in classes.items() if key in each]
        if samples:
            yield f"# HELP {metric} {meaning}\n# TYPE {metric} gauge\n{''.join(samples)}"


def _labels(name: str) -> str:
    """Return the labels of what was tried: backups of namespaces that chose a class are of the same class."""
    mark, apps, backup_class = name.rpartition("apps-")
    return f'class="{mark}{backup_class}"' + (',kind="apps"' if apps else "")


def serve(port: int, promises: Path, results: Path) -> ThreadingHTTPServer:
    """Return a server that answers every request with the metrics as they are then."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = exposition(promises, results).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
            """Say nothing of scrapes and probes."""

    return ThreadingHTTPServer(("", port), Handler)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])).serve_forever()
