"""A registry with signed images on loopback, as far as the distribution API is needed to verify a signature."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
# https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
_PAYLOAD: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
_ANNOTATION: Final = "dev.cosignproject.cosign/signature"


def key() -> ec.EllipticCurvePrivateKey:
    """Return a new key to sign with, of the curve that cosign uses."""
    return ec.generate_private_key(ec.SECP256R1())


def public(signer: ec.EllipticCurvePrivateKey) -> str:
    """Return the public key of a signer, in PEM."""
    pem = signer.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


@dataclass
class Registry:
    """What a registry has, by path below ``/v2/``.

    https://github.com/opencontainers/distribution-spec/blob/main/spec.md
    """

    address: str = ""
    held: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def push(self, repository: str, *, signer: ec.EllipticCurvePrivateKey | None) -> str:
        """Put an image into a repository, signed or not; return its reference by digest."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "repository": repository})
        digest = self._manifest(repository, "1", {}, (_CONFIG, config.encode()))
        if signer:
            claim = {
                "critical": {
                    "identity": {"docker-reference": f"{self.address}/{repository}"},
                    "image": {"docker-manifest-digest": digest},
                    "type": "cosign container image signature",
                },
                "optional": None,
            }
            payload = json.dumps(claim).encode()
            signature = base64.b64encode(signer.sign(payload, ec.ECDSA(hashes.SHA256()))).decode()
            tag = f"{digest.replace(':', '-')}.sig"
            self._manifest(repository, tag, {_ANNOTATION: signature}, (_CONFIG, b"{}"), (_PAYLOAD, payload))
        return f"{self.address}/{repository}@{digest}"

    def _manifest(
        self,
        repository: str,
        tag: str,
        annotations: dict[str, str],
        config: tuple[str, bytes],
        *layers: tuple[str, bytes],
    ) -> str:
        described = [self._blob(repository, *blob) for blob in (config, *layers)]
        body = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": described[0],
            "layers": [{**layer, "annotations": annotations} for layer in described[1:]],
        }
        content = json.dumps(body).encode()
        digest = _digest(content)
        for name in (tag, digest):
            self.held[f"{repository}/manifests/{name}"] = (_MANIFEST, content)
        return digest

    def _blob(self, repository: str, media_type: str, content: bytes) -> dict[str, Any]:
        digest = _digest(content)
        self.held[f"{repository}/blobs/{digest}"] = (media_type, content)
        return {"mediaType": media_type, "size": len(content), "digest": digest}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def serving() -> Iterator[Registry]:
    """Serve an empty registry on a free port of loopback, which clients call without TLS."""
    registry = Registry()

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/v2/")
            media_type, content = registry.held.get(path, ("application/json", b"{}"))
            self.send_response(200 if path in registry.held or not path else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", _digest(content))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        registry.address = f"localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
