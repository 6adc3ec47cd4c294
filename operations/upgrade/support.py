"""Until when AWS supports a minor, at which price, and from when on."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from components.compute import kubernetes_versions
from operations.upgrade.findings import Finding, against, fine, to_look_at

# In force since April 2024, for each cluster and hour:
# https://aws.amazon.com/blogs/containers/amazon-eks-extended-support-for-kubernetes-versions-pricing/
_STANDARD_CENTS: Final = 10
_EXTENDED_CENTS: Final = 60
# As AWS's calculator counts a month.
_HOURS: Final = 730
# When there is so little time left that other things should wait.
_SOON_DAYS: Final = 90


def findings(now: str, target: str, today: date) -> Iterator[Finding]:
    """Yield the ends of support of what runs and of what is to run."""
    for name in (now, target):
        minor = kubernetes_versions.table().get(name)
        if minor is None:
            yield against(
                f"Nothing here says that EKS offers {name}. Ask AWS, `aws eks describe-cluster-versions --query "
                "'clusterVersions[].clusterVersion'`, and write its dates into "
                "`components/compute/kubernetes_versions.toml`."
            )
        else:
            yield _calendar(minor, today)


def price() -> str:
    """Return what extended support costs, as a sentence."""
    extra = (_EXTENDED_CENTS - _STANDARD_CENTS) * _HOURS // 100
    return (
        f"In extended support a control plane costs ${_EXTENDED_CENTS / 100:.2f} an hour and not "
        f"${_STANDARD_CENTS / 100:.2f}: ${extra} more a month. It needs `cluster.support: extended`; with `standard` "
        "AWS upgrades the cluster by itself when standard support ends."
    )


def _calendar(minor: kubernetes_versions.Minor, today: date) -> Finding:
    standard, extended = minor.standard_support_ends, minor.extended_support_ends
    if standard is None or extended is None:
        return to_look_at(f"{minor.name}: AWS had published no end of its support when the table was written.")
    text = f"{minor.name}: standard support until {standard} ({_away(standard, today)}), extended until {extended}."
    if today >= extended:
        return against(f"{text} It is over: AWS upgrades the cluster when it likes.")
    return to_look_at(text) if (standard - today).days < _SOON_DAYS else fine(text)


def _away(day: date, today: date) -> str:
    days = (day - today).days
    return f"{days} days left" if days > 0 else f"{-days} days ago"
