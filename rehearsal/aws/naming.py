"""The physical names that pulumi-aws makes up where the program gives none."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.aws.table import Row
from rehearsal.providers.standin import Properties, Resource

# https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
_DIGITS: Final = 7


def with_automatic_name(
    row: Row, resource: Resource, inputs: Properties, olds: Mapping[str, Any], seed: bytes
) -> Properties:
    """Return the inputs with a name, if the type has one and the program gives none.

    The name of the last update is kept if it was automatic, so that an update does not replace the resource.
    """
    rule = row.name
    if rule is None or inputs.get(rule.property) is not None:
        return inputs
    prefix = inputs.get(f"{rule.property}Prefix") or f"{rule.before}{resource.name}-"
    if not isinstance(prefix, str):
        return inputs
    prefix = prefix.lower() if rule.lowercase else prefix
    after = "".join(suffix for name, suffix in rule.after.items() if inputs.get(name))
    before = olds.get(rule.property)
    if isinstance(before, str) and re.fullmatch(rf"{re.escape(prefix)}[0-9a-f]{{{_DIGITS}}}{re.escape(after)}", before):
        return {**inputs, rule.property: before}
    digits = hashlib.sha256(seed or resource.urn.encode()).hexdigest()[:_DIGITS]
    return {**inputs, rule.property: f"{prefix}{digits}{after}"}
