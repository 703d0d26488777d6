"""Releases, API numbers, what a release offers, and what a client asks for in `Accept` (contract 1.2 to 1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .markup import Element, document

ApiNumber = tuple[int, int]

RELEASES: dict[str, str] = {
    "9.0": "29.0",
    "9.1": "30.0",
    "9.5": "31.0",
    "9.7": "32.0",
    "10.0": "33.0",
    "10.1": "34.0",
    "10.2": "35.0",
    "10.2.2": "35.2",
    "10.3": "36.0",
    "10.3.1": "36.1",
    "10.3.2": "36.2",
    "10.3.3": "36.3",
    "10.4": "37.0",
    "10.4.1": "37.1",
    "10.4.2": "37.2",
    "10.5": "38.0",
    "10.5.1": "38.1",
    "10.6": "39.0",
    "10.6.1": "39.1",
}
"""Product release -> its own API number (section 1.2)."""

# A 10.2 server was recorded with 30.0 to 35.2: five generations back. Taken for all releases (INFERRED).
_GENERATIONS_BACK = 5
# "The oldest marked deprecated" (section 1.2) without a number: everything more than two generations old (INFERRED).
_GENERATIONS_CURRENT = 2
VERSIONS_NAMESPACE = "http://www.vmware.com/vcloud/versions"
_PARAMETER = re.compile(r";\s*version\s*=\s*([^;,\s]*)", re.IGNORECASE)


def number(text: str) -> ApiNumber:
    """`"36.1"` as a pair that compares as numbers. Raises ValueError for anything else (alpha names too)."""
    major, _dot, minor = text.partition(".")
    return int(major), int(minor or 0)


def of_release(release: str) -> str:
    """The API number of a product release; of `10.3.3.1` that of `10.3.3`. Raises ValueError for an unknown release."""
    parts = release.split(".")
    while parts:
        known = RELEASES.get(".".join(parts))
        if known is not None:
            return known
        parts.pop()
    raise ValueError(f"unknown vCD release {release!r}; known are {', '.join(RELEASES)}")


def default_release(vcav_version: str) -> str:
    """The vCD release that stands beside a vCAV release when the estate file names none."""
    generation = number(".".join(vcav_version.split(".")[:2]))
    if generation < (3, 5):
        return "9.7"
    if generation < (4, 0):
        return "10.0"
    return "10.4" if generation < (4, 7) else "10.5"


@dataclass(frozen=True)
class Offer:
    """One entry of the versions document."""

    version: str
    number: ApiNumber
    deprecated: bool


def offers_of(release: str, override: Iterable[str] = ()) -> tuple[Offer, ...]:
    """What a server of this release offers, oldest first; `override` (API numbers) replaces the derived list."""
    own = number(of_release(release))
    numbers = list(override) or [
        api for api in RELEASES.values() if own[0] - _GENERATIONS_BACK <= number(api)[0] and number(api) <= own
    ]
    newest = max(number(api) for api in numbers)
    oldest_current = newest[0] - _GENERATIONS_CURRENT
    return tuple(Offer(api, number(api), number(api)[0] < oldest_current) for api in sorted(numbers, key=number))


def login_url(offer: Offer, base_url: str) -> str:
    """The address named by an entry: `/api/sessions` up to 35.x, the OpenAPI one from 36.0 (section 1.3)."""
    return f"{base_url}/api/sessions" if offer.number < (36, 0) else f"{base_url}/cloudapi/1.0.0/sessions"


def versions_xml(offers: Iterable[Offer], base_url: str) -> bytes:
    """`SupportedVersions`, every address with the host and port of the request."""
    entries = []
    for offer in offers:
        children = [Element("Version", text=offer.version), Element("LoginUrl", text=login_url(offer, base_url))]
        if offer.number >= (36, 0):
            children.append(Element("ProviderLoginUrl", text=f"{login_url(offer, base_url)}/provider"))
        entries.append(Element("VersionInfo", {"deprecated": offer.deprecated}, children))
    entries.append(Element("SchemaRoot", text=f"{base_url}/api/v1.5/schema/"))
    return document(Element("SupportedVersions", {}, entries), VERSIONS_NAMESPACE)


def versions_json(offers: Iterable[Offer], base_url: str) -> dict[str, object]:
    """The JSON form of the same document."""
    return {
        "versionInfo": [
            {"version": offer.version, "loginUrl": login_url(offer, base_url), "deprecated": offer.deprecated}
            for offer in offers
        ],
        "any": [],
        "otherAttributes": {},
    }


@dataclass(frozen=True)
class Accepted:
    """What one `Accept` header asks for: the API number (None = none named or not offered) and the notation."""

    version: str | None
    number: ApiNumber
    json: bool
    xml: bool


def read_accept(header: str, offered: Iterable[str]) -> Accepted:
    """All forms of section 1.4. Of several media ranges the first with a version that is offered decides the number.

    `json` and `xml` tell which notation is named; with a wildcard both are False and the family's own notation is used.
    """
    known = set(offered)
    media = header.lower()
    for found in _PARAMETER.findall(header):
        if found in known:
            return Accepted(found, number(found), "json" in media, "xml" in media)
    return Accepted(None, (0, 0), "json" in media, "xml" in media)
