"""The stand-in for the random provider: values that look like the real ones and are the same in every rehearsal."""

import base64
import hashlib
import json
import string
import uuid
from collections.abc import Callable, Mapping
from random import Random
from typing import ClassVar, Final, TypeAlias

from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Change, Failure, Properties, RefusedError, Resource, StandIn, changed_inputs

_Draw: TypeAlias = Callable[[Properties, Random], tuple[str, Properties]]

# The provider's own default, stated in the documentation of `special`.
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"

_CLASSES: Final = {"upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "numeric": string.digits}

_TEXT: Final[Properties] = {
    "length": None,
    "special": True,
    "upper": True,
    "lower": True,
    "numeric": True,
    "number": None,
    "minUpper": 0,
    "minLower": 0,
    "minNumeric": 0,
    "minSpecial": 0,
    "overrideSpecial": None,
}

# Per resource: its inputs with the provider's defaults (None: no default). `keepers` belongs to all of them.
_INPUTS: Final[Mapping[str, Properties]] = {
    "RandomPassword": _TEXT,
    "RandomString": _TEXT,
    "RandomBytes": {"length": None},
    "RandomId": {"byteLength": None, "prefix": None},
    "RandomInteger": {"min": None, "max": None, "seed": None},
    "RandomPet": {"length": 2, "prefix": None, "separator": "-"},
    "RandomShuffle": {"inputs": None, "resultCount": None, "seed": None},
    "RandomUuid": {},
    "RandomUuid4": {},
    "RandomUuid7": {},
}

_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "RandomPassword": ("length",),
    "RandomString": ("length",),
    "RandomBytes": ("length",),
    "RandomId": ("byteLength",),
    "RandomInteger": ("min", "max"),
    "RandomShuffle": ("inputs",),
}

_WHOLE_NUMBERS: Final = (
    "length",
    "byteLength",
    "minUpper",
    "minLower",
    "minNumeric",
    "minSpecial",
    "min",
    "max",
    "resultCount",
)

_ADVERBS: Final = ("boldly", "calmly", "fairly", "gently", "kindly", "mostly", "nearly", "openly", "quietly", "warmly")
_ADJECTIVES: Final = ("able", "brave", "bright", "clever", "eager", "frank", "noble", "proud", "quick", "steady")
_ANIMALS: Final = ("badger", "crane", "dolphin", "falcon", "heron", "lynx", "marten", "otter", "raven", "walrus")


class RandomStandIn(StandIn):
    """Plays the random provider.

    A value depends on the resource's URN and inputs alone (with `seed`, where a resource has one, on the seed and
    the other inputs), so two rehearsals of the same program show the same values and a changed keeper a new one.
    `bcryptHash` is a placeholder of a bcrypt hash's shape that begins ``$2a$10$rehearsal.``: no password matches it.
    """

    package: ClassVar[str] = "random"

    def check(
        self, resource: Resource, inputs: Properties, *, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Fill in the provider's defaults and refuse what the provider refuses."""
        del olds, seed
        kind = _kind(resource)
        known = _INPUTS[kind]
        filled = {key: value for key, value in known.items() if value is not None} | inputs
        if "number" in inputs and "numeric" not in inputs:
            filled["numeric"] = inputs["number"]
        failures = [
            Failure(key, f"{key} is not an argument of {kind}; it takes {', '.join(sorted((*known, 'keepers')))}")
            for key in sorted(inputs.keys() - known.keys() - {"keepers"})
        ]
        failures += [Failure(key, f"{kind} needs {key}") for key in _REQUIRED.get(kind, ()) if filled.get(key) is None]
        failures += _whole_number_failures(filled)
        return filled, failures or _failures(kind, filled)

    def diff(self, resource: Resource, olds: Properties, news: Properties) -> Change:
        """Every change is a replacement: a random value is drawn once and kept."""
        del resource
        changed = changed_inputs(olds, news)
        return Change(properties=changed, replaces=changed)

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Draw the value; ids are those of the real provider (a password's is ``none``)."""
        del preview
        kind = _kind(resource)
        identifier, outputs = _DRAWS[kind](inputs, _generator(resource, inputs))
        return identifier, {**inputs, **outputs}

    def update(self, resource: Resource, identifier: str, state: Properties, inputs: Properties) -> Properties:
        """Refuse: the engine replaces instead, as `diff` tells it to."""
        del identifier, state, inputs
        raise RefusedError(f"{resource.name} cannot be changed in place: a random value is drawn once and kept")

    def delete(self, resource: Resource, identifier: str, state: Properties) -> None:
        """Forget the value; there is nothing else to delete."""


def _kind(resource: Resource) -> str:
    kind = resource.type.rpartition(":")[2]
    if kind not in _INPUTS:
        raise RefusedError(f"{resource.type} is not a resource of the random provider that a rehearsal can play")
    return kind


def _whole_number_failures(inputs: Properties) -> list[Failure]:
    numbers = [(key, inputs[key]) for key in _WHOLE_NUMBERS if inputs.get(key, UNKNOWN) is not UNKNOWN]
    return [
        Failure(key, f"{key} must be a whole number, got {value!r}")
        for key, value in numbers
        if value is not None and (isinstance(value, bool) or not isinstance(value, int))
    ]


def _failures(kind: str, inputs: Properties) -> list[Failure]:
    """Judge values that are of the right type; what is not known yet is judged once it is."""
    failures = [
        Failure(key, f"{key} must be at least 1, got {inputs[key]}")
        for key in ("length", "byteLength")
        if isinstance(inputs.get(key), int) and inputs[key] < 1
    ]
    if kind == "RandomInteger" and _all_known(inputs, "min", "max") and inputs["min"] > inputs["max"]:
        failures.append(
            Failure("min", f"min must be smaller than or equal to max, got {inputs['min']} > {inputs['max']}")
        )
    if kind in ("RandomPassword", "RandomString"):
        failures += _text_failures(inputs)
    return failures


def _text_failures(inputs: Properties) -> list[Failure]:
    failures = []
    if "number" in inputs and _all_known(inputs, "number", "numeric") and inputs["number"] != inputs["numeric"]:
        failures.append(
            Failure(
                "number",
                "number and numeric are both set, to different values; number is deprecated, set numeric alone",
            )
        )
    minimums = ("minUpper", "minLower", "minNumeric", "minSpecial")
    if _all_known(inputs, "length", *minimums):
        least = sum(inputs[key] for key in minimums)
        if inputs["length"] < least:
            failures.append(
                Failure(
                    "length",
                    f"length must be at least the sum of {' + '.join(minimums)} = {least}, got {inputs['length']}",
                )
            )
    classes = ("special", "upper", "lower", "numeric")
    if not any(inputs[key] for key in classes):
        failures.append(
            Failure("", f"at least one of {', '.join(classes)} must be true, or there is no character to choose")
        )
    return failures


def _all_known(inputs: Properties, *keys: str) -> bool:
    return all(inputs.get(key, UNKNOWN) is not UNKNOWN for key in keys)


def _generator(resource: Resource, inputs: Properties) -> Random:
    """Seed a generator; a `seed` makes the value independent of the resource's name, as the real provider does."""
    others = {key: value for key, value in inputs.items() if key != "keepers"}
    origin = others if inputs.get("seed") is not None else [resource.urn, inputs]
    digest = hashlib.sha256(json.dumps(origin, sort_keys=True).encode()).digest()
    return Random(digest)  # noqa: S311 - a rehearsal must repeat itself; nothing it draws ever protects anything


def _text(inputs: Properties, generator: Random) -> str:
    """Draw the asked minimum of every class, then fill up from all allowed classes, then mix.

    The minimums count even for a class that is switched off, as they do in the real provider.
    """
    classes = {**_CLASSES, "special": inputs.get("overrideSpecial") or _SPECIAL}
    drawn = [
        generator.choice(characters)
        for name, characters in classes.items()
        for _ in range(inputs[f"min{name.capitalize()}"])
    ]
    allowed = "".join(characters for name, characters in classes.items() if inputs[name])
    drawn += [generator.choice(allowed) for _ in range(inputs["length"] - len(drawn))]
    generator.shuffle(drawn)
    return "".join(drawn)


def _password(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    result = _text(inputs, generator)
    # 60 characters like a real hash; it changes with the password, so what depends on it is seen to change.
    digest = hashlib.sha256(result.encode()).hexdigest()
    return "none", {"result": result, "bcryptHash": f"$2a$10$rehearsal.{digest}"[:60]}


def _string(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    result = _text(inputs, generator)
    return result, {"result": result}


def _bytes(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    drawn = generator.randbytes(inputs["length"])
    return "none", {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _id(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    drawn = generator.randbytes(inputs["byteLength"])
    identifier = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    forms = {
        "b64Url": identifier,
        "b64Std": base64.b64encode(drawn).decode(),
        "hex": drawn.hex(),
        "dec": str(int.from_bytes(drawn, "big")),
    }
    prefix = inputs.get("prefix") or ""
    return identifier, {key: prefix + form for key, form in forms.items()}


def _integer(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    number = generator.randint(inputs["min"], inputs["max"])
    return str(number), {"result": number}


def _pet(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    length = inputs["length"]
    words = [generator.choice(_ADVERBS) for _ in range(length - 2)]
    words += [generator.choice(_ADJECTIVES)] if length > 1 else []
    words.append(generator.choice(_ANIMALS))
    prefix = [inputs["prefix"]] if inputs.get("prefix") else []
    return str(inputs["separator"]).join([*prefix, *words]), {}


def _shuffle(inputs: Properties, generator: Random) -> tuple[str, Properties]:
    """Repeat whole permutations until enough are drawn, so that no item appears twice before each appeared once."""
    items = list(inputs["inputs"])
    count = inputs.get("resultCount") or len(items)
    results: list[str] = []
    while items and len(results) < count:
        results += generator.sample(items, len(items))
    return "-", {"results": results[:count]}


def _uuid(version: int) -> _Draw:
    def draw(inputs: Properties, generator: Random) -> tuple[str, Properties]:
        del inputs
        number = generator.getrandbits(128)
        number = number & ~(0xF << 76) | version << 76  # the version's four bits, RFC 9562 section 4.2
        number = number & ~(0x3 << 62) | 0x2 << 62  # the variant's two bits, RFC 9562 section 4.1
        result = str(uuid.UUID(int=number))
        return result, {"result": result}

    return draw


# Each returns the id and the outputs beside the inputs.
_DRAWS: Final[Mapping[str, _Draw]] = {
    "RandomPassword": _password,
    "RandomString": _string,
    "RandomBytes": _bytes,
    "RandomId": _id,
    "RandomInteger": _integer,
    "RandomPet": _pet,
    "RandomShuffle": _shuffle,
    "RandomUuid": _uuid(4),
    "RandomUuid4": _uuid(4),
    "RandomUuid7": _uuid(7),
}
