"""The module in this process against the simulated orchestrator: every type of value, merges, secrets, conversions."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_configuration_element import ConfigurationElement
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
BACKUP = {"category": "Kiwi Cloud/Größe", "name": "Avamar"}
LOGIN = "CompositeType(user:string,password:SecureString,ports:Array/number):Login"
SECRET, OTHER = "Lam9-b0x-Secret", "An0ther-Secret"
EVERY = [
    {"name": "text", "type": "string", "value": "a\nb"},
    {"name": "number", "type": "number", "value": 8543},
    {"name": "half", "type": "number", "value": 0.5},
    {"name": "yes", "type": "boolean", "value": True},
    {"name": "when", "type": "Date", "value": "2026-09-11T12:00:00+02:00"},
    {"name": "pattern", "type": "Regexp", "value": "^a.*"},
    {"name": "file", "type": "MimeAttachment",
     "value": {"name": "a.txt", "mime_type": "text/plain", "content": "aGVsbG8="}},
    {"name": "map", "type": "Properties", "value": {"daily": 14, "who": "Roy", "on": True}},
    {"name": "list", "type": "Array/string", "value": ["a", "b"]},
    {"name": "maps", "type": "Array/Properties", "value": [{"a": "b"}]},
    {"name": "host", "type": "REST:RESTHost", "value": "5d1c1f3e-0000"},
    {"name": "hosts", "type": "Array/REST:RESTHost", "value": [{"id": "5d1c1f3e-0000"}]},
    {"name": "workflow", "type": "Workflow", "value": {"type": "Workflow", "id": "98568979"}},
    {"name": "login", "type": LOGIN, "value": {"user": "roy", "password": SECRET, "ports": [1, 2]}},
    {"name": "empty", "type": "Array/number", "value": []},
    {"name": "none", "type": "number"},
]  # fmt: skip


def element(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(ConfigurationElement, check, **{**BACKUP, **options})


def stored(vro: Any) -> Any:
    return next(each for each in vro.server.store.configurations.values() if each.name == "Avamar")


def value(vro: Any, name: str) -> Any:
    return next(each.value for each in stored(vro).attributes if each.name == name)


def told(result: Any, name: str) -> Any:
    return next(each for each in result["vro_configuration_element"]["attributes"] if each["name"] == name)


def test_every_type_of_value_goes_there_and_back(vro: Any) -> None:
    predicted, made = element(vro, check=True, attributes=EVERY), element(vro, attributes=EVERY)
    assert predicted == made and not made.get("failed"), made
    assert made["vro_configuration_element"]["secrets"] == ["login"]
    vro.control.clear_journal()
    again = element(vro, attributes=EVERY)
    assert (again["changed"], vro.writes, len(vro.requests)) == (False, [], 3)
    assert told(again, "when")["value"] == "2026-09-11T10:00:00.000+00:00"
    assert told(again, "login")["value"] == {"user": "roy", "ports": [1, 2]}
    assert told(again, "host")["value"]["id"] == "5d1c1f3e-0000"
    assert told(again, "none")["value"] is None
    fed = again["vro_configuration_element"]["attributes"]
    assert element(vro, attributes=fed, purge_attributes=True)["changed"] is False


def test_what_is_not_named_stays_because_a_put_replaces(vro: Any) -> None:
    element(vro, description="Where", attributes=EVERY[:3])
    changed = element(vro, attributes=[{"name": "number", "value": 1}, {"name": "new", "type": "string", "value": "x"}])
    assert [each.name for each in stored(vro).attributes] == ["text", "number", "half", "new"]
    assert (stored(vro).description, changed["diff"][0]["before"].keys()) == ("Where", {"attributes"})
    element(vro, description="There")
    assert len(stored(vro).attributes) == 4
    purged = element(vro, attributes=[{"name": "text"}], purge_attributes=True)
    assert [each.name for each in stored(vro).attributes] == ["text"]
    assert purged["vro_configuration_element"]["description"] == "There"
    element(vro, attributes=[{"name": "text", "value": ""}])
    assert element(vro, attributes=[], purge_attributes=True)["vro_configuration_element"]["attributes"] == []
    assert element(vro, state="absent")["changed"] and element(vro, state="absent")["changed"] is False


def test_secrets_are_written_once_shown_nowhere_and_never_lost(vro: Any) -> None:
    secret = {"name": "password", "type": "SecureString", "value": SECRET}
    plain = {"name": "url", "type": "string", "value": "https://a"}
    made = element(vro, attributes=[secret, plain])
    assert made["vro_configuration_element"]["secrets"] == ["password"]
    held = value(vro, "password")
    assert SECRET in json.dumps(held)
    vro.control.clear_journal()
    assert element(vro, attributes=[{**secret, "value": OTHER}, plain])["changed"] is False
    assert vro.writes == [] and value(vro, "password") == held
    # The task that changes something else must bring it along.
    lost = element(vro, attributes=[{"name": "url", "value": "https://b"}])
    assert lost["failed"] and "has the secret 'password'" in lost["msg"] and vro.writes == []
    along = element(vro, attributes=[{"name": "url", "value": "https://b"}, {"name": "password", "value": OTHER}])
    assert along["vro_configuration_element"]["secrets"] == [] and OTHER in json.dumps(value(vro, "password"))
    predicted = element(vro, check=True, attributes=[secret], update_secrets="always")
    always = element(vro, attributes=[secret], update_secrets="always")
    assert predicted == always and always["diff"][0]["after"] == {"secrets": ["password"]}
    assert SECRET in json.dumps(value(vro, "password"))
    for result in (made, lost, along, always):
        assert SECRET not in json.dumps(result) and OTHER not in json.dumps(result)
    gone = element(vro, attributes=[plain], purge_attributes=True)
    assert [each["name"] for each in gone["vro_configuration_element"]["attributes"]] == ["url"]


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        ({"type": "number", "value": 42}, "string", "42"),
        ({"type": "string", "value": "42"}, "number", 42),
        ({"type": "boolean", "value": True}, "string", "true"),
        ({"type": "string", "value": "a"}, "Array/string", ["a"]),
        ({"type": "Array/number", "value": [7]}, "number", 7),
        ({"type": "number"}, "string", None),
    ],
)
def test_a_value_moves_to_another_type(vro: Any, before: dict[str, Any], kind: str, after: Any) -> None:
    element(vro, attributes=[{"name": "it", **before}])
    changed = element(vro, attributes=[{"name": "it", "type": kind}])
    assert changed["changed"] and (told(changed, "it")["type"], told(changed, "it")["value"]) == (kind, after)
    assert element(vro, attributes=[{"name": "it", "type": kind, "value": after}])["changed"] is False


@pytest.mark.parametrize(
    ("before", "kind"),
    [({"type": "string", "value": "many"}, "number"), ({"type": "SecureString", "value": SECRET}, "string")],
)
def test_a_value_that_cannot_move_is_asked_for(vro: Any, before: dict[str, Any], kind: str) -> None:
    element(vro, attributes=[{"name": "it", **before}])
    vro.control.clear_journal()
    failed = element(vro, attributes=[{"name": "it", "type": kind}])
    assert failed["failed"] and "give its value" in failed["msg"] and vro.writes == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "A/B"}, "no slash"),
        ({"category": ""}, "category is ''"),
        ({"attributes": [{"name": "a", "type": "String"}]}, "did you mean 'string'"),
        ({"attributes": [{"name": "a", "type": "Array/int"}]}, "did you mean 'Array/number'"),
        ({"attributes": [{"name": "a", "type": "nmber", "value": 1}]}, "did you mean 'number'"),
        ({"attributes": [{"name": "a", "type": "CompositeType(a:string"}]}, "write it as CompositeType"),
        ({"attributes": [{"name": "a", "type": "number", "value": "x"}]}, "attributes, a is of type number"),
        ({"attributes": [{"name": "a", "type": "Date", "value": "soon"}]}, "a moment such as"),
        ({"attributes": [{"name": "a", "type": "string"}, {"name": "a"}]}, "'a' twice"),
        ({"attributes": [{"name": " ", "type": "string"}]}, "has no name"),
        ({"attributes": [{"name": "a", "type": "SecureString", "value": [SECRET]}]}, "a is of type SecureString"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(vro: Any, options: dict[str, Any], message: str) -> None:
    failed = element(vro, **options)
    assert failed["failed"] and message in failed["msg"] and SECRET not in json.dumps(failed)
    assert vro.control.journal() == []


def test_a_new_attribute_needs_a_type(vro: Any) -> None:
    failed = element(vro, attributes=[{"name": "a", "value": "x"}])
    assert failed["failed"] and "'a' without a type" in failed["msg"] and vro.writes == []


def test_in_check_mode_an_earlier_task_may_have_made_the_attribute(vro: Any, warnings: list[str]) -> None:
    given = [{"name": "a", "value": SECRET}, {"name": "b", "type": "string", "value": "x"}]
    predicted = element(vro, check=True, attributes=given)
    assert predicted["changed"] and told(predicted, "b")["value"] == "x"
    assert "'a' without a type" in warnings[-1] and SECRET not in json.dumps(predicted)
    assert vro.writes == []


def test_two_elements_of_one_name_are_told_by_their_ids(vro: Any) -> None:
    element(vro)
    first = stored(vro)
    vro.server.store.add(dataclasses.replace(first, id="ffffffff-0000"))
    failed = element(vro, description="x")
    assert failed["failed"] and "2 configuration elements named 'Avamar'" in failed["msg"] and first.id in failed["msg"]


def test_permissions_and_a_lost_reply(vro: Any) -> None:
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="/vco/api/configurations*", times=1)
    rules = [{"principal": "KIWI\\Operators", "rights": ["view"]}]
    made = element(vro, attributes=[{"name": "password", "type": "SecureString", "value": SECRET}], permissions=rules)
    assert made["changed"], made
    assert made["vro_configuration_element"]["permissions"] == rules
    assert element(vro, permissions=rules)["changed"] is False
    assert len([each for each in vro.server.store.configurations.values() if each.name == "Avamar"]) == 1
