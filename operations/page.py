"""Shows a plan to whoever asked for it, and leaves it beside the stack's rehearsal."""

from rich.console import Console
from rich.markdown import Markdown

from rehearsal.workspace import PROJECT


def show(stack: str, name: str, text: str) -> None:
    """Write a page of Markdown to ``.rehearsal/<stack>/<name>``, print it, and say where it is."""
    path = PROJECT / ".rehearsal" / stack / name
    path.write_text(text, encoding="utf-8")
    console = Console()
    console.print(Markdown(text))
    console.print(f"\nwritten to {path.relative_to(PROJECT)}")
