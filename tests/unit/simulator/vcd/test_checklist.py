"""The checklist of the contract (section 9), held against *every* call that the simulated vCD answers.

What each point promises of single calls is proved where those calls are:

1  versions: test_versions.py; addresses carry host and port, and lead somewhere: here
2  log-ins: test_sessions.py                         3  `Accept`: test_versions.py; 406 on every call: here
4  tokens, expiry, log-out: test_sessions.py         5  links: test_sessions.py, test_legacy_organizations.py, here
6  queries: test_query.py, test_filter.py, test_query_inventory.py
7  branding: test_branding.py, test_images.py, test_themes.py
8  403 for what is missing: here                     9  tasks: test_tasks.py
10 extensions: test_extensions.py, test_extensions_mqtt.py
11 defined entities: test_entities.py                12 request ids on every answer: test_errors.py, here
13 tenants: test_branding.py, test_users_and_roles.py; every write of the provider's: here
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.simulator.vcd.routes import Route
from tests.simulator.wire import Reply, Request
from tests.unit.simulator.vcd.asking import HOST, Vcd

Maker = Callable[..., Vcd]
NOBODY = "11111111-2222-3333-4444-555555555555"
FORBIDDEN = "ACCESS_TO_RESOURCE_IS_FORBIDDEN"
BASE = f"https://{HOST}"
# Answers about single objects that are not 403 when there is no such object, and why.
NOT_403 = (
    # section 3.1, the schema of themes; 3.9, that of flags
    (r"/cloudapi/branding/themes/\*(/css)?", 404),
    (r"/cloudapi/1\.0\.0/featureFlags/\*", 404),
    # section 1.1: roles are among the few that answer 404
    (r"/cloudapi/1\.0\.0/(roles|globalRoles|rightsBundles)/\*(/rights|/tenants)?", 404),
    # lists of what there may be none of
    (r"/cloudapi/1\.0\.0/entities/(types|interfaces)/.*", 200),
    # section 5.4, a null pointer
    (r"/cloudapi/extensions/ui/\*(/tenants)?", 500),
    # section 3.3: unknown organizations get the system's branding
    (r"/cloudapi/branding/tenant/\*(/logo|/icon)?", 200),
)
# An address that is shown because the real documents show it, and that leads nowhere: the resolver without an entity.
NOT_THERE = re.compile(r"/api/entity/$")
# What stands before the UUID in some addresses of `/api` (section 4.4).
KINDS = (
    ("/controlAccess", "vapp-"), ("/networkConnectionSection", "vm-"), ("/vApp/", "vm-"),
    ("/vAppTemplate/", "vappTemplate-"), ("/1.0.0/entity/", "urn:vcloud:org:"), ("/api/entity/", "urn:vcloud:org:"),
)  # fmt: skip


def calls(vcd: Vcd) -> Iterator[tuple[str, str, Route]]:
    """Every call of a vCD: method, path with `*`, route."""

    def below(node: Any, path: str) -> Iterator[tuple[str, str, Route]]:
        for method, route in node.calls.items():
            yield method, path, route
        for part, child in node.children.items():
            yield from below(child, f"{path}/{part}")

    yield from below(vcd.service._routes._root, "")


def with_ids(path: str, identity: str = NOBODY) -> str:
    return path.replace("*", identity)


def ask(vcd: Vcd, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
    accept = "*/*" if path.startswith("/cloudapi") else "application/*+xml"
    return vcd.ask(method, path, body, **{"accept": f"{accept};version={vcd.version}", **headers})


def switched_on(vcd: Vcd) -> Vcd:
    """With the features on that are behind a flag."""
    for name in list(vcd.service.portal.flags._flags):
        vcd.service.portal.flags.switch(name, True)
    return vcd


def addresses(reply: Reply) -> list[str]:
    """Every absolute address in an answer: headers, attributes, texts."""
    found = [value for name, value in reply.headers if name.lower() in ("location", "content-location")]
    for name, value in reply.headers:
        if name.lower() == "link":
            found += re.findall(r"<([^>]*)>", value)
    if reply.body.startswith(b"<?xml"):
        for element in ElementTree.fromstring(reply.body).iter():
            found += [element.get("href") or ""]
            if element.tag.rpartition("}")[2] in ("LoginUrl", "ProviderLoginUrl", "SchemaRoot", "RestApiEndpoint"):
                found.append(element.text or "")
    return [one for one in found if one]


@pytest.mark.parametrize("release", ["9.7", "10.3", "10.6"])
@pytest.mark.parametrize("user", ["administrator@system", "admin@Tyrell"])
def test_every_address_carries_host_and_port_and_leads_somewhere(vcd: Maker, release: str, user: str) -> None:
    """Points 1 and 5: from the session on, whatever has an address can be read by whoever was shown it, in both
    notations. Links that say `down`, `up`, `alternate`, `nextPage`, `rights` or nothing are followed; others are for
    writing."""
    made = vcd(release)
    made.log_in(user)
    ahead, seen, failures = ["/api/session", "/api/query", "/api/org", "/api/admin"], set(), []
    of_a_kind: Counter[str] = Counter()
    while ahead:
        target = ahead.pop()
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", target)
        # A few of a kind are enough, and pages of pages never end.
        if target in seen or of_a_kind[kind] >= 3 or NOT_THERE.match(target):
            continue
        seen.add(target)
        of_a_kind[kind] += 1
        reply = made.get(target, accept=f"application/*+xml;version={made.version}")
        variant = made.get(target, accept=f"application/*+json;version={made.version}")
        if (reply.status, variant.status) != (200, 200):
            failures.append((reply.status, variant.status, target))
            continue
        assert isinstance(json.loads(variant.body), dict)
        assert all(one.startswith((BASE, "urn:")) for one in addresses(reply)), target
        for element in ElementTree.fromstring(reply.body).iter():
            href, rel = element.get("href"), (element.get("rel") or "").partition(":")[0]
            if not href or not href.startswith(f"{BASE}/api"):
                continue
            if not element.tag.endswith("}Link") or rel in ("down", "up", "alternate", "nextPage", "rights", ""):
                ahead.append(href.removeprefix(BASE))
    assert not failures, failures
    assert len(seen) > 100


@pytest.mark.parametrize("release", ["9.7", "10.3", "10.6"])
def test_what_is_missing_is_forbidden(system: Maker, release: str) -> None:
    """Point 8: 403 with the exact code for every single object, where the contract says nothing else."""
    vcd = switched_on(system(release))
    asked, others = 0, []
    for method, path, route in calls(vcd):
        if method != "GET" or "*" not in path or route.anonymous or vcd.service.offers[-1].number < route.since:
            continue
        wanted = next((status for pattern, status in NOT_403 if re.fullmatch(pattern, path)), 403)
        prefix = next((start for part, start in KINDS if part in path), "")
        reply = ask(vcd, method, with_ids(path, prefix + NOBODY))
        if reply.status != wanted or (wanted == 403 and FORBIDDEN.encode() not in reply.body):
            others.append((path, reply.status, reply.body))
        asked += 1
    assert not others and asked > 20, others


@pytest.mark.parametrize("release", ["9.7", "10.6"])
@pytest.mark.parametrize("user", [None, "administrator@system"])
def test_every_answer_has_its_request_id(vcd: Maker, release: str, user: str | None) -> None:
    """Point 12, and point 3: a version that is not offered is 406 wherever a version is asked for."""
    made = switched_on(vcd(release))
    if user:
        made.log_in(user)
    for method, path, route in calls(made):
        for accept in (f"application/json;version={made.version}", "application/json;version=99.0"):
            # Ending the session would make everything after it a 401.
            if method == "DELETE" and "session" in path:
                continue
            client = "client-1"
            reply = made.ask(method, with_ids(path), accept=accept, x_vmware_vcloud_client_request_id=client)
            identity = reply.header("X-VMWARE-VCLOUD-REQUEST-ID") or ""
            assert re.fullmatch(rf"{client}-[0-9a-f-]{{36}}", identity), (method, path)
            if reply.status >= 400 and not path.startswith("/oauth"):
                assert f"[ {identity} ] ".encode() in reply.body, (method, path, reply.body)
            if accept.endswith("99.0") and not route.any_version:
                assert reply.status == 406, (method, path)
            if user is None and accept.endswith(made.version) and not (route.anonymous or route.public):
                assert reply.status in (401, 404), (method, path)


# What a tenant's administrator may write at all; whether it may in a single case is for the tests of these calls.
TENANT_WRITES = re.compile(
    r"/(api/session.*|api/task/.*|cloudapi/1\.0\.0/(sessions|tokens|users|roles|serviceAccounts|deviceLookup|entities)/?.*"
    r"|cloudapi/1\.0\.0/(entityTypes|interfaces)/.*|oauth/.*|transfer/.*|api/vApp/.*|api/vdc/.*|api/catalog.*"
    r"|api/admin/org/\*/(users|groups|roles|catalogs).*|api/org/.*)"
)


@pytest.mark.parametrize("release", ["9.7", "10.3", "10.6"])
def test_a_tenants_administrator_writes_nothing_of_the_providers(vcd: Maker, release: str) -> None:
    """Point 13: every write of branding, plug-ins, extensions, organizations and so on is 403 for a tenant."""
    made = switched_on(vcd(release))
    made.log_in("admin@Tyrell")
    own = made.world.sites["North"].organizations["Tyrell"].id
    refused = 0
    for method, path, route in calls(made):
        if not route.writes or TENANT_WRITES.fullmatch(path) or made.service.offers[-1].number < route.since:
            continue
        for identity in (NOBODY, own, "Tyrell", "Default", f"urn:vcloud:org:{own}"):
            reply = ask(made, method, with_ids(path, identity), b"{}", content_type="application/json")
            assert reply.status == 403 and FORBIDDEN.encode() in reply.body, (method, path, reply.status, reply.body)
            refused += 1
    assert refused > 50


def test_whatever_is_no_get_is_a_write_or_is_known_to_change_nothing(system: Maker) -> None:
    """Refused writes and the journal depend on it."""
    harmless = {
        ("POST", "/api/sessions"), ("DELETE", "/api/session"), ("POST", "/cloudapi/1.0.0/sessions"),
        ("POST", "/cloudapi/1.0.0/sessions/provider"), ("DELETE", "/cloudapi/1.0.0/sessions/*"),
        ("POST", "/oauth/tenant/*/token"), ("POST", "/oauth/provider/token"),
        # A device asks to be let in; the write is that of the administrator who does it.
        ("POST", "/oauth/tenant/*/device_authorization"), ("POST", "/oauth/provider/device_authorization"),
        ("POST", "/api/admin/extension/settings/amqp/action/test"),
    }  # fmt: skip
    vcd = system("10.6")
    found = {(method, path) for method, path, route in calls(vcd) if method != "GET" and not route.writes}
    assert found <= harmless, found - harmless
    for method, path, route in calls(vcd):
        assert vcd.service.is_write(Request(method, with_ids(path))) is (route.writes and method != "GET"), path


BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b""), ("application/json", b"null"), ("application/json", b"[]"), ("application/json", b"{}"),
    ("application/json", b'"x"'), ("application/json", b"[[[]]]"), ("application/json", b'[{"id": 7}]'),
    ("application/json", b'{"name": {}, "id": [], "values": {}, "entity": 7}'), ("application/json", b"\xff\xfe"),
    ("application/json", b"[" * 100_000), ("application/*+xml", b"<x/>"), ("application/*+xml", b"<x"),
    ("", b"\0" * 99), ("image/png", b"x"),
)  # fmt: skip


@pytest.mark.parametrize("release", ["9.7", "10.6"])
def test_no_body_is_too_strange_for_any_call(system: Maker, release: str) -> None:
    """A request that makes no sense is refused in words; only unknown plug-ins are a 500."""
    vcd = switched_on(system(release))
    organization = vcd.world.sites["North"].organizations["Tyrell"]
    known = {"names": "Tyrell", "uuid": organization.id, "urn": f"urn:vcloud:org:{organization.id}", "odd": "%00%2F.."}
    for method, path, _route in list(calls(vcd)):
        if method == "GET" or "session" in path:
            continue
        for identity in known.values():
            for media, body in BODIES:
                if b"org" in path.encode() and method == "DELETE":
                    continue
                media_type = path_media(path) if media == "application/*+xml" else media
                reply = ask(vcd, method, with_ids(path, identity), body, content_type=media_type)
                fits = reply.status < 500 or (reply.status == 500 and "/extensions/ui/" in path)
                assert fits, (method, path, body[:40], reply.status, reply.body)


def path_media(path: str) -> str:
    """A content type that the call might take."""
    for part, media in (
        ("apifilters", "admin.apiFilter"), ("rights", "admin.right"), ("links", "admin.serviceLink"),
        ("amqp", "admin.amqpSettings"), ("service", "admin.service"), ("org", "admin.organization"),
    ):  # fmt: skip
        if part in path:
            return f"application/vnd.vmware.{media}+xml"
    return "application/xml"


QUERIES = ("page=0", "pageSize=129", "pageSize=x", "filter=%28", "filter=nothing==x", "sortAsc=nothing")


@pytest.mark.parametrize("release", ["9.7", "10.6"])
def test_lists_refuse_what_they_do_not_know(system: Maker, release: str) -> None:
    """Section 4.1 on every `/cloudapi` list: limits of pages, unknown fields, filters that are none. Never a 500."""
    vcd = switched_on(system(release))
    lists = 0
    for method, path, route in list(calls(vcd)):
        if method != "GET" or "*" in path or not path.startswith("/cloudapi") or route.anonymous:
            continue
        plain = vcd.get(path)
        is_page = plain.status == 200 and (plain.header("content-type") or "").startswith("application/json")
        document = json.loads(plain.body) if is_page else None
        if not isinstance(document, dict) or "resultTotal" not in document:
            continue
        lists += 1
        for query in QUERIES:
            assert vcd.get(f"{path}?{query}").status == 400, (path, query)
        assert vcd.get(f"{path}?page=1&pageSize=25").status == 200, path
        assert {"resultTotal", "pageCount", "page", "pageSize", "associations", "values"} == set(document), path
    assert lists >= (1 if release == "9.7" else 8)


@pytest.mark.parametrize("release", ["9.7", "10.6"])
def test_every_section_can_be_read_at_its_own_address(system: Maker, release: str) -> None:
    """What a vApp, a template or a VM shows of itself carries addresses (section 4.4); they answer with that part."""
    vcd = system(release)
    kinds = {"adminVApp": 2, "adminVM": 3}
    sections: set[str] = set()
    for kind, least in kinds.items():
        records = vcd.xml(f"/api/query?type={kind}")[1]
        for record in records:
            whole = vcd.xml(record.get("href") or "")[1]
            for child in whole:
                address = child.get("href") or child.get("{http://www.vmware.com/vcloud/v1.5}href") or ""
                if child.tag.endswith("}Link") or not address.endswith("Section/"):
                    continue
                status, part = vcd.xml(address)
                assert (status, part.tag) == (200, child.tag), address
                assert [one.tag for one in part] == [one.tag for one in child]
                sections.add(address.split("/")[-2])
        assert len(records) >= least
    assert {"networkConfigSection", "leaseSettingsSection", "guestCustomizationSection"} <= sections
