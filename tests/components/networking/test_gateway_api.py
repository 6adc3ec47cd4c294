"""The Gateway API's definitions come from their publisher's release, before anyone asks for them."""

from components.networking.gateway_api import GatewayApi
from tests.components.recording import build


def test_the_stable_definitions_of_an_exact_release_are_installed() -> None:
    made = build(lambda: GatewayApi("gateway-api", retain_data=True)).one(
        "kubernetes:yaml/v2:ConfigFile", "gateway-api-gateway-api"
    )

    assert made.parent == "gateway-api"
    assert made.protect
    assert made.inputs["file"].startswith("https://github.com/kubernetes-sigs/gateway-api/releases/download/v")
    assert made.inputs["file"].endswith("/standard-install.yaml")
