"""A class says what the provider reads, and a pod that would wait for ever is refused with both sides of the reason."""

from typing import Any

import pytest
import yaml

from components.security.secrets.secret_provider_class import BoundRole, SecretClass, VaultSecret, check

_PASSWORD = VaultSecret(path="secret/data/shop/database", key="password", file="password", mode=0o400)
_CERTIFICATE = VaultSecret(path="secret/data/shop/tls", key="crt", file="tls/tls.crt", encoding="base64")
_ROLE = BoundRole(name="shop", namespace="apps", service_accounts=("checkout",))


def _class(name: str = "shop", **changes: Any) -> SecretClass:
    given: dict[str, Any] = {"namespace": "apps", "role": "shop", "secrets": (_PASSWORD, _CERTIFICATE), **changes}
    return SecretClass(name=name, **given)


def _pod(*classes: SecretClass, account: str = "checkout") -> dict[str, Any]:
    mounts = [each.mount(f"/secrets/{each.name}") for each in classes]
    return {
        "serviceAccountName": account,
        "containers": [{"name": "app", "volumeMounts": [mount.volume_mount for mount in mounts]}],
        "volumes": [mount.volume for mount in mounts],
    }


def _refusal(pod: dict[str, Any], *classes: SecretClass, namespace: str = "apps", reads: tuple[str, ...] = ()) -> str:
    with pytest.raises(ValueError, match=r"\w") as error:
        check(pod, namespace=namespace, classes=classes, roles=[_ROLE], reads=reads)
    return str(error.value)


def test_the_providers_parameters_are_yaml_that_reads_back_as_what_was_said() -> None:
    manifest = _class().manifest()
    parameters = manifest["spec"]["parameters"]

    assert (manifest["apiVersion"], manifest["kind"]) == ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass")
    assert manifest["metadata"] == {"name": "shop", "namespace": "apps"}
    assert manifest["spec"]["provider"] == "vault"
    assert set(parameters) == {"roleName", "objects"}
    assert yaml.safe_load(parameters["objects"]) == [
        {
            "objectName": "password",
            "secretPath": "secret/data/shop/database",
            "secretKey": "password",
            "filePermission": 0o400,
        },
        {
            "objectName": "tls/tls.crt",
            "secretPath": "secret/data/shop/tls",
            "secretKey": "crt",
            "encoding": "base64",
        },
    ]


@pytest.mark.parametrize(
    "key", ["yes", "0777", "null", "a: b", "- x", "#c", "\u00e9", "x" * 2000, "'", '"', "{", "1e3"]
)
def test_no_name_turns_into_something_else_in_yaml(key: str) -> None:
    made = _class(secrets=(VaultSecret(path="secret/data/a", key=key, file="f"),))

    assert yaml.safe_load(made.manifest()["spec"]["parameters"]["objects"])[0]["secretKey"] == key


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"path": "/secret/data/a"}, "as the API has it"),
        ({"path": "v1/secret/data/a"}, "as the API has it"),
        ({"path": "secret//a"}, "as the API has it"),
        ({"path": "secret/data/a/"}, "as the API has it"),
        ({"path": ""}, "as the API has it"),
        ({"key": ""}, "name the key"),
        ({"file": ""}, "below the mount"),
        ({"file": "/etc/passwd"}, "below the mount"),
        ({"file": "a//b"}, "below the mount"),
        ({"file": "a/../../b"}, "nothing outside"),
        ({"file": "..data"}, "nothing outside"),
        ({"mode": 0}, "permission bits"),
        ({"mode": 0o1000}, "permission bits"),
    ],
)
def test_a_secret_that_the_provider_or_the_driver_would_refuse(change: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"path": "secret/data/a", "key": "k", "file": "f", **change}

    with pytest.raises(ValueError, match=why):
        VaultSecret(**given)


def test_two_secrets_cannot_be_one_file() -> None:
    other = VaultSecret(path="secret/data/other", key="password", file="password")

    with pytest.raises(ValueError, match=r"secret/data/shop/database.*secret/data/other.*one file"):
        _class(secrets=(_PASSWORD, other))


def test_a_file_cannot_be_a_folder_too() -> None:
    inside = VaultSecret(path="secret/data/other", key="k", file="password/more")

    with pytest.raises(ValueError, match="which is no folder"):
        _class(secrets=(_PASSWORD, inside))


@pytest.mark.parametrize("change", [{"role": ""}, {"secrets": ()}])
def test_a_class_without_a_role_or_a_secret_mounts_nothing(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="mounts nothing"):
        _class(**change)


def test_a_mount_is_read_only_and_of_the_whole_volume() -> None:
    mount = _class().mount("/secrets")

    assert mount.volume == {
        "name": "shop",
        "csi": {
            "driver": "secrets-store.csi.k8s.io",
            "readOnly": True,
            "volumeAttributes": {"secretProviderClass": "shop"},
        },
    }
    assert mount.volume_mount == {"name": "shop", "mountPath": "/secrets", "readOnly": True}


def test_a_pod_that_fits_passes() -> None:
    made = _class()

    check(
        _pod(made),
        namespace="apps",
        classes=[made],
        roles=[_ROLE],
        reads=["/secrets/shop/password", "/secrets/shop/tls/tls.crt"],
    )


def test_a_file_that_no_object_provides_is_named_with_those_there_are() -> None:
    text = _refusal(_pod(_class()), _class(), reads=("/secrets/shop/passwd", "/elsewhere/password"))

    assert text == (
        "the pod reads /secrets/shop/passwd, and class apps/shop at /secrets/shop has no object for it: "
        "password, tls/tls.crt; the pod reads /elsewhere/password, above which no class is mounted"
    )


@pytest.mark.parametrize(("account", "namespace"), [("cart", "apps"), ("default", "apps")])
def test_a_service_account_that_is_not_bound_to_the_role_is_named_with_those_that_are(
    account: str, namespace: str
) -> None:
    text = _refusal(_pod(_class(), account=account), _class(), namespace=namespace)

    assert text == (
        f"service account {namespace}/{account} is not bound to role shop of class apps/shop: apps/checkout is"
    )


def test_a_role_of_another_namespace_is_not_the_pods() -> None:
    made = _class(namespace="other")

    with pytest.raises(ValueError, match="service account other/checkout is not bound to role shop"):
        check(_pod(made), namespace="other", classes=[made], roles=[_ROLE], reads=[])


def test_a_pod_without_a_service_account_has_the_default_one() -> None:
    pod = _pod(_class())
    del pod["serviceAccountName"]

    assert "service account apps/default is not bound" in _refusal(pod, _class())


def test_a_role_that_vault_does_not_have_is_named_with_those_it_has() -> None:
    made = _class(role="card")

    assert _refusal(_pod(made), made) == "class apps/shop wants role card, which Vault does not have; it has shop"


def test_a_class_that_is_mounted_nowhere_is_told() -> None:
    pod = _pod(_class())

    assert "class apps/other is no volume of the pod" in _refusal(pod, _class(), _class("other"))
    pod["containers"][0]["volumeMounts"] = []
    assert "volume shop of class shop is mounted by no container" in _refusal(pod, _class())


def test_a_volume_of_a_class_that_nobody_makes_is_told() -> None:
    assert "volume shop names class shop, which nobody makes" in _refusal(_pod(_class()))


def test_a_class_of_another_namespace_is_told() -> None:
    made = _class(namespace="other")

    assert "class other/shop is not in the pod's namespace apps" in _refusal(_pod(made), made)


def test_a_mount_that_would_never_be_rotated_is_told() -> None:
    pod = _pod(_class())
    pod["containers"][0]["volumeMounts"][0]["subPath"] = "password"

    assert "is mounted by subPath at /secrets/shop, and would never be rotated" in _refusal(pod, _class())


def test_two_mounts_at_one_place_are_told_by_both_names() -> None:
    pod = _pod(_class(), _class("other"))
    pod["containers"][0]["volumeMounts"][1]["mountPath"] = "/secrets/shop"

    assert "container app mounts shop and other at /secrets/shop" in _refusal(pod, _class(), _class("other"))


def test_an_init_container_may_be_the_one_that_reads() -> None:
    pod = _pod(_class())
    pod["initContainers"] = [{**pod["containers"][0], "name": "first"}]
    pod["containers"] = [{"name": "app"}]

    check(pod, namespace="apps", classes=[_class()], roles=[_ROLE], reads=["/secrets/shop/password"])
