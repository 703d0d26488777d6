"""What the framework and both products have to agree on: short pages, the journal's sessions, who may log in."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from tests.simulator.front import dispatch
from tests.simulator.journal import Entry, masked
from tests.simulator.wire import Reply, Request

from .vcav.asking import NORTH, SOUTH, Estate
from .vcav.asking import PASSWORD as ROOT_PASSWORD
from .vcd.asking import HOST, PASSWORD, V, Vcd, basic

TENANTS = ("Acme", "Tyrell", "Wallace")
XML, JSON = "application/*+xml", "application/*+json"


def through_the_front(vcd: Vcd, method: str, target: str, accept: str = "application/json", **headers: str) -> Reply:
    """One request that passes faults and journal, as it does on a socket."""
    sent = {"host": HOST, "accept": f"{accept};version={vcd.version}", **vcd.headers}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    outcome = dispatch(vcd.world, vcd.service, Request(method, target, sent))
    assert outcome.reply is not None
    return outcome.reply


def entries(vcd: Vcd) -> list[Entry]:
    return list(vcd.world.journal.find())


@pytest.mark.parametrize(("style", "record"), [("records", "OrgRecord"), ("references", "OrgReference")])
def test_a_short_page_shortens_the_xml_pages_of_the_query_service(style: str, record: str) -> None:
    vcd = Vcd("10.3", tenants=TENANTS)
    vcd.log_in()
    target = f"/api/query?type=organization&format={style}&pageSize=2"
    whole = ElementTree.fromstring(through_the_front(vcd, "GET", target, XML).body)
    vcd.world.faults.add("short_page", times=1, parameters={"keep": 1})
    reply = through_the_front(vcd, "GET", target, XML)
    short = ElementTree.fromstring(reply.body)
    assert (len(whole.findall(f"{V}{record}")), len(short.findall(f"{V}{record}"))) == (2, 1)
    assert short.attrib == whole.attrib and short.attrib["total"] == "3"
    assert len(short.findall(f"{V}Link")) == len(whole.findall(f"{V}Link")) == 1
    # The default namespace stays the default one: clients that look for `<OrgRecord` find it (contract vCD 4.5).
    assert f"<{record} ".encode() in reply.body


@pytest.mark.parametrize(("style", "member"), [("records", "record"), ("references", "reference")])
def test_a_short_page_shortens_the_json_pages_of_the_query_service(style: str, member: str) -> None:
    vcd = Vcd("10.3", tenants=TENANTS)
    vcd.log_in()
    vcd.world.faults.add("short_page", times=1, parameters={"keep": 1})
    answer = through_the_front(vcd, "GET", f"/api/query?type=organization&format={style}", JSON).document()
    assert (len(answer[member]), answer["total"]) == (1, 3)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/oauth/provider/token?grant_type=x&assertion=JWT", "/oauth/provider/token?grant_type=x&assertion=***"),
        ("/t?refresh_token=a=b&x=1", "/t?refresh_token=***&x=1"),
        ("/t?vcdP%61ssword=x&&Cookie=y&secret", "/t?vcdP%61ssword=***&&Cookie=***&secret"),
        ("/t?offset=0&limit=1", "/t?offset=0&limit=1"),
        ("/password", "/password"),
    ],
)
def test_secrets_of_a_query_are_masked_whatever_their_name_looks_like(target: str, shown: str) -> None:
    """`/oauth` calls may carry their parameters in the query (contract vCD 2.4)."""
    assert masked(target) == shown


@pytest.mark.parametrize("path", ["/api/sessions", "/cloudapi/1.0.0/sessions/provider"])
def test_one_vcd_session_is_one_session_in_the_journal_whichever_secret_it_shows(path: str) -> None:
    """A login hands out a JWT and, in `/api`, 32 characters; either opens both families (contract vCD 2.1, 2.2)."""
    vcd = Vcd("10.3")
    reply = through_the_front(vcd, "POST", path, XML, authorization=basic("administrator@system"))
    jwt, short = (reply.header(name) for name in ("X-VMWARE-VCLOUD-ACCESS-TOKEN", "x-vcloud-authorization"))
    through_the_front(vcd, "GET", "/api/org", XML, authorization=f"Bearer {jwt}")
    if short:
        through_the_front(vcd, "GET", "/api/org", XML, x_vcloud_authorization=short)
    through_the_front(vcd, "DELETE", "/api/session", XML, authorization=f"Bearer {jwt}")
    seen = entries(vcd)
    assert [entry.status for entry in seen][1:-1] == [200] * (len(seen) - 2)
    assert len({entry.session for entry in seen}) == 1 and seen[0].session
    assert str(jwt) not in str(seen) and PASSWORD not in str(seen)


def _disable(estate: Estate, site: str = NORTH) -> None:
    estate.world.sites[site].organizations["Acme"].enabled = False


def test_users_of_a_disabled_organization_cannot_log_in_at_the_cloud_service() -> None:
    """vCloud Availability asks the vCD about its users (contract vCAV 3.2), and the vCD refuses these."""
    estate = Estate("4.7")
    body = {"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": ROOT_PASSWORD}
    assert estate.log_in(body).status == 200
    _disable(estate)
    assert estate.log_in(body).status == 401
    assert estate.log_in({**body, "vcdUser": "admin@Tyrell"}).status == 200


@pytest.mark.parametrize(
    "extension",
    [
        {"type": "credentials", "site": SOUTH, "vcdUsername": "admin@Acme", "vcdPassword": ROOT_PASSWORD},
        {"type": "multisite", "site": SOUTH, "org": "Acme"},
    ],
)
def test_no_session_is_extended_to_an_organization_that_is_disabled_there(extension: dict[str, Any]) -> None:
    estate = Estate("4.7")
    estate.pair()
    estate.log_in({"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": ROOT_PASSWORD})
    assert estate.ask("POST", "/sessions/extend", extension).status == 200
    _disable(estate, SOUTH)
    assert estate.ask("POST", "/sessions/extend", extension).status == 401
