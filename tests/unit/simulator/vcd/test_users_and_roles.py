"""Users, roles, rights, global roles and rights bundles, and what they let a session do (contract section 4.3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import Vcd

Maker = Callable[..., Vcd]
V1 = "/cloudapi/1.0.0"


def send(vcd: Vcd, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    return vcd.ask(method, f"{V1}{path}", sent, **{"content_type": "application/json", **headers})


def document(reply: Reply) -> dict[str, Any]:
    found = json.loads(reply.body)
    assert isinstance(found, dict), found
    return found


def values(vcd: Vcd, path: str, **headers: str) -> list[dict[str, Any]]:
    found = document(vcd.get(f"{V1}{path}", **headers))["values"]
    assert isinstance(found, list)
    return found


def named(vcd: Vcd, path: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in values(vcd, f"{path}?pageSize=128") if one["name"] == name]
    return found


def user(vcd: Vcd, name: str, role: str) -> dict[str, Any]:
    """A body for a new user of the organization that the caller is in."""
    wanted = named(vcd, "/roles", role)
    return {"username": name, "password": "Lab-Only-2", "roleEntityRefs": [{"name": role, "id": wanted["id"]}]}


def tyrell(vcd: Vcd) -> str:
    return next(iter(vcd.service.site_state.organizations.values())).id


def test_a_tenant_administrator_makes_changes_and_removes_users(vcd: Maker) -> None:
    made = vcd("10.5")
    made.log_in("admin@Tyrell")
    body = {**user(made, "rachael", "vApp User"), "fullName": "Rachael"}
    answer = send(made, "POST", "/users", body)
    found = document(answer)
    assert answer.status == 201 and str(answer.header("Content-Location")).endswith(found["id"])
    assert (found["password"], found["enabled"], found["providerType"]) == (None, True, "LOCAL")
    assert [one["username"] for one in values(made, "/users?filter=username==rachael")] == ["rachael"]
    assert send(made, "POST", "/users", body).status == 400, "the name is taken"
    made.log_in("rachael@tyrell", "Lab-Only-2")
    assert document(made.get(f"{V1}/sessions/current"))["roles"] == ["vApp User"]
    assert made.get(f"{V1}/users").status == 403
    assert made.get(f"{V1}/users/{found['id']}").status == 200, "everybody sees himself"
    rachael = dict(made.headers)
    made.log_in("admin@Tyrell")
    changed = send(made, "PUT", f"/users/{found['id']}", {**found, "enabled": False, "email": "r@tyrell.example"})
    assert document(changed)["email"] == "r@tyrell.example"
    assert made.ask("GET", f"{V1}/sessions/current", **rachael).status == 401
    gone = send(made, "DELETE", f"/users/{found['id']}")
    assert gone.status == 202 and "/api/task/" in str(gone.header("Location"))
    made.world.advance(1)
    assert values(made, "/users?filter=username==rachael") == []
    me = values(made, "/users?filter=username==admin")[0]
    assert send(made, "DELETE", f"/users/{me['id']}").status == 400


@pytest.mark.parametrize(
    "more",
    [
        {"locked": True},
        {"password": None},
        {"providerType": "SAML"},
        {"providerType": "NIS"},
        {"roleEntityRefs": []},
        {"roleEntityRefs": [{"name": "x", "id": "urn:vcloud:role:none"}]},
        {"username": "a b"},
        {"colour": "red"},
    ],
)
def test_bad_users_are_refused(system: Maker, more: dict[str, Any]) -> None:
    vcd = system("10.4")
    body = {**user(vcd, "deckard", "System Administrator"), **more}
    assert send(vcd, "POST", "/users", body).status == 400


def test_a_provider_manages_a_tenants_users_in_its_context(system: Maker) -> None:
    vcd = system("10.2")
    org = tyrell(vcd)
    assert [one["username"] for one in values(vcd, "/users")] == ["administrator"]
    found = values(vcd, "/users", x_vmware_vcloud_tenant_context=org)
    assert [(one["username"], one["orgEntityRef"]["name"]) for one in found] == [("admin", "Tyrell")]
    reset = {**found[0], "password": "Another-1"}
    assert send(vcd, "PUT", f"/users/{found[0]['id']}", reset, x_vmware_vcloud_tenant_context=org).status == 200
    assert vcd.log_in("admin@Tyrell", "Another-1").status == 200


def test_a_role_of_ones_own_decides_what_its_users_may_do(vcd: Maker) -> None:
    made = vcd("10.5")
    made.log_in("admin@Tyrell")
    role = document(send(made, "POST", "/roles", {"name": "Auditor", "description": "reads"}))
    assert role["readOnly"] is False
    right = named(made, "/rights", "Group / User: View")
    assert right["rightType"] == "VIEW"
    reference = {"name": right["name"], "id": right["id"]}
    answer = send(made, "PUT", f"/roles/{role['id']}/rights", {"values": [reference]})
    assert [one["name"] for one in document(answer)["values"]] == ["Group / User: View"]
    foreign = {"name": "x", "id": f"urn:vcloud:right:{made.service.access.rights['Organization: Edit'].id}"}
    assert send(made, "POST", f"/roles/{role['id']}/rights", {"values": [foreign]}).status == 400
    assert send(made, "POST", "/roles", {"name": "auditor"}).status == 400
    assert send(made, "POST", "/users", user(made, "leon", "Auditor")).status == 201
    assert send(made, "DELETE", f"/roles/{role['id']}").status == 400, "somebody has it"
    admin = dict(made.headers)
    made.log_in("leon@Tyrell", "Lab-Only-2")
    assert document(made.get(f"{V1}/sessions/current"))["roleRefs"] == [{"name": "Auditor", "id": role["id"]}]
    assert made.get(f"{V1}/users").status == 200
    assert send(made, "POST", "/users", {}).status == 403
    assert made.get(f"{V1}/roles").status == 403
    made.headers = admin
    assert made.get(f"{V1}/roles/urn:vcloud:role:none").status == 404
    fixed = named(made, "/roles", "Organization Administrator")
    assert fixed["readOnly"] is True and send(made, "PUT", f"/roles/{fixed['id']}", fixed).status == 400


def test_a_right_outside_of_the_bundles_cannot_be_used(system: Maker) -> None:
    vcd = system("10.5")
    bundle = named(vcd, "/rightsBundles", "Default Rights Bundle")
    assert bundle["publishAll"] is True
    assert send(vcd, "POST", f"/rightsBundles/{bundle['id']}/tenants/unpublishAll").status == 200
    provider = dict(vcd.headers)
    vcd.log_in("admin@Tyrell")
    assert vcd.get(f"{V1}/users").status == 403, "the role lists the right, the organization does not have it"
    assert vcd.get(f"{V1}/rightsBundles").status == 403
    tenant, vcd.headers = dict(vcd.headers), provider
    org = {"name": "Tyrell", "id": f"urn:vcloud:org:{tyrell(vcd)}"}
    answer = send(vcd, "POST", f"/rightsBundles/{bundle['id']}/tenants/publish", {"values": [org]})
    assert document(answer)["values"] == [org]
    vcd.headers = tenant
    assert vcd.get(f"{V1}/users").status == 200


def test_global_roles_appear_in_the_tenants_they_are_published_to(system: Maker) -> None:
    vcd = system("10.4")
    made = document(send(vcd, "POST", "/globalRoles", {"name": "Operator", "description": "nights"}))
    org = {"name": "Tyrell", "id": f"urn:vcloud:org:{tyrell(vcd)}"}
    context = {"x_vmware_vcloud_tenant_context": tyrell(vcd)}
    assert "Operator" not in [one["name"] for one in values(vcd, "/roles", **context)]
    send(vcd, "POST", f"/globalRoles/{made['id']}/tenants/publish", {"values": [org]})
    (role,) = values(vcd, "/roles?filter=name==Operator", **context)
    assert role["readOnly"] is True and role["id"].startswith("urn:vcloud:role:")
    power = named(vcd, "/rights", "vApp: Power Operations")
    send(vcd, "POST", f"/globalRoles/{made['id']}/rights", {"values": [{"name": power["name"], "id": power["id"]}]})
    assert [one["name"] for one in values(vcd, f"/roles/{role['id']}/rights", **context)] == ["vApp: Power Operations"]
    assert send(vcd, "DELETE", f"/globalRoles/{made['id']}").status == 204
    assert vcd.get(f"{V1}/globalRoles/{made['id']}").status == 404


def test_locations_of_a_session(system: Maker) -> None:
    vcd = system("10.0")
    session = document(vcd.ask("GET", f"{V1}/sessions"))["values"][0]
    (place,) = values(vcd, f"/sessions/{session['id']}/accessibleLocations")
    assert (place["locationId"], place["restApiEndpoint"]) == (session["location"], "https://vcd.example.test:8443")


def test_sessions_end_when_idle_and_when_too_old(system: Maker) -> None:
    vcd = system("10.5")
    for _quarter in range(4 * 24 - 1):
        vcd.world.advance(900)
        assert vcd.get(f"{V1}/sessions/current").status == 200
    vcd.world.advance(901)
    assert vcd.get(f"{V1}/sessions/current").status == 401, "a day is the longest"
    vcd.log_in()
    vcd.world.advance(1801)
    assert vcd.get(f"{V1}/sessions/current").status == 401, "half an hour without a request"


def test_roles_and_users_can_be_queried(system: Maker) -> None:
    vcd = system("10.3")
    _status, root = vcd.xml("/api/query?type=role&format=records&filter=name==System%20Administrator")
    assert [(one.get("name"), one.get("isReadOnly")) for one in root if one.tag.endswith("RoleRecord")] == [
        ("System Administrator", "true")
    ]


def test_rights_that_are_implied_are_added_by_the_server(vcd: Maker) -> None:
    made = vcd("10.5")
    made.log_in("admin@Tyrell")
    role = document(send(made, "POST", "/roles", {"name": "Personnel"}))
    manage = named(made, "/rights", "Group / User: Manage")
    reference = {"name": manage["name"], "id": manage["id"]}
    implied = document(made.get(f"{V1}/rights/{manage['id']}"))["impliedRights"]
    assert [one["name"] for one in implied] == ["Group / User: View"]
    send(made, "PUT", f"/roles/{role['id']}/rights", {"values": [reference]})
    has = [one["name"] for one in values(made, f"/roles/{role['id']}/rights")]
    assert has == ["Group / User: Manage", "Group / User: View"]


def test_the_resolver_leads_to_users_roles_and_what_entities_are_made_of(system: Maker) -> None:
    vcd = system("10.5")
    session = document(vcd.get(f"{V1}/sessions/current"))
    interface = document(
        send(vcd, "POST", "/interfaces", {"name": "I", "vendor": "acme", "nss": "able", "version": "1.0.0"})
    )
    for urn in (session["user"]["id"], session["roleRefs"][0]["id"], interface["id"]):
        reply = vcd.get(f"{V1}/entity/{urn}")
        assert reply.status == 303, reply.body
        path = str(reply.header("Location")).split(":8443", 1)[1]
        assert vcd.get(path, accept=f"*/*;version={vcd.version}").status == 200, path
    assert vcd.get(f"{V1}/entity/urn:vcloud:interface:acme:none:1.0.0").status == 403
    assert vcd.get(f"{V1}/entity/urn:vcloud:entity:acme:none:1.0.0:x").status == 403
    assert vcd.get(f"{V1}/entity/urn:vcloud:nonsense:1").status == 400
