"""Rules of queues, whose settings AWS's definition leaves as a map of texts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known
from rehearsal.providers.standin import Failure

_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "delaySeconds": (0, 900),
    "kmsDataKeyReusePeriodSeconds": (60, 86_400),
    "maxMessageSize": (1024, 1_048_576),
    "messageRetentionSeconds": (60, 1_209_600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43_200),
}


def bounds(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A queue's numbers lie within AWS's bounds.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    """
    for name, (least, most) in _BOUNDS.items():
        value = known(inputs, name)
        if isinstance(value, int) and not least <= value <= most:
            yield Failure(
                name, f"sqs CreateQueue refused: InvalidAttributeValue: {name} is from {least} to {most}, not {value}"
            )


def fifo_name(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """The name of a FIFO queue ends in .fifo, and no other does.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    """
    name = known(inputs, "name")
    if isinstance(name, str) and name.endswith(".fifo") is not bool(inputs.get("fifoQueue")):
        yield Failure(
            "name",
            "sqs CreateQueue refused: InvalidParameterValue: the name of a FIFO queue, and only it, ends in .fifo",
        )


OF_INPUTS: Final = {"aws:sqs/queue:Queue": (bounds, fifo_name)}
