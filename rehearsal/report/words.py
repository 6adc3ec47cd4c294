"""Says durations, numbers and type tokens as a person would."""


def duration(seconds: float) -> str:
    """Return seconds as ``0.4 s``, ``41 s``, ``2 min`` or ``15 min 50 s``."""
    whole = round(seconds)
    if whole < 1:
        return "0 s" if seconds == 0 else f"{max(seconds, 0.1):.1f} s"
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def about(minutes: float) -> str:
    """Return an estimate no more exact than it is: ``16 minutes``, below one minute in seconds."""
    return count(round(minutes), "minute") if minutes >= 1 else duration(minutes * 60)


def count(number: int, noun: str) -> str:
    """Return ``1 resource`` or ``143 resources``."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number} {plural}"


def short_type(token: str) -> str:
    """Return ``ec2 Vpc`` for ``aws:ec2/vpc:Vpc`` and ``Namespace`` for ``kubernetes:core/v1:Namespace``."""
    package, _, rest = token.partition(":")
    module, _, kind = rest.rpartition(":")
    service = module.partition("/")[0]
    return f"{service} {kind}" if package == "aws" and service else kind or token


def joined(items: list[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b, and c``."""
    *first, last = items
    if not first:
        return last
    return f"{first[0]} and {last}" if len(first) == 1 else f"{', '.join(first)}, and {last}"


def one_line(text: str, limit: int = 600) -> str:
    """Return an error of many lines as one, cut at `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
