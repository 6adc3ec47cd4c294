"""What must be pinned before a stack can run a minor stands against it until it is."""

from pathlib import Path

from components.kit.versions import Versions, pinned
from operations.upgrade import pins
from operations.upgrade.findings import Weight
from tests.operations import stage
from tests.operations.stage import entry

_PINNED = Versions(
    kubernetes="1.36",
    addons={"1.37": {"coredns": "v2", "kept": "v1"}},
    images={"1.36": {"cluster-autoscaler": "v1.36.1"}, "1.38": {"cluster-autoscaler": "v1.38.0"}},
    machine_images={"bottlerocket": "v1.68.0"},
)


def test_the_platforms_own_minor_needs_no_pin_and_the_next_one_does() -> None:
    (own,) = pins.platform(pinned().kubernetes, pinned())
    (following,) = pins.platform("1.99", _PINNED)

    assert own.weight is Weight.FINE
    assert following.weight is Weight.AGAINST
    assert 'platform:cluster.version: "1.36"' in following.text


def test_an_addon_gets_the_version_that_is_pinned_for_the_minor(tmp_path: Path) -> None:
    stack = stage.rehearsed(
        tmp_path,
        entry("addon", "a", {"addonName": "coredns", "addonVersion": "v1"}),
        entry("addon", "b", {"addonName": "kept", "addonVersion": "v1"}),
        entry("addon", "c", {"addonName": "unpinned"}),
    )

    raised, kept, unpinned = pins.addons(stack, "1.37", _PINNED)

    assert (raised.weight, raised.text) == (Weight.FINE, "`coredns`: v1 to v2.")
    assert (kept.weight, kept.text) == (Weight.FINE, "`kept` stays at v1.")
    assert unpinned.weight is Weight.OPEN
    assert "aws eks describe-addon-versions --kubernetes-version 1.37 --addon-name unpinned" in unpinned.text


def test_an_image_of_the_clusters_minor_must_be_pinned_where_the_stack_has_it(tmp_path: Path) -> None:
    stack = stage.rehearsed(tmp_path, entry("release", "autoscaler", {"chart": "cluster-autoscaler"}))

    (missing,) = pins.images(stack, "1.37", _PINNED)
    (there,) = pins.images(stack, "1.38", _PINNED)

    assert missing.weight is Weight.AGAINST
    assert there.weight is Weight.FINE
    assert "v1.38.0" in there.text
    assert not list(pins.images(stage.rehearsed(tmp_path, entry("vpc", "vpc")), "1.37", _PINNED))


def test_karpenters_machine_image_must_be_looked_at(tmp_path: Path) -> None:
    (finding,) = pins.images(stage.rehearsed(tmp_path, entry("machines", "general")), "1.37", _PINNED)

    assert finding.weight is Weight.OPEN
    assert "bottlerocket v1.68.0" in finding.text
