"""Kyverno's own program verifies signatures in a real registry by the policies that a stack gets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.security.admission import kyverno_policies
from tests.admission import registry
from tests.admission.engines import applied
from tests.admission.registry import Registry
from tests.admission.rows import PLATFORM, settings
from tests.admission.server import TENANT
from tools.build import BuildError, path_of

pytestmark = pytest.mark.tools

_SIGNER, _STRANGER = registry.key(), registry.key()


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return path_of("kyverno")
    except BuildError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def served() -> Iterator[Registry]:
    with registry.serving() as running:
        yield running


def _policy(served: Registry) -> dict[str, Any]:
    signature = {"images": [f"{served.address}/shop/*"], "key": registry.public(_SIGNER)}
    chosen = settings(engine="kyverno", signatures=[signature])
    return kyverno_policies.signed(0, chosen.signatures[0], chosen, PLATFORM)


def _pod(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "tried", "namespace": TENANT}, "spec": spec}


def _answer(program: Path, folder: Path, policy: dict[str, Any], pod: dict[str, Any]) -> tuple[str, str]:
    """Return the result and the message; an empty result where the policy has nothing to say."""
    results = applied(program, folder, [policy], [pod]).get("results") or [{"result": "", "message": ""}]
    (result,) = results
    return result["result"], result.get("message", "")


def _containers(image: str) -> list[dict[str, str]]:
    return [{"name": image.rsplit("/", maxsplit=1)[-1].split("@", maxsplit=1)[0], "image": image}]


def test_an_image_with_its_signature_is_let_in(program: Path, served: Registry, tmp_path: Path) -> None:
    signed = served.push("shop/cart", signer=_SIGNER)

    assert _answer(program, tmp_path, _policy(served), _pod(containers=_containers(signed)))[0] == "pass"


@pytest.mark.parametrize("place", ["containers", "initContainers", "ephemeralContainers"])
@pytest.mark.parametrize("signer", [None, _STRANGER], ids=["nobody", "a stranger"])
def test_one_that_another_signed_or_nobody_is_not_wherever_it_stands(
    program: Path, served: Registry, tmp_path: Path, place: str, signer: Any
) -> None:
    good = _containers(served.push("shop/cart", signer=_SIGNER))
    bad = _containers(served.push(f"shop/{place.lower()}-{signer is None}".lower(), signer=signer))
    pod = _pod(**{"containers": good, place: bad})

    result, message = _answer(program, tmp_path, _policy(served), pod)

    assert result == "fail"
    assert message.endswith("sign it where it is built, and deploy what was signed")


def test_a_signature_of_another_image_is_none_of_this(program: Path, served: Registry, tmp_path: Path) -> None:
    signed = served.push("shop/cart", signer=_SIGNER).partition("@")[2]
    bare = served.push("shop/other", signer=None).partition("@")[2]
    kind, content = served.held[f"shop/cart/manifests/{signed.replace(':', '-')}.sig"]
    layers = {path: held for path, held in served.held.items() if path.startswith("shop/cart/blobs/")}
    served.held |= {path.replace("shop/cart", "shop/other"): held for path, held in layers.items()}
    served.held[f"shop/other/manifests/{bare.replace(':', '-')}.sig"] = (kind, content)

    moved = _pod(containers=_containers(f"{served.address}/shop/other@{bare}"))

    assert _answer(program, tmp_path, _policy(served), moved)[0] == "fail"


def test_a_tag_is_not_enough(program: Path, served: Registry, tmp_path: Path) -> None:
    served.push("shop/cart", signer=_SIGNER)

    result, message = _answer(
        program, tmp_path, _policy(served), _pod(containers=_containers(f"{served.address}/shop/cart:1"))
    )

    assert (result, "does not have a digest" in message) == ("fail", True)


def test_other_images_need_none(program: Path, served: Registry, tmp_path: Path) -> None:
    other = served.push("tools/shell", signer=None)

    assert _answer(program, tmp_path, _policy(served), _pod(containers=_containers(other)))[0] != "fail"


def test_a_registry_that_does_not_answer_vouches_for_nothing(program: Path, tmp_path: Path) -> None:
    with registry.serving() as gone:
        policy, signed = _policy(gone), gone.push("shop/cart", signer=_SIGNER)

    assert _answer(program, tmp_path, policy, _pod(containers=_containers(signed)))[0] in {"fail", "error"}
