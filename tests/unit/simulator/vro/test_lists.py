"""What lists look like, which release honours which query, and what else every answer keeps to (contract 3, 4, 19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.simulator.vro import listing
from tests.simulator.vro.exchange import Exchange, Refusal
from tests.simulator.wire import Request
from tests.unit.simulator.vro.asking import HOST, VERSIONS, Vro, attributes

Make = Callable[..., Vro]
NAMES = ("alpha", "Beta", "gamma", "alphabet")


def asked(vro: Vro, name: str, query: str = "") -> dict[str, Any]:
    """What a list of four rows answers to a query."""
    exchange = Exchange(Request("GET", f"/vco/api/{name}?{query}", {"host": HOST}), vro.server)
    rows = [
        listing.link(vro.server.href(exchange, name, one), {"name": one, "description": None, "canEdit": True})
        for one in NAMES
    ]
    return listing.select(exchange, name, rows)


def names(document: dict[str, Any]) -> list[str | None]:
    """The names of its rows."""
    return [attributes(one)["name"] for one in document["link"]]


def test_a_link_has_texts_and_omits_what_has_no_value(vro: Make) -> None:
    row = asked(vro("8.18"), "actions")["link"][0]
    assert row["attributes"] == [
        {"name": "name", "value": "alpha"},
        {"name": "description"},
        {"name": "canEdit", "value": "true"},
    ]
    assert row["href"] == f"https://{HOST}/vco/api/actions/alpha/" and row["rel"] == "down"
    assert listing.link("https://x/", rel="add") == {"href": "https://x/", "rel": "add"}


def test_addresses_are_encoded_twice() -> None:
    assert listing.address("https://x", "packages", "a b@c/d") == "https://x/vco/api/packages/a%2Bb%2540c%252Fd/"
    assert listing.address("https://x") == "https://x/vco/api/"


@pytest.mark.parametrize(
    ("version", "query", "found"),
    [
        ("7.6", "conditions=name=alpha", ["alpha"]),
        ("7.6", "conditions=name~alpha", ["alpha", "alphabet"]),
        ("7.6", "conditions=name~beta", []),
        ("7.6", "maxResult=2&startIndex=1", ["Beta", "gamma"]),
        ("8.18", "conditions=name=alpha", [*NAMES]),
        ("8.18", "maxResult=2&startIndex=1", ["alpha", "Beta"]),
        ("9.1", "conditions=name~BETA", ["Beta"]),
        ("9.1", "conditions=name~alpha,name~bet", ["alphabet"]),
        ("9.1", "conditions=name~alpha&conditions=name~bet", ["alphabet"]),
        ("9.1", "maxResult=2&startIndex=1", ["alpha", "Beta"]),
    ],
)
def test_what_becomes_of_a_query_of_workflows(vro: Make, version: str, query: str, found: list[str]) -> None:
    assert names(asked(vro(version), "workflows", query)) == found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["actions", "packages", "configurations", "resources", "categories", "plugins"])
def test_other_lists_are_always_whole(vro: Make, version: str, name: str) -> None:
    document = asked(vro(version), name, "conditions=name=alpha&maxResult=1&startIndex=2&queryCount=true")
    assert names(document) == [*NAMES] and document["total"] == 4


def test_totals_and_counts(vro: Make) -> None:
    assert asked(vro("8.18"), "workflows")["total"] == -1
    assert asked(vro("7.6"), "workflows", "maxResult=1&queryCount=true")["total"] == 4
    with pytest.raises(Refusal, match="isQueryCount is not implemented for the type Workflow") as refused:
        asked(vro("9.1"), "workflows", "queryCount=true")
    assert refused.value.status == 400
    assert asked(vro("9.1"), "workflows", "queryCount=false")["total"] == 4


def test_a_comma_may_belong_to_the_value(vro: Make) -> None:
    exchange = Exchange(Request("GET", "/x?conditions=name%3Da%2C%20b,state~c", {}), vro("7.6").server)
    assert listing.conditions_of(exchange) == [
        listing.Condition("name", "=", "a, b"),
        listing.Condition("state", "~", "c"),
    ]
    with pytest.raises(Refusal):
        listing.conditions_of(Exchange(Request("GET", "/x?conditions=name", {}), vro("7.6").server))
    assert listing.Condition("timestamp", ">", "15").fits({"timestamp": "16"})
    assert not listing.Condition("timestamp", "<", "15").fits({"timestamp": "16"})


@pytest.mark.parametrize("version", VERSIONS)
def test_a_slash_at_the_end_and_unknown_queries_change_nothing(vro: Make, version: str) -> None:
    one = vro(version)
    for path in ("categories", "users", "catalog/vCloud/VM", "server/permissions"):
        assert one.get(path) == one.get(f"{path}/") == one.get(f"{path}?unknown=1&importTagMode=x")
    assert one.ask("HEAD", "users/").status == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_errors_are_pages_before_8_and_json_later(vro: Make, version: str) -> None:
    one = vro(version)
    missing, method = one.ask("GET", "nothing/at/all"), one.ask("PATCH", "categories")
    assert (missing.status, method.status) == (404, 405)
    absent = one.ask("GET", "categories/nobody")
    if version < "8":
        assert all(str(each.header("content-type")).startswith("text/html") for each in (missing, method, absent))
        assert b"nobody" in absent.body and absent.header("x-request-id") is None
    else:
        assert set(missing.document()) >= {"timestamp", "path", "status", "error", "message", "requestId", "@type"}
        assert missing.document()["requestId"] == missing.header("x-request-id")
        assert list(absent.document()) == ["message"]


def test_bodies_that_cannot_be_read(vro: Make) -> None:
    one = vro("8.18")
    assert one.ask("POST", "categories", b"{", content_type="application/json").status == 400
    assert one.ask("POST", "categories", b"[]", content_type="application/json").status == 400
    assert one.ask("POST", "categories", b"name=x", content_type="text/plain").status == 415
    # A content type beside a GET bothers nobody.
    assert one.ask("GET", "users", content_type="application/json").status == 200


def test_xml_is_for_lists(vro: Make) -> None:
    one = vro("7.6")
    reply = one.ask("GET", "categories?isRoot=true", accept="application/xml")
    root = ElementTree.fromstring(reply.body)
    space = "{http://www.vmware.com/vco}"
    assert root.tag == f"{space}categories" and root.get("total") == str(len(one.rows("categories?isRoot=true")))
    found = root.find(f"{space}link/{space}attributes/{space}attribute")
    assert found is not None and found.get("name") == "id" and found.get("value")
    assert one.ask("GET", "about", accept="application/xml").status == 406
    assert one.ask("GET", "about", accept="*/*").status == 200


def test_addresses_can_carry_the_servers_own_name(vro: Make) -> None:
    one = vro("7.3")
    assert one.get("categories")["link"][0]["href"].startswith(f"https://{HOST}/")
    one.server.settings.internal_hrefs = True
    assert one.get("categories")["link"][0]["href"].startswith("https://vro.example.test:8281/vco/api/")
