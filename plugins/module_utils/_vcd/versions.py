# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API numbers of vCloud Director: which one to speak, and what differs between them (contract vcd-api.md, 1.2 to 1.6).

Pure: the versions document comes in as bytes, the choice goes out as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .._plan import InputError
from .documents import local, parse

Version = tuple[int, int]

OLDEST: Version = (29, 0)
NEWEST: Version = (39, 1)
SHORT_TOKEN_UNTIL: Version = (38, 0)

# feature: first API number that has it
_FEATURES: dict[str, Version] = {
    "openapi_networks": (32, 0),
    "openapi_login": (33, 0),
    "openapi_current_session": (34, 0),
    "openapi_logout": (36, 0),
    "openapi_organizations": (35, 0),
    "openapi_organization_writes": (36, 0),
    "plain_query_filters": (35, 0),
    "api_tokens": (36, 1),
    "defined_entities": (35, 0),
    "entity_if_match": (36, 0),
    "entities_of_all_versions": (37, 0),
    "mqtt_extensions": (35, 0),
    "ui_plugins": (30, 0),
    "branding": (30, 0),
    "theme_css": (31, 0),
    "tenant_branding": (32, 0),
    "branding_themes": (37, 1),
}


@dataclass(frozen=True)
class Offer:
    """One entry of the server's versions document."""

    number: Version
    deprecated: bool


def number(entry: str) -> Version:
    """`36.0` as a pair that compares as numbers; `36` is 36.0. Raises ValueError for anything else, alpha too."""
    found = re.fullmatch(r"\s*(\d+)(?:\.(\d+))?\s*", entry)
    if not found:
        raise ValueError(f"{entry!r} is not an API version")
    return int(found.group(1)), int(found.group(2) or 0)


def text(version: Version) -> str:
    """An API number as requests carry it."""
    return f"{version[0]}.{version[1]}"


def has(version: Version, feature: str) -> bool:
    """True if an API number has a feature of the table above."""
    return version >= _FEATURES[feature]


def pinned(option: str | None) -> Version | None:
    """The API number that the option `vcd_api_version` asks for; None when it is left out. Raises InputError."""
    if not option:
        return None
    try:
        return number(str(option))
    except ValueError as problem:
        advice = 'write it as two numbers in quotes, for example "36.0"'
        raise InputError(f"vcd_api_version is {option!r}: {advice}") from problem


def offers(document: bytes) -> list[Offer]:
    """The entries of `GET /api/versions`, without the alpha ones. Raises ValueError for another document.

    The order of the entries means nothing, and their login addresses differ from server to server: neither is used.
    """
    root = parse(document)
    if local(root) != "SupportedVersions":
        raise ValueError(f"its root is {local(root)}, not SupportedVersions")
    found = []
    for entry in root:
        if local(entry) != "VersionInfo":
            continue
        name = next((child.text for child in entry if local(child) == "Version"), None)
        try:
            found.append(Offer(number(name or ""), entry.get("deprecated", "false").strip().lower() == "true"))
        except ValueError:
            continue  # a number in a notation of its own is none that can be asked for
    if not found:
        raise ValueError("it names no API version")
    return found


def choose(offered: Sequence[Offer], pin: Version | None = None, *, short_token: bool = False) -> Version:
    """The API number to speak: the pinned one, else the newest that both sides know, deprecated ones last.

    `short_token`: the session is a 32 character token, which newer numbers do not take (contract 1.6), so one that
    does is preferred. Raises InputError, which names what the server offers.
    """
    listed = ", ".join(text(version) for version in sorted({offer.number for offer in offered}))
    if pin is not None:
        if any(offer.number == pin for offer in offered):
            return pin
        raise InputError(
            f"vcd_api_version is {text(pin)}, but the server offers {listed}. Give one of these or leave it out"
        )
    known = [offer for offer in offered if OLDEST <= offer.number <= NEWEST]
    if not known:
        raise InputError(
            f"the server offers the API versions {listed}; {text(OLDEST)} to {text(NEWEST)} are known here. "
            "Set vcd_api_version to one of the server's to try it all the same"
        )

    def rank(offer: Offer) -> tuple[bool, bool, Version]:
        takes_token = not short_token or offer.number < SHORT_TOKEN_UNTIL
        return takes_token, not offer.deprecated, offer.number

    return max(known, key=rank).number
