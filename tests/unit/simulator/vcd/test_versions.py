"""The versions document and what `Accept` must say (contract sections 1.2 to 1.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.simulator.estate import BadEstate
from tests.simulator.vcd.versions import RELEASES, default_release, offers_of
from tests.unit.simulator.vcd.asking import HOST, Vcd

N = "{http://www.vmware.com/vcloud/versions}"
Maker = Callable[..., Vcd]

# Table 1.2
NUMBERS = {
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


def document(vcd: Vcd, target: str = "/api/versions") -> ElementTree.Element:
    reply = vcd.get(target, accept="")
    assert reply.status == 200
    assert reply.header("content-type") == "text/xml"
    return ElementTree.fromstring(reply.body)


@pytest.mark.parametrize(("release", "number"), NUMBERS.items())
def test_each_release_offers_its_own_number_as_the_newest(vcd: Maker, release: str, number: str) -> None:
    entries = document(vcd(release)).findall(f"{N}VersionInfo")
    offered = [entry.findtext(f"{N}Version") for entry in entries]
    assert offered[-1] == number
    assert entries[-1].get("deprecated") == "false"
    assert set(offered) <= set(NUMBERS.values())


def test_the_recorded_10_2_server_is_met() -> None:
    assert [offer.version for offer in offers_of("10.2.2")] == ["30.0", "31.0", "32.0", "33.0", "34.0", "35.0", "35.2"]
    assert offers_of("10.2.2")[0].deprecated
    assert RELEASES == NUMBERS


@pytest.mark.parametrize("target", ["/api/versions", "//api/versions", "/api/versions/", "//api//versions/"])
def test_versions_need_neither_login_nor_version_nor_a_tidy_path(vcd: Maker, target: str) -> None:
    assert document(vcd("9.7"), target).tag == f"{N}SupportedVersions"


def test_login_addresses_differ_per_entry_and_carry_host_and_port_of_the_request(vcd: Maker) -> None:
    found = {
        entry.findtext(f"{N}Version"): (entry.findtext(f"{N}LoginUrl"), entry.findtext(f"{N}ProviderLoginUrl"))
        for entry in document(vcd("10.3")).findall(f"{N}VersionInfo")
    }
    assert found["35.2"] == (f"https://{HOST}/api/sessions", None)
    new = f"https://{HOST}/cloudapi/1.0.0/sessions"
    assert found["36.0"] == (new, f"{new}/provider")
    assert document(vcd("10.3")).findtext(f"{N}SchemaRoot") == f"https://{HOST}/api/v1.5/schema/"


def test_versions_in_json(vcd: Maker) -> None:
    reply = vcd("9.7").get("/api/versions", accept="application/*+json")
    body = json.loads(reply.body)
    assert body["any"] == [] and body["otherAttributes"] == {}
    assert body["versionInfo"][-1] == {
        "version": "32.0",
        "loginUrl": f"https://{HOST}/api/sessions",
        "deprecated": False,
    }


@pytest.mark.parametrize(("product", "release"), [("3.0", "9.7"), ("3.5", "10.0"), ("4.3", "10.4"), ("4.7", "10.5")])
def test_without_a_version_in_the_estate_the_release_fits_the_product(vcd: Maker, product: str, release: str) -> None:
    assert vcd(None, product_version=product).service.release == release
    assert default_release(product) == release


def test_an_unknown_release_is_refused_with_the_known_ones(vcd: Maker) -> None:
    with pytest.raises(BadEstate, match="North: unknown vCD release '8.20'; known are 9.0, 9.1"):
        vcd("8.20")


@pytest.mark.parametrize(
    ("accept", "path", "content_type"),
    [
        ("application/*+xml;version=36.0", "/api/session", "application/vnd.vmware.vcloud.session+xml;version=36.0"),
        ("application/*;version=37.0", "/api/session", "application/vnd.vmware.vcloud.session+xml;version=37.0"),
        ("application/json;version=36.0", "/cloudapi/1.0.0/orgs", "application/json;version=36.0"),
        ("application/*+json;version=37.0", "/api/session", "application/vnd.vmware.vcloud.session+json;version=37.0"),
        ("application/xml;version=37.0", "/api/session", "application/vnd.vmware.vcloud.session+xml;version=37.0"),
        (
            "vnd.vmware.vcloud.org+xml;version=37.0",
            "/api/org",
            "application/vnd.vmware.vcloud.orgList+xml;version=37.0",
        ),
        ("*/*;version=33.0", "/cloudapi/1.0.0/sessions", "application/json;version=33.0"),
        (
            "image/png;version=33.0, image/x-icon;version=33.0",
            "/cloudapi/1.0.0/sessions",
            "application/json;version=33.0",
        ),
        ("application/json;version=37.0;multisite=global", "/cloudapi/1.0.0/orgs", "application/json;version=37.0"),
        ("application/json; version=37.0", "/cloudapi/1.0.0/orgs", "application/json;version=37.0"),
    ],
)
def test_every_form_of_accept_is_understood(system: Maker, accept: str, path: str, content_type: str) -> None:
    reply = system("10.4").get(path, accept=accept)
    assert (reply.status, reply.header("content-type")) == (200, content_type)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/json;version=",
        "application/json;version=32.0",
        "application/*;version=37.0.0-alpha-1",
    ],
)
@pytest.mark.parametrize("path", ["/api/session", "/cloudapi/1.0.0/orgs"])
def test_without_a_version_that_is_offered_the_answer_is_406(system: Maker, accept: str, path: str) -> None:
    vcd = system("10.5")
    reply = vcd.get(path, accept=accept)
    assert reply.status == 406
    if path.startswith("/api/") and "json" not in accept:
        assert ElementTree.fromstring(reply.body).get("majorErrorCode") == "406"
    else:
        assert json.loads(reply.body)["minorErrorCode"] == "NOT_ACCEPTABLE"


def test_the_version_decides_whether_a_call_exists(system: Maker) -> None:
    vcd = system("10.3")
    expected = [
        ("GET", "/cloudapi/1.0.0/orgs", "34.0", 404),
        ("GET", "/cloudapi/1.0.0/orgs", "35.0", 200),
        ("POST", "/cloudapi/1.0.0/orgs", "35.2", 404),
        ("POST", "/cloudapi/1.0.0/orgs", "36.0", 415),
        ("GET", "/cloudapi/1.0.0/sessions/current", "33.0", 404),
        ("GET", "/cloudapi/1.0.0/sessions/current", "34.0", 200),
        ("DELETE", "/cloudapi/1.0.0/sessions/current", "35.2", 404),
        ("GET", "/cloudapi/1.0.0/sessions", "32.0", 404),
        ("GET", "/cloudapi/1.0.0/sessions", "33.0", 200),
    ]
    for method, path, version, status in expected:
        accept = f"application/json;version={version}"
        assert vcd.ask(method, path, accept=accept).status == status, (method, path, version)


def test_the_list_can_be_another_one(vcd: Maker) -> None:
    """A server that is newer than its clients, or one that offers what nobody expects (section 9, point 1)."""
    made = vcd("10.6", api_versions=("31.0", "36.0", "39.0", "40.0"))
    document = json.loads(made.get("/api/versions", accept="application/*+json").body)
    assert [one["version"] for one in document["versionInfo"]] == ["31.0", "36.0", "39.0", "40.0"]
    made.log_in()
    assert made.get("/cloudapi/branding", accept="application/json;version=36.0").status == 200
    assert made.get("/cloudapi/branding", accept="application/json;version=38.0").status == 406
    with pytest.raises(BadEstate):
        vcd("10.6", api_versions=("newest",))
