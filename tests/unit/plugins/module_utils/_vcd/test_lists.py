"""Paged lists of both families, and organizations made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import organizations
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.client import connect
from tests.unit.plugins.module_utils._vcd.scripted import (
    JWT,
    SESSION_XML,
    Script,
    Step,
    login,
    logout,
    negotiation,
    options,
)

Server = Callable[..., Script]
UUID = "c196c6f0-5c31-4929-a626-b29b2c9ff5ab"
ORGS = "/cloudapi/1.0.0/orgs"


def page(number: int, names: str, total: int | None, **more: Any) -> Step:
    """One page of organizations, a letter each."""
    body = {"values": [{"name": name, "id": f"urn:vcloud:org:{name}"} for name in names], **more}
    if total is not None:
        body["resultTotal"] = total
    return Step("GET", f"{ORGS}?page={number}&pageSize=128", body)


def newer(*steps: Step) -> tuple[Step, ...]:
    return negotiation("36.0"), login(), *steps, logout()


def older(*steps: Step) -> tuple[Step, ...]:
    return (
        negotiation("32.0"),
        Step("POST", "/api/sessions", SESSION_XML, headers={"X-VMWARE-VCLOUD-ACCESS-TOKEN": JWT}),
        *steps,
        Step("DELETE", "/api/session", status=204),
    )


def records(*rows: str, total: int | None = None) -> str:
    body = '<Link rel="nextPage" href="https://vcd.example.test/api/query?page=9"/>' + "".join(rows)
    counted = f' total="{total}"' if total is not None else ""
    return f'<QueryResultRecords xmlns="http://www.vmware.com/vcloud/v1.5" name="organization"{counted}>{body}' + (
        "</QueryResultRecords>"
    )


def record(name: str, enabled: str = "true") -> str:
    return (
        f'<OrgRecord id="urn:vcloud:org:{UUID}" name="{name}" displayName="{name} Inc." isEnabled="{enabled}"'
        ' canPublishCatalogs="false" numberOfVdcs="2" numberOfCatalogs="1" numberOfVApps="3" numberOfDisks="0"/>'
    )


@pytest.mark.parametrize(
    "pages",
    [
        [page(1, "abc", 3, pageCount=1)],
        [page(1, "ab", 3, pageCount=2), page(2, "c", 3, pageCount=2)],
        [page(1, "ab", 3, pageCount=None), page(2, "c", 3)],
        [page(1, "a", 3), page(2, "b", 3), page(3, "c", 3)],
        [page(1, "ab", None, pageCount=2), page(2, "c", None, pageCount=2)],
        [page(1, "abc", None), page(2, "", None)],
        [Step("GET", f"{ORGS}?page=1&pageSize=128", [{"name": "a"}, {"name": "b"}, {"name": "c"}])],
    ],
)
def test_lists_are_read_to_their_end_whatever_the_envelope_forgets(server: Server, pages: list[Step]) -> None:
    server(*newer(*pages))
    with connect(options()) as api:
        assert [org["name"] for org in api.gather("cloudapi/1.0.0/orgs")] == ["a", "b", "c"]


def test_an_empty_list_is_empty(server: Server) -> None:
    server(*newer(page(1, "", 0, pageCount=0)))
    with connect(options()) as api:
        assert list(api.gather("cloudapi/1.0.0/orgs")) == []


def test_a_list_that_ends_before_its_own_total_is_an_error(server: Server) -> None:
    server(*newer(page(1, "ab", 5), page(2, "", 5)))
    with connect(options()) as api, pytest.raises(HttpError, match="ended after 2 of 5 items") as failed:
        list(api.gather("cloudapi/1.0.0/orgs"))
    assert failed.value.kind == "body"


@pytest.mark.parametrize("body", [{"items": []}, b"", "<html/>"])
def test_something_else_in_place_of_a_list_is_an_error(server: Server, body: object) -> None:
    server(*newer(Step("GET", f"{ORGS}?page=1&pageSize=128", body)))
    with connect(options()) as api, pytest.raises(HttpError) as failed:
        list(api.gather("cloudapi/1.0.0/orgs"))
    assert failed.value.kind == "body"


def test_records_of_the_query_service_are_read_to_their_end(server: Server) -> None:
    asked = "/api/query?type=organization&format=idrecords&page={}&pageSize=128"
    server(*older(
        Step("GET", asked.format(1), records(record("a"), record("b"), total=3)),
        Step("GET", asked.format(2), records(record("c"), total=3)),
    ))  # fmt: skip
    with connect(options()) as api:
        assert [one.get("name") for one in api.query("organization")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([records(record("a"), total=2), records(total=2)], "ended after 1 of 2"),
        (["<QueryList/>"], "without QueryResultRecords"),
    ],
)
def test_incomplete_records_are_an_error(server: Server, answers: list[str], said: str) -> None:
    asked = "/api/query?type=organization&format=idrecords&page={}&pageSize=128"
    server(*older(*(Step("GET", asked.format(at), body) for at, body in enumerate(answers, 1))))
    with connect(options()) as api, pytest.raises(HttpError, match=said):
        list(api.query("organization"))


def test_filters_go_to_the_newer_server_and_its_idea_of_names_is_not_trusted(server: Server) -> None:
    values = [
        {"name": "ACME", "id": "urn:vcloud:org:1", "displayName": "Other", "isEnabled": True},
        {"name": "acme", "id": f"urn:vcloud:org:{UUID}", "displayName": "Acme", "description": None, "isEnabled": True,
         "orgVdcCount": 2, "catalogCount": 1, "vappCount": 3, "runningVMCount": 4, "userCount": 5, "diskCount": 6,
         "canPublish": True},
    ]  # fmt: skip
    asked = f"{ORGS}?filter=name%3D%3Dacme%3BisEnabled%3D%3Dtrue&page=1&pageSize=128"
    server(*newer(Step("GET", asked, {"resultTotal": 2, "values": values})))
    with connect(options()) as api:
        found = organizations.matching(api, name="acme", enabled=True)
    assert found == [(
        {"name": "acme", "full_name": "Acme", "description": "", "enabled": True, "can_publish": True},
        {"name": "acme", "id": f"urn:vcloud:org:{UUID}", "vdc_count": 2, "catalog_count": 1, "vapp_count": 3,
         "running_vm_count": 4, "user_count": 5, "disk_count": 6},
    )]  # fmt: skip


def test_a_name_that_servers_misread_is_asked_for_by_a_pattern_and_then_looked_for(server: Server) -> None:
    values = [{"name": name, "id": name, "displayName": name, "isEnabled": True} for name in ("a!b", "a,b", "axb")]
    asked = f"{ORGS}?filter=name%3D%3Da%2Ab&page=1&pageSize=128"
    server(*newer(Step("GET", asked, {"resultTotal": 3, "values": values})))
    with connect(options()) as api:
        assert [values["name"] for values, _details in organizations.matching(api, name="a,b")] == ["a,b"]


def test_an_organization_that_two_pages_show_is_one(server: Server) -> None:
    row = {"name": "a", "id": "urn:vcloud:org:1", "displayName": "A", "isEnabled": True}
    server(*newer(
        Step("GET", f"{ORGS}?page=1&pageSize=128", {"resultTotal": 2, "values": [row]}),
        Step("GET", f"{ORGS}?page=2&pageSize=128", {"resultTotal": 2, "values": [row]}),
    ))  # fmt: skip
    with connect(options()) as api:
        assert len(organizations.matching(api)) == 1


ORG_XML = '<Org xmlns="http://www.vmware.com/vcloud/v1.5" name="acme">{}</Org>'


@pytest.mark.parametrize(
    ("status", "body", "description"),
    [
        (200, ORG_XML.format("<Description>Since 2019</Description>"), "Since 2019"),
        (200, ORG_XML.format("<Description/>"), ""),
        (200, ORG_XML.format(""), ""),
        (403, "", None),
    ],
)
def test_older_servers_are_asked_by_query_and_once_per_description(
    server: Server, status: int, body: str, description: str | None
) -> None:
    asked = (
        "/api/query?type=organization&format=idrecords&filterEncoded=true&filter=name%3D%3Dacme%2524%3B"
        "isEnabled%3D%3Dfalse&page=1&pageSize=128"
    )
    server(*older(
        Step("GET", asked, records(record("acme$", "false"), total=1)),
        Step("GET", f"/api/org/{UUID}", body, status),
    ))  # fmt: skip
    with connect(options()) as api:
        found = organizations.matching(api, name="acme$", enabled=False)
    assert found == [(
        {"name": "acme$", "full_name": "acme$ Inc.", "description": description, "enabled": False,
         "can_publish": False},
        {"name": "acme$", "id": f"urn:vcloud:org:{UUID}", "vdc_count": 2, "catalog_count": 1, "vapp_count": 3,
         "running_vm_count": None, "user_count": None, "disk_count": 0},
    )]  # fmt: skip


def test_descriptions_of_older_servers_can_be_left_unread(server: Server) -> None:
    asked = "/api/query?type=organization&format=idrecords&page=1&pageSize=128"
    server(*older(Step("GET", asked, records(record("acme"), total=1))))
    with connect(options()) as api:
        assert organizations.matching(api, descriptions=False)[0][0]["description"] is None


def test_a_description_that_cannot_be_read_for_another_reason_is_an_error(server: Server) -> None:
    asked = "/api/query?type=organization&format=idrecords&page=1&pageSize=128"
    server(*older(Step("GET", asked, records(record("acme"), total=1)), Step("GET", f"/api/org/{UUID}", "", 500)))
    with connect(options()) as api, pytest.raises(HttpError, match="500"):
        organizations.matching(api)
