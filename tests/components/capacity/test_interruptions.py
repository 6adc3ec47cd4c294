"""Notices of interruptions: every kind reaches one queue, which only EventBridge fills."""

import json
from dataclasses import dataclass

from components.capacity import interruptions
from components.kit.layer import Layer
from tests.components import examples
from tests.components.recording import Recording, build


@dataclass(frozen=True)
class _NoOutputs:
    pass


class _Listener(Layer, kind="platform:test:Listener"):
    def __init__(self) -> None:
        super().__init__("karpenter", None)
        interruptions.queue(self, examples.account())
        self.outputs = self.publish(_NoOutputs())


def _built() -> Recording:
    return build(_Listener)


def test_every_notice_that_karpenter_understands_reaches_the_queue() -> None:
    recording = _built()
    rules = recording.of("aws:cloudwatch/eventRule:EventRule")
    targets = {
        made.inputs["rule"]: made.inputs["arn"] for made in recording.of("aws:cloudwatch/eventTarget:EventTarget")
    }

    heard = {json.loads(rule.inputs["eventPattern"])["detail-type"][0] for rule in rules}
    assert heard == {
        "AWS Health Event",
        "EC2 Capacity Reservation Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
    }
    assert targets == {f"<{rule.name}.name>": "<karpenter-interruptions.arn>" for rule in rules}


def test_only_rules_of_the_account_fill_the_queue_and_nobody_in_the_open() -> None:
    policy = _built().one("aws:sqs/queuePolicy:QueuePolicy", "karpenter-interruptions")
    allow, deny = json.loads(policy.inputs["policy"])["Statement"]

    assert allow["Principal"] == {"Service": ["events.amazonaws.com"]}
    assert allow["Action"] == ["sqs:SendMessage"]
    assert allow["Condition"]["StringEquals"] == {"aws:SourceAccount": ["111122223333"]}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": ["false"]}})


def test_the_queue_is_encrypted_and_forgets_what_is_too_late() -> None:
    queue = _built().one("aws:sqs/queue:Queue", "karpenter-interruptions").inputs

    assert (queue["sqsManagedSseEnabled"], queue["messageRetentionSeconds"]) == (True, 300)


def test_a_rule_has_its_target_only_when_the_queue_takes_it() -> None:
    for target in _built().of("aws:cloudwatch/eventTarget:EventTarget"):
        assert "karpenter-interruptions" in target.dependencies
