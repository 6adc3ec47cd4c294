"""One declaration makes the app's role, its policy, its class and its pod, so that they cannot but fit."""

import json

import yaml

from components.security.secrets import example as secrets_example
from components.security.secrets.example import ACCESS, FILE, NAMESPACE, ROLE, SecretsExample, granted, pod
from components.security.vault import access as vault_access
from components.security.vault.access_settings import Access, VaultAccessSettings
from components.security.vault.policies import Capability, allows
from components.security.vault.wanted import wanted
from policies.vault_access import parse
from tests.components import examples
from tests.components.recording import Recording, build


def _built() -> Recording:
    return build(lambda: SecretsExample("secrets-example"))


def test_vault_grants_the_role_what_the_class_reads() -> None:
    roles = vault_access.roles(granted(VaultAccessSettings()), external_secrets=False)
    (role,) = [each for each in roles if each.name == ROLE]
    (read,) = yaml.safe_load(secrets_example.secret_class().manifest()["spec"]["parameters"]["objects"])

    assert allows([role.policy], read["secretPath"], Capability.READ)
    assert not allows([role.policy], read["secretPath"], Capability.UPDATE)
    assert (role.namespace, role.service_accounts) == (NAMESPACE, (pod()["serviceAccountName"],))


def test_the_judges_evaluator_says_the_same() -> None:
    roles = vault_access.roles(granted(VaultAccessSettings()), external_secrets=False)
    access = parse(json.dumps(wanted(VaultAccessSettings(), roles, replicas=3)))

    assert access is not None
    assert access.allows(ROLE, f"secret/data/{NAMESPACE}", "read")
    assert access.roles[ROLE]["namespace"] == NAMESPACE


def test_the_stacks_own_roles_stay() -> None:
    own = examples.parsed(
        VaultAccessSettings, roles={"shop": {"namespace": "apps", "service_accounts": ["a"], "secrets": ["s"]}}
    )

    assert set(granted(own).roles) == {"shop", ROLE}


def test_it_reads_the_file_that_its_class_provides() -> None:
    (container,) = pod()["containers"]
    (mount,) = container["volumeMounts"]

    assert container["readinessProbe"]["exec"]["command"] == ["test", "-s", FILE]
    assert FILE.removeprefix(f"{mount['mountPath']}/") in secrets_example.secret_class().files


def test_no_update_waits_for_a_secret_that_a_person_writes() -> None:
    deployment = _built().one("kubernetes:apps/v1:Deployment", "secrets-example-reader").inputs

    assert deployment["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"


def test_its_namespace_is_restricted_and_closed_before_the_pod_comes() -> None:
    recording = _built()
    room = recording.one("kubernetes:core/v1:Namespace", f"secrets-example-{NAMESPACE}").inputs
    closed = recording.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "secrets-example-default-deny").inputs
    deployment = recording.one("kubernetes:apps/v1:Deployment", "secrets-example-reader")

    assert room["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {"secrets-example-default-deny", "secrets-example-class"} <= set(deployment.dependencies)


def test_no_secret_is_in_the_state() -> None:
    recording = _built()

    assert recording.of("kubernetes:core/v1:Secret") == []
    assert ACCESS.access is Access.READ
