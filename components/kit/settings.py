"""The base of every settings model: strict, frozen, and refusing what it does not know."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Plain facts known before deployment; never an ``Output``, never a secret.

    Every field carries a description (it becomes the reference and the editor's hint) and its only default.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)
