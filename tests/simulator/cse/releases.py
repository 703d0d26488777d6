"""The releases of CSE, and which vCD each of them goes with (contract section 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from ..vcd.versions import ApiNumber, Offer

NONE = "none"
FIRST, SECOND, NATIVE, POLLED = "first", "second", "native", "polled"
"""The sides: 1.2 and 2.0; 2.6 and the legacy mode of 3.x; `/api/cse/3.0`; 4.x, which has no calls of its own."""


@dataclass(frozen=True)
class Release:
    """One release."""

    name: str
    full: str
    """What `version` of `/api/cse/system` says."""
    speaks: tuple[int, int]
    """Lowest and highest major API number of the vCD that it works with; those of 4.x are INFERRED."""
    rde: str = ""
    """Version of the entity type that it writes on its newest API."""

    def spoken(self, offers: tuple[Offer, ...]) -> list[ApiNumber]:
        """The API numbers of a vCD that it can use."""
        low, high = self.speaks
        return [one.number for one in offers if low <= one.number[0] <= high]


RELEASES: dict[str, Release] = {
    one.name: one
    for one in (
        Release("1.2", "1.2.7", (27, 31)),
        Release("2.0", "2.0.0", (31, 31)),
        Release("2.6", "2.6.1", (31, 34)),
        Release("3.0", "3.0.5", (33, 35), "1.0.0"),
        Release("3.1", "3.1.4", (33, 36), "2.1.0"),
        Release("4.0", "4.0.4", (37, 37), "1.1.0"),
        Release("4.1", "4.1.1", (37, 38), "1.2.0"),
        Release("4.2", "4.2.3", (37, 39), "1.3.0"),
    )
}
CHOICES = (NONE, *RELEASES)


def usable(release: Release, legacy_mode: bool, offers: tuple[Offer, ...]) -> list[ApiNumber]:
    """The API numbers that a release in a mode can use of a vCD; none when they do not fit.

    3.1 serves 33 and 34 in legacy mode and nothing older than 35 otherwise; 3.0 has no such switch.
    """
    found = release.spoken(offers)
    if release.name == "3.1":
        found = [one for one in found if (one < (35, 0)) is legacy_mode]
    return found


def side_of(release: Release, legacy_mode: bool, numbers: list[ApiNumber]) -> str:
    """Which side a server has: of 3.0 the newest API of its vCD decides."""
    if release.name in ("1.2", "2.0"):
        return FIRST
    if release.name.startswith("4."):
        return POLLED
    if release.name == "2.6" or legacy_mode or max(numbers) < (35, 0):
        return SECOND
    return NATIVE


def misfit(release: Release, legacy_mode: bool, offers: tuple[Offer, ...], vcd_release: str) -> str:
    """The sentence that refuses a CSE, with those that would fit."""
    fits = [name for name, one in RELEASES.items() if usable(one, False, offers)]
    if usable(RELEASES["3.1"], True, offers):
        fits.append("3.1 in legacy mode")
    mode = " in legacy mode" if legacy_mode else ""
    low, high = release.speaks
    return (
        f"CSE {release.name}{mode} does not fit vCD {vcd_release}, which offers API {offers[0].version} to "
        f"{offers[-1].version}: it needs one of {low} to {high}"
        f"{' (33 or 34)' if legacy_mode else ' (35 or 36)' if release.name == '3.1' else ''}. "
        f"CSE {', '.join(fits) or NONE} would fit"
    )
