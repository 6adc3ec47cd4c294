"""The rules as Kyverno's ValidatingPolicies, and signatures of images as its ImageValidatingPolicies."""

from collections.abc import Sequence
from typing import Any, Final

from components.security.admission.catalog import Judgement
from components.security.admission.policies import about, actions, name_of, namespace_selector
from components.security.admission.settings import AdmissionSettings, Mode, Signature

API: Final = "policies.kyverno.io/v1"

_NAME: Final = "kubernetes.io/metadata.name"
# A signature is fetched from its registry: the API server gives a webhook 10 s by itself.
_SIGNATURE_SECONDS: Final = 20


def policy(judgement: Judgement, settings: AdmissionSettings, platform: Sequence[str]) -> dict[str, Any]:
    """Return the policy of a rule."""
    rule = judgement.rule
    selector = namespace_selector(judgement, settings, platform)
    return {
        "apiVersion": API,
        "kind": "ValidatingPolicy",
        "metadata": {"name": name_of(rule.name), "annotations": about(judgement)},
        "spec": {
            **_open_when_down(settings, rule.name),
            # The rules know pods' controllers themselves.
            "autogen": {"podControllers": {"controllers": []}},
            "matchConstraints": {
                "resourceRules": [match.resource_rule for match in rule.group.match],
                **({"namespaceSelector": selector} if selector else {}),
            },
            "variables": judgement.named_variables,
            "validations": [{"expression": judgement.expression, "message": judgement.message}],
        },
    }


def signed(index: int, signature: Signature, settings: AdmissionSettings, platform: Sequence[str]) -> dict[str, Any]:
    """Return the policy that lets images in with a signature only.

    https://kyverno.io/docs/policy-types/image-validating-policy/
    """
    selector = {"matchExpressions": [{"key": _NAME, "operator": "NotIn", "values": sorted(platform)}]}
    wanted = ", ".join(signature.images)
    return {
        "apiVersion": API,
        "kind": "ImageValidatingPolicy",
        "metadata": {"name": name_of(f"signature-{index}")},
        "spec": {
            **_open_when_down(settings, ""),
            "webhookConfiguration": {"timeoutSeconds": _SIGNATURE_SECONDS},
            # By the pods' controllers Kyverno judges with policies it makes of this one.
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["pods"],
                    }
                ],
                "namespaceSelector": selector,
            },
            "matchImageReferences": [{"glob": image} for image in signature.images],
            "credentials": {"providers": ["amazon"]},
            # What was verified is what runs, whatever its tag points at by then; and what has been let in once is not
            # asked for a signature anew.
            "validationConfigurations": {"mutateDigest": True, "verifyDigest": True, "required": True},
            "attestors": [{"name": "signer", "cosign": _signer(signature)}],
            "validations": [
                {
                    "expression": "images.containers.all(image, verifyImageSignatures(image, [attestors.signer]) > 0)"
                    " && images.initContainers.all(image, verifyImageSignatures(image, [attestors.signer]) > 0)"
                    " && images.ephemeralContainers.all(image, verifyImageSignatures(image, [attestors.signer]) > 0)",
                    "message": f"signature: an image of {wanted} has no signature of the one who must sign it; "
                    "sign it where it is built, and deploy what was signed",
                }
            ],
        },
    }


def _signer(signature: Signature) -> dict[str, Any]:
    if signature.keyless:
        identity = {"issuer": signature.keyless.issuer, "subject": signature.keyless.subject}
        return {"keyless": {"identities": [identity]}, "ctlog": {"url": "https://rekor.sigstore.dev"}}
    # A key of one's own needs no public log to vouch for the moment of signing.
    return {"key": {"data": signature.key}, "ctlog": {"insecureIgnoreTlog": True, "insecureIgnoreSCT": True}}


def _open_when_down(settings: AdmissionSettings, rule: str) -> dict[str, Any]:
    refuses = settings.refuses(rule) if rule else settings.mode is Mode.ENFORCE
    return {
        # The API server holds what must hold without Kyverno; a Kyverno that does not answer stops nobody.
        "failurePolicy": "Ignore",
        "validationActions": actions(settings, rule) if rule else (["Deny"] if refuses else ["Warn", "Audit"]),
        "evaluation": {"admission": {"enabled": True}, "background": {"enabled": True}},
    }
