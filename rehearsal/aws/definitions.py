"""AWS's own published API definitions, as botocore carries them, read without anything of this machine's AWS set-up."""

import os
from functools import cache
from typing import Any, Final

from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider
from botocore.loaders import Loader
from botocore.session import Session

Shape = Any
"""A botocore shape; which attributes it has (`members`, `member`, `enum`) goes by its `type_name`."""

# Files that the ambient configuration would be read from; an empty one stands for "none".
_FILES: Final = ("config_file", "credentials_file")


@cache
def session() -> Session:
    """Return a botocore session in which every setting has botocore's default.

    No environment variable, profile, credential or ``~/.aws`` file of the machine is looked at, so a rehearsal can
    neither be changed by them nor reach an account with them.
    """
    result = Session()
    constants = {name: ConstantProvider(default) for name, (_, _, default, _) in _variables().items()}
    constants.update({name: ConstantProvider(os.devnull) for name in _FILES})
    result.register_component("config_store", ConfigValueStore(mapping=constants))
    result.register_component("data_loader", Loader(include_default_search_paths=False, extra_search_paths=_data()))
    return result


@cache
def service_model(service: str) -> Any:
    """Return the definition of a service by botocore's name for it, ``ec2``."""
    return session().get_service_model(service)


@cache
def operation(service: str, name: str) -> Any:
    """Return the definition of one operation, ``CreateVpc``."""
    return service_model(service).operation_model(name)


@cache
def request_shape(service: str, name: str) -> Shape:
    """Return the structure that an operation takes; every operation in the tables takes one."""
    shape = operation(service, name).input_shape
    if shape is None:
        raise LookupError(f"{service} {name} takes no members, so no row can send it any")
    return shape


def _variables() -> dict[str, Any]:
    # The misspelling is botocore's.
    return dict(BOTOCORE_DEFAUT_SESSION_VARIABLES)


def _data() -> list[str]:
    return [Loader.BUILTIN_DATA_PATH]
