"""What must hold between admission, the cluster's network, and the day."""

from collections.abc import Iterator
from datetime import date

from components.compute.network_plugin import Routing
from components.networking.cilium import CiliumSettings
from components.security.admission.settings import AdmissionSettings, Engine
from settings.relations import Conflict, Relation


def signatures_are_verified_by_kyverno(admission: AdmissionSettings) -> Iterator[Conflict]:
    """Yield the engine of a stack whose signatures nobody would look at."""
    if admission.signatures and admission.engine is not Engine.KYVERNO:
        who = "Gatekeeper" if admission.engine is Engine.GATEKEEPER else "The API server"
        yield Conflict(
            keys=(("admission", "engine"), ("admission", "signatures")),
            why=f"verifies no image: {who} asks no registry for signatures; Kyverno does",
            remedy=str(Engine.KYVERNO),
        )


def a_signature_has_one_signer(admission: AdmissionSettings) -> Iterator[Conflict]:
    """Yield the signatures that nobody, or two, would have to have made."""
    for index, signature in enumerate(admission.signatures):
        if (signature.keyless is None) == (signature.key is None):
            yield Conflict(
                keys=(("admission", "signatures", index),),
                why="needs the one who signs: either keyless, an identity, or key, a public key",
            )


def the_api_server_reaches_the_engine(admission: AdmissionSettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield the engine that the API server could not ask."""
    if cilium.routing is Routing.OVERLAY and admission.engine is not Engine.NONE:
        yield Conflict(
            keys=(("admission", "engine"), ("cilium", "routing")),
            why="cannot be asked: EKS's API server reaches no pod of an overlay; with none it holds all rules itself",
            remedy=str(Engine.NONE),
        )


def excepted_until(today: date) -> Relation:
    """Return the relation between exceptions from admission and the day."""

    def no_exception_has_ended(admission: AdmissionSettings) -> Iterator[Conflict]:
        for index, exception in enumerate(admission.exceptions):
            if exception.until < today:
                yield Conflict(
                    keys=(("admission", "exceptions", index, "until"),),
                    why=f"is over: {exception.namespace} was excepted from {exception.rule} until then "
                    f"({exception.reason}); take the exception away, or give it a later day",
                )

    return no_exception_has_ended


RELATIONS: tuple[Relation, ...] = (
    signatures_are_verified_by_kyverno,
    a_signature_has_one_signer,
    the_api_server_reaches_the_engine,
)
