"""Finds the commands in the project's pages: every one that a reader may copy into a shell."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.environments import PROJECT

_BLOCK: Final = re.compile(r"^([ ]*)```bash\n(.*?)^\1```", flags=re.MULTILINE | re.DOTALL)
_INLINE: Final = re.compile(r"(?<!`)`((?:aws|kubectl|pulumi|velero|helm) [^`\n]+)`(?!`)")
_HEREDOC: Final = re.compile(r"<<-?'?\"?(\w+)'?\"?([^\n]*)\n.*?\n\s*\1\s*$", flags=re.MULTILINE | re.DOTALL)
# What a reader replaces: it may stand inside a word, and the shell would take it for a redirection.
_PLACEHOLDER: Final = re.compile(r"<[^<>|&;\n]+>")
_ENDS: Final = frozenset("|&;()")
_REDIRECTS: Final = frozenset("<>")
# Words after which another command begins.
_BEFORE: Final = frozenset({"do", "then", "else", "if", "while", "until", "!", "xargs", "time", "sudo"})
_ASSIGNS: Final = re.compile(r"^[A-Za-z_]\w*=")
# shlex takes the end of a line for a part of its comment.
_COMMENT: Final = re.compile(r"(?m)(?:^|(?<=\s))#\s.*$")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a page.

    Attributes:
        page: Where it stands, below the project's folder.
        words: It and its arguments, as a shell would split them.
        whole: Whether it stands in a block, to be copied as it is; in a sentence it may lack what the reader knows.

    """

    page: str
    words: tuple[str, ...]
    whole: bool = True

    def __str__(self) -> str:
        return f"{self.page}: {shlex.join(self.words)}"


def commands(*folders: str) -> list[Command]:
    """Return every command in the pages of folders of docs/."""
    pages = sorted(path for folder in folders for path in (PROJECT / "docs" / folder).rglob("*.md"))
    return [
        Command(str(page.relative_to(PROJECT)), words, whole)
        for page in pages
        for text, whole in _texts(page)
        for words in split(text)
    ]


def _texts(page: Path) -> Iterator[tuple[str, bool]]:
    text = page.read_text(encoding="utf-8")
    yield from ((block[1], True) for block in _BLOCK.findall(text))
    yield from ((inline, False) for inline in _INLINE.findall(_BLOCK.sub("", text)))


def split(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the commands of a piece of shell, each as its words, without what they read and write.

    Raises:
        ValueError: A quotation is not closed.

    """
    text = _COMMENT.sub("", _HEREDOC.sub(r"\2", text).replace("\\\n", " "))
    lexer = shlex.shlex(_in_one_line(_PLACEHOLDER.sub("PLACEHOLDER", text)), posix=True, punctuation_chars="|&;()<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    skip = False
    for token in lexer:
        if set(token) <= _ENDS:
            yield from _whole(words)
            words, skip = [], False
        elif set(token) <= _REDIRECTS | {"&"}:
            skip = True
            if words and words[-1].isdigit():
                words.pop()
        elif skip:
            skip = False
        else:
            words.append(token)
    yield from _whole(words)


def _in_one_line(text: str) -> str:
    """Return a piece of shell with a semicolon where a line ends a command: shlex takes that end for a blank."""
    found, quote = [], ""
    for character in text:
        if character in {"'", '"'} and quote in {"", character}:
            quote = "" if quote else character
        found.append(" ; " if character == "\n" and not quote else character)
    return "".join(found)


def _whole(words: list[str]) -> Iterator[tuple[str, ...]]:
    rest = list(words)
    while rest and (rest[0] in _BEFORE or _ASSIGNS.match(rest[0])):
        taken = rest.pop(0)
        while taken == "xargs" and rest and rest[0].startswith("-"):
            rest.pop(0)
    # What begins with a hyphen follows a command that was another's output.
    if rest and not rest[0].startswith("-"):
        yield tuple(rest)
