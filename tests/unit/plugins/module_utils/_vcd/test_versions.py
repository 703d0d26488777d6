"""Which API number is spoken."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import versions
from tests.unit.plugins.module_utils._vcd.scripted import versions_document


def chosen(*offered: str, pin: str | None = None, short_token: bool = False) -> str:
    found = versions.offers(versions_document(*offered))
    return versions.text(versions.choose(found, versions.pinned(pin), short_token=short_token))


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (["31.0!", "36.0", "37.0"], "37.0"),
        (["37.0", "36.0", "5.5"], "37.0"),
        (["9.0", "29.0", "30.0"], "30.0"),
        (["36.3", "36.10"], "36.10"),
        (["31.0!", "32.0!"], "32.0"),
        (["36.0", "37.0!"], "36.0"),
        (["38.0!", "39.1", "40.0"], "39.1"),
        (["39.1!", "40.0"], "39.1"),
    ],
)
def test_the_newest_number_that_both_sides_know_is_spoken(offered: list[str], expected: str) -> None:
    assert chosen(*offered) == expected


def test_a_pinned_number_is_spoken_even_when_deprecated_or_unknown_here() -> None:
    assert chosen("35.0!", "36.0", pin="35.0") == "35.0"
    assert chosen("36.0", "40.0", pin="40.0") == "40.0"
    assert chosen("36.0", "37.0", pin="36") == "36.0"


def test_a_pinned_number_that_is_not_offered_names_those_that_are() -> None:
    with pytest.raises(InputError, match=r"vcd_api_version is 38\.0, but the server offers 36\.0, 37\.0"):
        chosen("37.0", "36.0", pin="38.0")


def test_a_pinned_number_must_be_a_number() -> None:
    with pytest.raises(InputError, match="vcd_api_version is 'latest'"):
        versions.pinned("latest")


def test_nothing_in_common_names_both_sides() -> None:
    with pytest.raises(InputError, match=r"offers the API versions 40\.0, 40\.1; 29\.0 to 39\.1 are known here"):
        chosen("40.0", "40.1")


def test_a_short_token_prefers_numbers_that_take_it() -> None:
    assert chosen("36.0!", "37.2", "38.0", short_token=True) == "37.2"
    assert chosen("36.0!", "38.0", short_token=True) == "36.0"
    assert chosen("38.0", "39.0", short_token=True) == "39.0"


def test_alpha_versions_and_addresses_are_no_offers() -> None:
    document = versions_document("36.0").replace(
        b"</SupportedVersions>",
        b'<AlphaVersion deprecated="false"><Version>37.0.0-alpha-1</Version></AlphaVersion>'
        b'<VersionInfo deprecated="false"><Version>37.0.0-alpha-2</Version></VersionInfo>'
        b"<SchemaRoot>https://vcd.example.test/api/v1.5/schema/</SchemaRoot></SupportedVersions>",
    )
    assert versions.offers(document) == [versions.Offer((36, 0), False)]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "not XML"),
        (b"<html><body>Sign in</body></html>", "its root is html"),
        (b"not xml at all", "not XML"),
        (b'{"versionInfo": []}', "not XML"),
        (b"<SupportedVersions/>", "names no API version"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><SupportedVersions>&x;</SupportedVersions>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><SupportedVersions/>', "document type"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"), "document type"),
    ],
)
def test_another_document_is_refused_with_a_reason(document: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        versions.offers(document)
