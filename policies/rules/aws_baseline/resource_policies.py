"""Rules about policies that hang on a resource: whom a bucket, key, queue, topic or secret lets in."""

from collections.abc import Iterator
from typing import Final

from policies.documents import condition_keys, principals, statements
from policies.rule import Finding, ResourceRule
from policies.values import Properties, read

# Conditions that make of everybody somebody: an account, an organization, a network, or one resource that acts.
_NARROWING: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)


def _open(document: Properties) -> Iterator[Finding]:
    yield from statements(read(document, "policy"), "policy", _anyone)


def _anyone(statement: Properties) -> Iterator[Finding]:
    names, unknown = principals(statement)
    everyone = "*" in names or read(statement, "NotPrincipal") is not None
    if everyone and not condition_keys(statement) & _NARROWING:
        yield "anyone with an AWS account is let in; name accounts, roles or services in Principal"
    else:
        yield from unknown


def _deputy(document: Properties) -> Iterator[Finding]:
    yield from statements(read(document, "policy"), "policy", _service)


def _service(statement: Properties) -> Iterator[Finding]:
    service = read(statement, "Principal", "Service")
    narrowed = condition_keys(statement)
    # logs.<region>.amazonaws.com says for whom it acts in the encryption context instead.
    if service and not narrowed & _NARROWING and not any(key.startswith("kms:encryptioncontext") for key in narrowed):
        yield (
            "the service may act here for any account's resources; "
            "add a condition on aws:SourceArn or aws:SourceAccount"
        )


RULES: Final = (
    ResourceRule(
        name="key-policy-public",
        why="A key that everybody may use encrypts nothing.",
        types=("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/keyPolicy:KeyPolicy"),
        check=_open,
        references=("AWS Security Hub: KMS.5",),
    ),
    ResourceRule(
        name="bucket-policy-public",
        why="What a bucket's policy gives to everybody is read by everybody.",
        types=("aws:s3/bucketPolicy:BucketPolicy",),
        check=_open,
        references=("AWS Security Hub: S3.2, S3.3",),
    ),
    ResourceRule(
        name="messaging-policy-public",
        why="Who may write to a queue or a topic decides what its readers do next.",
        types=(
            "aws:sqs/queuePolicy:QueuePolicy",
            "aws:sqs/queue:Queue",
            "aws:sns/topicPolicy:TopicPolicy",
            "aws:sns/topic:Topic",
        ),
        check=_open,
        references=("AWS Security Hub: SQS.3, SNS.4",),
    ),
    ResourceRule(
        name="secret-policy-public",
        why="A secret that everybody may ask for is none.",
        types=("aws:secretsmanager/secretPolicy:SecretPolicy", "aws:secretsmanager/secret:Secret"),
        check=_open,
        references=("AWS Secrets Manager User Guide: block public access to secrets",),
    ),
    ResourceRule(
        name="confused-deputy",
        why="A service that acts for whoever asks can be asked by a stranger to use what is ours.",
        types=(
            "aws:kms/key:Key",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:sqs/queuePolicy:QueuePolicy",
            "aws:sns/topicPolicy:TopicPolicy",
        ),
        check=_deputy,
        references=("AWS IAM User Guide: the confused deputy problem",),
    ),
)
