"""What must hold between what a stack's exporters ask, the secrets they need and the namespaces there are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.kit.monitoring import NAMESPACE
from components.observability.exporters.settings import DatabaseKind
from components.observability.settings import ObservabilitySettings
from components.security.namespaces import PLATFORM
from components.security.secrets.settings import SecretsSettings
from settings.relations import Conflict, Relation

if TYPE_CHECKING:
    from settings.shape import Path

_EXPORTERS: Final = ("observability", "exporters")
_DATABASES: Final = (*_EXPORTERS, "databases")
_DOCUMENTS: Final = (*_EXPORTERS, "documents")


def users_of_databases_come_from_a_store(
    observability: ObservabilitySettings, secrets: SecretsSettings
) -> Iterator[Conflict]:
    """Yield the databases whose user no store hands out."""
    for name, database in observability.exporters.databases.items():
        if database.credentials is None:
            continue
        path = (*_DATABASES, name, "credentials", "store")
        chosen = database.credentials.store
        store = getattr(secrets.stores, chosen)
        if store is None:
            yield Conflict(
                keys=(path, ("secrets", "stores", chosen)),
                why=f"is {chosen}, and the stack has no such store: add it to secrets.stores, for the namespace "
                f"{NAMESPACE}",
            )
        elif NAMESPACE not in store.namespaces:
            yield Conflict(
                keys=(("secrets", "stores", chosen, "namespaces"), path),
                why=f"leaves {NAMESPACE} out, where the user of the exporter of {name} must come to",
                remedy=[*store.namespaces, NAMESPACE],
            )


def users_of_a_kind_come_one_way(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the databases without credentials where others of their kind have some: the Secret is one for all."""
    for kind in DatabaseKind:
        databases = observability.exporters.of(kind)
        missing = [name for name, each in databases.items() if each.credentials is None]
        if missing and len(missing) < len(databases):
            first: Path = (*_DATABASES, missing[0], "credentials")
            yield Conflict(
                keys=(first, _DATABASES),
                why=f"must say where the user is, as other databases of the kind {kind} do: their Secret is one, made "
                "either from stores or by hand",
            )


def documents_are_read_by_a_module(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the targets whose module is not there, and the modules that nobody uses or that read nothing."""
    documents = observability.exporters.documents
    for name, target in documents.targets.items():
        if target.module not in documents.modules:
            there = ", ".join(sorted(documents.modules)) or "none"
            yield Conflict(
                keys=((*_DOCUMENTS, "targets", name, "module"), (*_DOCUMENTS, "modules")),
                why=f"is {target.module}, which is not in modules ({there})",
            )
    used = {target.module for target in documents.targets.values()}
    for name, metrics in documents.modules.items():
        path = (*_DOCUMENTS, "modules", name)
        if name not in used:
            yield Conflict(keys=(path,), why="reads no target's documents: name it in one, or take it away")
        if not metrics:
            yield Conflict(keys=(path,), why="reads nothing: name a metric")


def jvms_are_users(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the platform's own namespaces among those with JVMs: it watches itself without being told."""
    own = {namespace.name for namespace in PLATFORM}
    for index, namespace in enumerate(observability.exporters.jvm.namespaces):
        if namespace in own:
            yield Conflict(
                keys=((*_EXPORTERS, "jvm", "namespaces", index),),
                why=f"is {namespace}, which is the platform's own: name namespaces of the cluster's users",
            )


RELATIONS: Final[tuple[Relation, ...]] = (
    users_of_databases_come_from_a_store,
    users_of_a_kind_come_one_way,
    documents_are_read_by_a_module,
    jvms_are_users,
)
