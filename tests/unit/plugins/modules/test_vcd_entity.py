"""The module in this process against the simulated vCD: entities in every state, and somebody else who is quicker."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import entities
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity import Entity
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import CONTENT, NEXUS, URN, entity, entity_type, interface, only, stored

vcd = vcds.fixture("10.2", "10.4", "10.6")
before = vcds.fixture("10.0")
BAD = {"model": "Nexus-6", "lifespan_years": 0}


@pytest.fixture(autouse=True)
def _type(request: pytest.FixtureRequest) -> None:
    if "vcd" in request.fixturenames:
        vcd = request.getfixturevalue("vcd")
        entity_type(vcd)
        vcd.control.clear_journal()


def test_an_entity_is_made_resolved_changed_and_removed(vcd: Any) -> None:
    predicted, made = entity(vcd, check=True), entity(vcd)
    assert predicted.pop("details") == {}
    details = made.pop("details")
    assert predicted == made
    assert (details["id"], details["state"], details["owner"]) == (only(vcd).id, "RESOLVED", "administrator")
    assert made["vcd_entity"] == {
        **NEXUS, "org": "System", "name": "Roy", "content": CONTENT, "external_id": "", "resolved": True,
    }  # fmt: skip
    vcd.control.clear_journal()
    assert entity(vcd)["changed"] is False
    assert (vcd.writes, len(vcd.requests)) == ([], 1)
    changed = entity(vcd, content={"model": "Nexus-7"}, external_id="N7")
    assert changed["diff"][0]["before"] == {"content": CONTENT, "external_id": ""}
    assert only(vcd).content == {"model": "Nexus-7"} and only(vcd).external_id == "N7"
    assert entity(vcd, content=None, external_id=None)["changed"] is False
    gone = entity(vcd, state="absent")
    assert (gone["changed"], gone["vcd_entity"], gone["details"], stored(vcd)) == (True, {}, {}, {})
    assert entity(vcd, state="absent")["changed"] is False


def test_contents_are_compared_as_json(vcd: Any) -> None:
    entity(vcd, content={"model": "Nexus-6", "awake": True, "lifespan_years": 1})
    same = {"lifespan_years": 1.0, "awake": True, "model": "Nexus-6"}
    assert entity(vcd, content=same)["changed"] is False
    only(vcd).content["awake"] = 1  # true for Python, another value for JSON
    only(vcd).state = "RESOLUTION_ERROR"
    assert entity(vcd, content={**same, "lifespan_years": 1})["changed"] is True
    assert only(vcd).content["awake"] is True and only(vcd).state == "RESOLVED"


def test_a_part_of_the_content_is_merged_into_the_rest(vcd: Any) -> None:
    entity(vcd, content={**CONTENT, "awake": True})
    changed = entity(vcd, content={"lifespan_years": 5, "awake": None}, merge=True)
    assert changed["vcd_entity"]["content"] == {"model": "Nexus-6", "lifespan_years": 5}
    assert only(vcd).content == {"model": "Nexus-6", "lifespan_years": 5}
    assert entity(vcd, content={"lifespan_years": 5}, merge=True)["changed"] is False


def test_a_content_that_does_not_fit_fails_with_the_servers_words_and_is_mended_by_the_next_run(vcd: Any) -> None:
    failed = entity(vcd, content=BAD)
    assert failed["failed"] and only(vcd).state == "RESOLUTION_ERROR"
    assert "is RESOLUTION_ERROR" in failed["msg"] and "lifespan_years" in failed["msg"]
    assert "correct its content and run the task again" in failed["msg"]
    assert failed["error"]["code"] == "RESOLUTION_ERROR"
    # The same again is the same failure and no success by nothing to do.
    assert entity(vcd, content=BAD)["failed"]
    predicted = entity(vcd, check=True)
    mended = entity(vcd)
    assert predicted["diff"] == mended["diff"]
    assert mended["diff"][0]["after"]["resolved"] is True and only(vcd).content == CONTENT
    assert len(stored(vcd)) == 1


def test_a_resolved_entity_is_not_spoilt(vcd: Any) -> None:
    entity(vcd)
    failed = entity(vcd, content=BAD)
    assert failed["error"]["status"] == 400 and "does not fit the schema" in failed["msg"]
    assert (only(vcd).content, only(vcd).state) == (CONTENT, "RESOLVED")


@pytest.mark.parametrize("content", [CONTENT, {"model": "Nexus-7"}])
def test_what_was_left_before_it_was_resolved_is_taken_up_again(vcd: Any, content: dict[str, Any]) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", method="POST", path="*/resolve", times=1)
    assert entity(vcd)["error"]["status"] == 403
    assert only(vcd).state == "PRE_CREATED"
    assert entity(vcd, content=content)["changed"]
    assert (only(vcd).state, only(vcd).content) == ("RESOLVED", content)


@pytest.mark.parametrize("content", [CONTENT, BAD])
def test_what_was_left_before_it_was_resolved_can_be_removed(vcd: Any, content: dict[str, Any]) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", method="POST", path="*/resolve", times=1)
    entity(vcd, content=content)
    assert entity(vcd, state="absent")["changed"] and stored(vcd) == {}


@pytest.mark.parametrize("path", ["/cloudapi/1.0.0/entityTypes/*", "*/resolve", "/cloudapi/1.0.0/entities/*"])
def test_a_lost_reply_is_looked_up(vcd: Any, path: str) -> None:
    vcd.control.add_fault("drop_reply", service="*/vcd", method="POST", path=path, times=1)
    assert entity(vcd)["changed"]
    vcd.control.add_fault("drop_reply", service="*/vcd", method="PUT", times=1)
    assert entity(vcd, content={"model": "Nexus-7"})["changed"]
    assert (only(vcd).state, only(vcd).content) == ("RESOLVED", {"model": "Nexus-7"})
    vcd.control.add_fault("drop_reply", service="*/vcd", method="DELETE", path="/cloudapi/1.0.0/entities/*", times=1)
    assert entity(vcd, state="absent")["changed"] and stored(vcd) == {}


@pytest.mark.parametrize(("method", "path"), [("POST", "*/resolve"), ("PUT", "*"), ("DELETE", "/cloudapi/*")])
def test_a_login_that_expires_on_the_way_is_renewed(vcd: Any, method: str, path: str) -> None:
    vcd.control.add_fault("expire_tokens", service="*/vcd", method=method, path=path, times=1)
    assert entity(vcd)["changed"] and entity(vcd, content={"model": "Nexus-7"})["changed"]
    assert only(vcd).content == {"model": "Nexus-7"}
    assert entity(vcd, state="absent")["changed"]
    assert not vcd.site.vcd_sessions


def test_somebody_who_is_quicker_is_not_overwritten(vcd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entity(vcd)
    asked: list[str] = []
    plain = entities._document

    def slow(now: Any, params: Any) -> Any:
        if not asked:  # between our read and our write
            only(vcd).content = {**only(vcd).content, "awake": True}
            only(vcd).changed()
        asked.append("")
        return plain(now, params)

    monkeypatch.setattr(entities, "_document", slow)
    changed = entity(vcd, content={"lifespan_years": 5}, merge=True)
    if vcd.version < (36, 0):  # no If-Match there: the last one wins
        assert len(asked) == 1
        return
    assert len(asked) == 2
    assert only(vcd).content == {"model": "Nexus-6", "lifespan_years": 5, "awake": True}
    assert changed["changed"]


def test_names_that_are_not_unique_are_refused_with_the_ids_and_an_id_chooses(vcd: Any) -> None:
    entity(vcd)
    entity(vcd, name="Pris")
    first, second = stored(vcd).values()
    second.name = "Roy"
    failed = entity(vcd)
    assert first.id in failed["msg"] and second.id in failed["msg"] and "2 entities of tyrell:nexus" in failed["msg"]
    assert entity(vcd, state="absent")["failed"]
    assert entity(vcd, id=second.id, name="Pris")["diff"][0]["after"] == {"name": "Pris"}
    assert entity(vcd, id=second.id, name=None, content=None)["changed"] is False
    assert entity(vcd, id=second.id, name=None, state="absent")["changed"]
    assert [one.id for one in stored(vcd).values()] == [first.id]
    assert entity(vcd, id=second.id, state="absent")["changed"] is False
    assert "a new one gets an id of its own" in entity(vcd, id=second.id)["msg"]


def test_an_entity_belongs_to_the_organization_it_is_made_for(vcd: Any) -> None:
    assert entity(vcd, org="Tyrell")["vcd_entity"]["org"] == "Tyrell"
    assert only(vcd).org_id == vcd.site.organizations["Tyrell"].id
    assert entity(vcd, vcd_tenant="Tyrell")["changed"] is False
    # The same name in another organization is another entity.
    assert entity(vcd)["changed"] and len(stored(vcd)) == 2
    assert entity(vcd, org="Tyrell", state="absent")["changed"] and len(stored(vcd)) == 1


def test_a_tenant_needs_the_types_rights_and_cannot_reach_others(vcd: Any) -> None:
    failed = entity(vcd, vcd_user="admin@Tyrell", org="System")
    assert failed["msg"].startswith("org is System, but this is a user of Tyrell")
    failed = entity(vcd, vcd_user="admin@Tyrell")
    if vcd.version < (39, 0):
        assert f"there is no type {URN} here, or this user does not see it" in failed["msg"]
    else:
        assert failed["error"]["status"] == 403 and "the rights bundle tyrell:nexus Entitlement" in failed["msg"]
    assert stored(vcd) == {}


def test_a_type_that_is_not_there_is_a_warning_in_check_mode_and_a_failure_in_the_run(
    vcd: Any, warnings: list[str]
) -> None:
    assert entity(vcd, check=True, nss="unknown")["changed"]
    assert warnings and "there is no type urn:vcloud:type:tyrell:unknown:1.0.0 here" in warnings[0]
    failed = entity(vcd, nss="unknown")
    assert failed["failed"] and failed["msg"] in warnings[0]


def test_an_entity_moves_to_another_version_of_its_type(vcd: Any) -> None:
    entity(vcd)
    entity_type(vcd, version="1.1.0")
    moved = entity(vcd, version="1.1.0")
    if vcd.version < (37, 0):  # those of other versions are not found there
        assert len(stored(vcd)) == 2
        return
    assert moved["diff"][0]["after"] == {"version": "1.1.0"}
    assert only(vcd).type_id == "urn:vcloud:type:tyrell:nexus:1.1.0"
    assert entity(vcd, version="1.1.0")["changed"] is False


def hooked_type(vcd: Any, *events: str) -> None:
    """The type tyrell:hooked, at whose events a behavior runs that does nothing."""
    identity = interface(vcd, nss="retiring")["id"]
    found = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"].entities
    behavior = {"name": "retire", "execution": {"type": "noop"}}
    made = found.interfaces._add_behavior(found.interfaces.find(identity), behavior)
    entity_type(vcd, nss="hooked", interfaces=[identity])
    found.types.all["urn:vcloud:type:tyrell:hooked:1.0.0"].hooks = dict.fromkeys(events, made.id)


def test_hooks_have_their_say(vcd: Any) -> None:
    hooked_type(vcd, "PostCreate", "PostUpdate", "PreDelete", "PostDelete")
    assert entity(vcd, nss="hooked", wait_timeout=10)["details"]["state"] == "RESOLVED"
    assert entity(vcd, nss="hooked", content={"model": "Nexus-7"})["changed"]
    assert entity(vcd, nss="hooked", state="absent")["changed"] and stored(vcd) == {}


def test_a_hook_that_fails_is_told_with_the_servers_words(vcd: Any) -> None:
    hooked_type(vcd, "PreDelete")
    entity(vcd, nss="hooked")
    vcd.control.add_fault("fail_task", service="*/vcd", path="/cloudapi/1.0.0/entities/*", message="Not today", times=1)
    failed = entity(vcd, nss="hooked", state="absent")
    assert failed["msg"].startswith("removing entity Roy: its task ") and "Not today" in failed["msg"]
    assert only(vcd).state == "RESOLVED"
    assert entity(vcd, nss="hooked", state="absent")["changed"] and stored(vcd) == {}


def test_an_entity_that_is_being_removed_is_left_alone_or_waited_for(vcd: Any) -> None:
    entity(vcd)
    only(vcd).state = "IN_DELETION"
    assert "is being removed by its type's hook" in entity(vcd, content={"model": "x"})["msg"]
    failed = entity(vcd, state="absent", wait_timeout=1)
    assert "it is still there after 1 seconds" in failed["msg"]
    assert not [write for write in vcd.writes if write.startswith("DELETE")]


def test_what_cannot_be_is_refused_before_anything_is_sent(vcd: Any) -> None:
    for wrong, words in (
        ({"id": "Roy"}, "id is 'Roy': write it as urn:vcloud:entity:"), ({"name": ""}, "name is ''"),
        ({"version": "1"}, "version is '1'"), ({"name": None}, "one of the following is required: name, id"),
    ):  # fmt: skip
        assert entity(vcd, **wrong)["msg"].startswith(words)
    assert vcd.control.count() == 0
    assert vcd.run(Entity, **NEXUS, name="Roy")["msg"].startswith("content is not set, and there is no entity 'Roy'")


def test_the_release_before_has_none_and_says_so(before: Any) -> None:
    assert entity(before)["msg"].startswith("runtime defined entities need API version 35.0")
    assert before.requests == []
