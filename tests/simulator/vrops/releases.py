"""What the simulated releases do differently (contract A1 to A6 and C, 5): later ones have more, and nothing else."""

from __future__ import annotations

Release = tuple[int, int]

RELEASES: tuple[str, ...] = ("6.7", "8.18", "9.1")
DEFAULT = "8.18"
# Release names and builds as a server tells them; numbers of builds are made up.
NAMES = {
    "6.7": ("vRealize Operations Manager 6.7.0", 8183617),
    "8.18": ("VMware Aria Operations 8.18.0", 24025145),
    "9.1": ("VMware Cloud Foundation Operations 9.1.0", 25012345),
}
# Feature: the first release that has it, and the first that has it no longer. In which one each came is INFERRED, but
# for the description of identifiers, which the specification of 9.1 has and that of 9.0 has not.
_FEATURES: dict[str, tuple[Release, Release | None]] = {
    "test_connection": ((8, 0), None),
    "force": ((8, 0), None),
    "credential_patch": ((8, 0), None),
    "ops_token": ((8, 6), None),
    "json_by_default": ((8, 0), None),
    "basic": ((0, 0), (9, 0)),
    "identifier_details": ((9, 1), None),
}


def number(release: str) -> Release:
    """A release as numbers that can be compared."""
    major, _dot, minor = release.partition(".")
    return int(major), int(minor)


def has(release: str, feature: str) -> bool:
    """Whether a release has a feature."""
    since, until = _FEATURES[feature]
    return since <= number(release) and (until is None or number(release) < until)
