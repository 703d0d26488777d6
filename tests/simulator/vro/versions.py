"""The releases that are simulated and what tells them apart (contract sections 1, 2, 16 and 18)."""

from __future__ import annotations

from dataclasses import dataclass

BASIC, ARIA, VCF = "basic", "aria", "vcf"
"""How one logs in: user and password with every request, vRA's two steps, or the session API of VCF Automation."""

VersionNumber = tuple[int, int]


@dataclass(frozen=True)
class Release:
    """One release."""

    name: str
    """As `--vro-version` and the estate write it."""
    number: VersionNumber
    build: str
    """Build number; only its form is known."""
    patch: str
    """The whole version without the build number."""
    login: str
    """One of BASIC, ARIA, VCF."""

    @property
    def generation(self) -> int:
        """7, 8 or 9."""
        return self.number[0]

    @property
    def separate_ports(self) -> bool:
        """Whether the control centre listens on a port of its own (8283 beside 8281)."""
        return self.generation < 8


RELEASES = {
    one.name: one
    for one in (
        Release("7.3", (7, 3), "5521409", "7.3.0", BASIC),
        Release("7.6", (7, 6), "12923317", "7.6.0", BASIC),
        Release("8.18", (8, 18), "24282366", "8.18.1", ARIA),
        Release("9.1", (9, 1), "24957456", "9.1.0", VCF),
    )
}

# Which release stands beside a vCloud Availability where the estate does not say.
_BESIDE = {"3.0": "7.6", "3.5": "7.6", "4.3": "8.18", "4.7": "9.1"}


def release_of(name: str | None, product_version: str) -> Release:
    """The release of this name, or the one beside a vCloud Availability. Raises ValueError for an unknown one."""
    wanted = name or _BESIDE[product_version]
    if wanted not in RELEASES:
        raise ValueError(f"unknown vRO release '{wanted}'; known are {', '.join(RELEASES)}")
    return RELEASES[wanted]
