"""A namespace's reason belongs to its level."""

import pytest

from components.kit.namespaces import Namespace, PodSecurity


def test_an_open_level_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="namespace tools: a reason belongs to every level but restricted"):
        Namespace(name="tools", purpose="Tools", pod_security=PodSecurity.BASELINE)


def test_the_strictest_level_has_none() -> None:
    with pytest.raises(ValueError, match="namespace tools"):
        Namespace(name="tools", purpose="Tools", reason="habit")
