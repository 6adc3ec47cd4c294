"""Takes what a killed `pulumi up` has made, and AWS knows, into the state: `python -m rehearsal.adopt URN=ID ...`.

Reads what `pulumi stack export` writes and writes what `pulumi stack import` reads. `pulumi refresh
--import-pending-creates` is meant for this, but engine 3.256 only forgets the operation, so that the next update
makes the resource a second time.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any


class UnknownCreationError(Exception):
    """No creation of that URN is pending."""


def pending_creations(deployment: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the state's entry of every resource whose creation was begun and never answered."""
    for operation in deployment.get("pending_operations") or ():
        if operation["type"] == "creating":
            yield operation["resource"]


def adopt(deployment: Mapping[str, Any], identifiers: Mapping[str, str]) -> dict[str, Any]:
    """Return the deployment with the resources that exist, and without any pending creation.

    The outputs are missing until `pulumi refresh` has read them.

    Args:
        deployment: The ``deployment`` of an exported stack.
        identifiers: From the URN of a pending creation to the id of what it made. What is not named was not made.

    Raises:
        UnknownCreationError: nothing of that URN is pending.

    """
    pending = {entry["urn"]: entry for entry in pending_creations(deployment)}
    unknown = sorted(set(identifiers) - set(pending))
    if unknown:
        raise UnknownCreationError(
            f"no creation of {', '.join(unknown)} is pending; pending are: {', '.join(sorted(pending)) or 'none'}"
        )
    # At the end: what a creation waits for is in the state already.
    adopted = [{**pending[urn], "id": identifier, "outputs": {}} for urn, identifier in identifiers.items()]
    others = [each for each in deployment.get("pending_operations") or () if each["type"] != "creating"]
    return {**deployment, "resources": [*deployment["resources"], *adopted], "pending_operations": others}


def main(arguments: list[str] | None = None) -> int:
    """Adopt; return 1 if a URN is not pending."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.adopt", description=__doc__)
    parser.add_argument("made", nargs="*", metavar="URN=ID", help="a pending creation and the id of what it made")
    options = parser.parse_args(arguments)
    exported = json.load(sys.stdin)
    # A URN holds no equals sign, an id may.
    identifiers = dict(each.split("=", 1) for each in options.made)
    try:
        exported["deployment"] = adopt(exported["deployment"], identifiers)
    except UnknownCreationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    json.dump(exported, sys.stdout, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
