"""Refuses secrets in settings, which everybody may read who may read the repository, and shows none of them."""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from disclosure.recognise import recognise
from settings.mend import Drop, Mend, applied
from settings.problems import SECRET, Problem
from settings.relations import Assembled
from settings.shape import Path, locate, shape_of

# What stands in a secret's place while the rest is checked: a word that most fields of text would take.
_WORD: Final = "withheld"
_OF_AWS: Final = "the id of an AWS access key"
_ANYWHERE: Final = (
    "keep it in Vault or in AWS Secrets Manager, let an ExternalSecret or the secrets store bring it to the pods, and "
    "name the path here at most"
)
_INSTEAD: Final[Mapping[str, str]] = {
    _OF_AWS: "pods get at AWS by Pod Identity and people by the roles they assume, so that no key is needed",
    "a private key": "let cert-manager make keys and certificates in the cluster; " + _ANYWHERE,
    "an address with a password": "write the address without its user and password; " + _ANYWHERE,
}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One place of the settings where a secret seems to stand.

    Attributes:
        path: The key, or where a key itself is the secret, the block it is in.
        what: Completes "looks like ...".
        in_key: Whether the key is it.

    """

    path: Path
    what: str
    in_key: bool = False


def disclosed(data: Mapping[str, Any], encrypted: Collection[str] = ()) -> list[Disclosure]:
    """Return every place where a secret seems to stand, but in the blocks that Pulumi keeps encrypted."""
    return [found for name, value in data.items() if name not in encrypted for found in _inside(value, (name,), name)]


def withheld(data: Mapping[str, Any], disclosures: Collection[Disclosure]) -> dict[str, Any]:
    """Return the data with another word in the place of each secret, so that no report can repeat one."""
    result = copy.deepcopy(dict(data))
    for disclosure in disclosures:
        block: Any = result
        for step in disclosure.path[: None if disclosure.in_key else -1]:
            block = block[step]
        if disclosure.in_key:
            for key in [key for key in block if recognise(str(key))]:
                block[_WORD] = block.pop(key)
        else:
            block[disclosure.path[-1]] = _WORD
    return result


def merged(
    model: type[Assembled], data: Mapping[str, Any], disclosures: Collection[Disclosure], others: Collection[Problem]
) -> list[Problem]:
    """Return the problems of secrets among the others, in the model's order.

    Args:
        model: The settings' model.
        data: The data without the secrets.
        disclosures: Where they stood.
        others: What else is wrong with that data. What is said of a secret's place is said of the word that stands
            there instead, and is left out.

    """
    places = {disclosure.path for disclosure in disclosures if not disclosure.in_key}
    apart = [problem for problem in others if not any(problem.path[: len(path)] == path for path in places)]
    found = [*(_problem(model, data, disclosure) for disclosure in disclosures), *apart]
    return sorted(found, key=lambda problem: locate(shape_of(model), problem.path).position)


def _inside(value: Any, path: Path, key: str) -> Iterator[Disclosure]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            what = recognise(str(name))
            if what:
                yield Disclosure(path, what, in_key=True)
            yield from _inside(item, (*path, _WORD if what else name), str(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, (*path, index), key)
    elif value is not None and not isinstance(value, bool):
        what = recognise(str(value), key)
        if what:
            yield Disclosure(path, what)


def _problem(model: type[Assembled], data: Mapping[str, Any], disclosure: Disclosure) -> Problem:
    subject = "has a key that looks like" if disclosure.in_key else "looks like"
    instead = _INSTEAD.get(disclosure.what, _ANYWHERE)
    return Problem(
        path=disclosure.path,
        value=SECRET,
        says=f"{subject} {disclosure.what}; whoever reads this file, or its history, has it. Take it out, revoke it "
        f"where it was issued, and {instead}",
        mend=None if disclosure.in_key else _without(model, data, disclosure.path),
    )


def _without(model: type[Assembled], data: Mapping[str, Any], path: Path) -> Mend | None:
    """Return the removal of a key that the settings can do without."""
    mend = Mend((Drop(path),))
    left = model.problems(applied(data, mend.edits))
    return None if any(locate(shape_of(model), error["loc"]).path == path for error in left) else mend
