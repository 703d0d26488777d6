"""The run of a module with a small product in memory: prediction, lost replies, reading back, failures that tell."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _resource
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, MissingRequests
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import Field, InputError, to_user, to_wire
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Collection, Failure, Info, Resource, Setting
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed, WaitTimeout
from tests.unit.plugins.module_utils.running import run_module

CONNECTION = {"vcav_url": "https://vcav.example.com", "vcav_password": "s3cret-w0rd"}
FIELDS = {
    "name": Field("displayName", immutable=True),
    "size": Field("max", default=3),
    "note": Field("description"),
    "tags": Field("tagSet", unordered=True),
    "password": Field("secretText", secret=True),
}


def lost(method: str = "POST") -> HttpError:
    return HttpError("connection", method, "https://vcav.example.com", "/things", message="reset", sent=True)


class Product:
    """Things by name, and a journal of writes. `faults` come before a write is made, `afterwards` after it."""

    site, endpoint = "Site-A", "https://vcav.example.com"

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.writes: list[str] = []
        self.connected = 0
        self.reads = 0
        self.faults: dict[str, list[Exception]] = {}
        self.afterwards: dict[str, list[Exception]] = {}
        self.keeps = True
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def connect(self, params: Any) -> Iterator[Product]:
        self.connected += 1
        yield self

    def write(self, verb: str, name: str, wire: dict[str, Any] | None) -> None:
        with self._lock:
            self.writes.append(f"{verb} {name}")
            for fault in self.faults.get(name, [])[:1]:
                self.faults[name].pop(0)
                raise fault
            if self.keeps:
                self.things[name] = {**self.things.get(name, {}), **(wire or {})}
                if wire is None:
                    del self.things[name]
            for fault in self.afterwards.get(name, [])[:1]:
                self.afterwards[name].pop(0)
                raise fault


class Thing(Resource):
    noun = "vcav_thing"
    fields = FIELDS

    def __init__(self, product: Product) -> None:
        self.server = product
        self.connect = product.connect  # type: ignore[method-assign]

    def spec(self) -> dict[str, Any]:
        return {
            "name": {"type": "str", "required": True},
            "size": {"type": "int"},
            "note": {"type": "str"},
            "tags": {"type": "list", "elements": "str"},
            "password": {"type": "str", "no_log": True},
        }

    def validate(self, params: Any) -> None:
        if params["size"] == 13:
            raise InputError("size is 13: choose another number")

    def find(self, context: Any) -> Any:
        self.server.reads += 1
        return self.server.things.get(context.params["name"])

    def read(self, context: Any, wire: Any) -> Any:
        return to_user(FIELDS, wire)

    def create(self, context: Any, values: Any) -> None:
        self.server.write("create", values["name"], to_wire(FIELDS, values))

    def update(self, context: Any, wire: Any, values: Any) -> None:
        self.server.write("update", wire["displayName"], to_wire(FIELDS, values))

    def delete(self, context: Any, wire: Any) -> None:
        self.server.write("delete", wire["displayName"], None)


@pytest.fixture(name="product")
def a_product() -> Product:
    return Product()


def thing(product: Product, check: bool = False, diff: bool = True, **params: Any) -> Any:
    return run_module(Thing(product), {**CONNECTION, "name": "gold", **params}, check, diff)


STEPS: list[tuple[dict[str, Any], bool]] = [
    ({"size": 5, "note": "n", "tags": ["a", "b"], "password": "hidden-one"}, True),
    ({"size": 5, "tags": ["b", "a", "b"], "password": "hidden-two"}, False),
    ({"size": 6, "note": ""}, True),
    ({"note": ""}, False),
    ({"state": "absent"}, True),
    ({"state": "absent"}, False),
]


def test_a_check_run_predicts_what_the_run_does_and_writes_nothing(product: Product) -> None:
    for params, changes in STEPS:
        before = list(product.writes)
        predicted = thing(product, check=True, **params)
        assert product.writes == before
        assert thing(product, **params) == predicted
        assert predicted["changed"] is changes
        assert ("diff" in predicted) is changes
        assert "hidden" not in str(predicted)
    assert product.writes == ["create gold", "update gold", "delete gold"]


def test_a_run_without_change_reads_once_and_one_with_a_change_reads_it_back(product: Product) -> None:
    thing(product, size=5)
    assert product.reads == 2
    product.reads = 0
    thing(product, size=5)
    assert product.reads == 1


def test_a_diff_entry_shows_what_differs_and_says_which_object_it_is(product: Product) -> None:
    thing(product, size=5, note="n")
    changed = thing(product, size=6, note="n")
    assert changed == {
        "changed": True,
        "vcav_thing": {"name": "gold", "size": 6, "note": "n"},
        "diff": [{
            "before": {"size": 5}, "after": {"size": 6},
            "before_header": "vcav_thing gold (Site-A)", "after_header": "vcav_thing gold (Site-A)",
            "object": {
                "kind": "vcav_thing", "name": "gold", "site": "Site-A", "endpoint": "https://vcav.example.com",
            },
        }],
    }  # fmt: skip
    (removed,) = thing(product, check=True, state="absent")["diff"]
    assert (removed["before"], removed["after"]) == ({"name": "gold", "note": "n", "size": 6}, {})
    (created,) = thing(product, check=True, name="new")["diff"]
    assert (created["before"], created["after"]) == ({}, {"name": "new", "size": 3})


def test_no_diff_is_made_where_nobody_asked_for_one(product: Product) -> None:
    assert "diff" not in thing(product, diff=False, size=5)


@pytest.mark.parametrize(("first", "params", "verb"), [
    ({}, {"size": 5}, "create"),
    ({"size": 1}, {"size": 5}, "update"),
    ({"size": 1}, {"state": "absent"}, "delete"),
])  # fmt: skip
@pytest.mark.parametrize("was_made", [True, False])
def test_a_write_whose_reply_was_lost_is_looked_up_and_made_only_if_it_was_not(
    first: dict[str, Any], params: dict[str, Any], verb: str, was_made: bool, product: Product
) -> None:
    if first:
        thing(product, **first)
    product.writes.clear()
    predicted = thing(product, check=True, **params)
    (product.afterwards if was_made else product.faults)["gold"] = [lost()]
    assert thing(product, **params) == predicted
    assert product.writes == [f"{verb} gold"] * (1 if was_made else 2)
    assert not thing(product, **params)["changed"]


def test_a_write_that_the_server_refused_is_not_repeated(product: Product) -> None:
    product.faults["gold"] = [
        HttpError("status", "POST", "https://x", "/things", status=403, code="Forbidden", message="No.", sent=True)
    ]
    failed = thing(product)
    assert product.writes == ["create gold"]
    assert failed["error"]["status"] == 403 and failed["error"]["code"] == "Forbidden"
    assert "POST /things" in failed["msg"] and "No." in failed["msg"] and "lacks the right" in failed["msg"]


def test_a_server_that_does_not_keep_what_it_accepts_is_a_failure(product: Product) -> None:
    thing(product, size=5)
    product.keeps = False
    failed = thing(product, size=6)
    assert failed["failed"]
    assert "did not keep it" in failed["msg"] and "{'size': 5}" in failed["msg"] and "{'size': 6}" in failed["msg"]


def test_an_immutable_difference_fails_before_anything_is_written(product: Product) -> None:
    product.things["gold"] = {"displayName": "other"}
    failed = thing(product)
    assert failed["msg"].startswith("name is 'other'") and product.writes == []


def test_what_cannot_be_is_refused_before_anybody_logs_in(product: Product) -> None:
    assert thing(product, size=13)["msg"] == "size is 13: choose another number"
    assert product.connected == 0


FAULTS = [
    (InputError("size is 7: no"), "size is 7: no"),
    (Failure("half of it", done=["a"]), "half of it"),
    (HttpError("refused", "GET", "https://x", "/things", message="Connection refused"), "Is the service running"),
    (HttpError("dns", "GET", "https://x", "/things", message="x"), "Check the host name"),
    (HttpError("tls", "GET", "https://x", "/things", message="self-signed"), "ca_path"),
    (HttpError("timeout", "GET", "https://x", "/things", message="60 seconds"), "raise timeout"),
    (HttpError("body", "GET", "https://x", "/things", status=200, message="<html>"), "URL"),
    (HttpError("status", "GET", "https://x", "/things", status=500, message="Oops."), "was answered 500: Oops"),
    (TaskFailed("pairing", {"id": "1", "error": {"code": "X", "msg": "no"}}, "it ended FAILED"), "pairing: it ended"),
    (WaitTimeout(5, {"state": "red"}, None), "not finished after 5 seconds"),
    (MissingRequests("ImportError"), "requests"),
    (KeyError("surprise"), "please report it"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS)
def test_every_failure_has_a_message_without_a_traceback(fault: Exception, words: str, product: Product) -> None:
    class Failing(Thing):
        def find(self, context: Any) -> Any:
            raise fault

    failed = run_module(Failing(product), {**CONNECTION, "name": "gold"})
    assert failed["failed"] and words in failed["msg"]
    assert "Traceback" not in failed["msg"] and "0x" not in failed["msg"]
    assert CONNECTION["vcav_password"] not in str(failed)
    if isinstance(fault, HttpError):
        assert {"method", "path", "status", "code", "message"} <= failed["error"].keys()
    if isinstance(fault, TaskFailed):
        assert failed["error"]["code"] == "X"
    if isinstance(fault, Failure):
        assert failed["done"] == ["a"]


def test_a_password_in_an_address_is_not_among_the_arguments_that_ansible_shows(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible.module_utils.basic import AnsibleModule

    left: list[dict[str, Any]] = []
    fail_json = AnsibleModule.fail_json

    def leaving(module: Any, msg: str, **more: Any) -> None:
        left.append({"hidden": set(module.no_log_values)})
        fail_json(module, msg, **more)

    monkeypatch.setattr(AnsibleModule, "fail_json", leaving)
    thing(product, size=13, vcav_url="https://root:tr1cky-w0rd@vcav.example.com")
    assert "root:tr1cky-w0rd" in left[0]["hidden"]


def test_an_info_never_changes_and_may_return_more(product: Product) -> None:
    class Things(Info):
        noun = "vcav_thing"
        connect = staticmethod(product.connect)

        def fetch(self, context: Any) -> list[Any]:
            return [{"name": "gold"}]

        def more(self, context: Any) -> dict[str, Any]:
            return {"usage": [1]}

    for check in (True, False):
        expected = {"changed": False, "vcav_thing": [{"name": "gold"}], "usage": [1]}
        assert run_module(Things(), CONNECTION, check) == expected


class Size(Setting):
    """The size and note of a service that has exactly one of each."""

    noun, fields = "vcav_size", {name: FIELDS[name] for name in ("size", "note")}

    def __init__(self, product: Product) -> None:
        product.things.setdefault("", {"max": None})
        self.server = product
        self.connect = product.connect  # type: ignore[method-assign]

    def spec(self) -> dict[str, Any]:
        return {"size": {"type": "int"}, "note": {"type": "str"}}

    def find(self, context: Any) -> Any:
        return self.server.things[""]

    def read(self, context: Any, wire: Any) -> Any:
        return to_user(self.fields, wire)

    def update(self, context: Any, wire: Any, values: Any) -> None:
        self.server.write("update", "", to_wire(self.fields, values))

    def more(self, context: Any, step: Any) -> dict[str, Any]:
        return {"restart_required": "size" in step.changed}


def test_a_setting_is_changed_but_has_no_state_and_no_name_of_its_own(product: Product) -> None:
    def size(check: bool = False, **params: Any) -> Any:
        return run_module(Size(product), {**CONNECTION, **params}, check)

    predicted, made = size(True, size=5), size(size=5)
    assert predicted == made
    assert made["changed"] and made["restart_required"] and made["vcav_size"] == {"size": 5}
    assert made["diff"][0]["before"] == {"size": None}
    assert made["diff"][0]["object"] == {"kind": "vcav_size", "name": "Site-A", "site": "Site-A",
                                         "endpoint": "https://vcav.example.com"}  # fmt: skip
    assert size(size=5) == {"changed": False, "restart_required": False, "vcav_size": {"size": 5}}
    assert size()["changed"] is False
    assert product.writes == ["update "]
    assert "state" in size(state="absent")["msg"]


class Things(Collection):
    """Sizes by name; pruning removes."""

    noun, item_key, waits = "vcav_things", "name", 1
    fields = {"size": Field("size")}

    def __init__(self, product: Product) -> None:
        self.server = product
        self.connect = product.connect  # type: ignore[method-assign]

    def spec(self) -> dict[str, Any]:
        return {"things": {"type": "dict", "required": True}}

    def wanted(self, params: Any) -> Any:
        if "" in params["things"]:
            raise InputError("things: a name is empty")
        return {name: {"size": size} for name, size in params["things"].items()}

    def present(self, context: Any, wanted: Any, everything: bool) -> Any:
        self.server.reads += 1
        return {name: dict(wire) for name, wire in self.server.things.items() if everything or name in wanted}

    def apply(self, context: Any, key: str, step: Any) -> None:
        self.server.write(step.action, key, None if step.action == "delete" else step.after)

    def tenant(self, key: str) -> str | None:
        return f"tenant of {key}"


@pytest.fixture(name="no_waiting")
def waiting_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    real = _resource.wait_for

    def wait_for(*args: Any, **more: Any) -> Any:
        def sleep(seconds: float) -> None:
            now[0] += seconds

        return real(*args, **more, clock=lambda: now[0], sleep=sleep)

    monkeypatch.setattr(_resource, "wait_for", wait_for)


def things(product: Product, wanted: dict[str, int], check: bool = False, **params: Any) -> Any:
    return run_module(Things(product), {**CONNECTION, "things": wanted, **params}, check)


def refusal() -> HttpError:
    return HttpError("status", "PATCH", "https://x", "/things", status=403, message="Permission denied.", sent=True)


def test_many_are_predicted_as_they_are_done_and_only_what_differs_is_written(product: Product) -> None:
    product.things = {"a": {"size": 1}, "b": {"size": 1}, "z": {"size": 9}}
    wanted = {"c": 3, "b": 2, "a": 1}
    predicted = things(product, wanted, check=True)
    assert product.writes == []
    assert things(product, wanted) == predicted
    assert sorted(product.writes) == ["create c", "update b"]
    assert predicted["vcav_things"] == [{"name": "a", "size": 1}, {"name": "b", "size": 2}, {"name": "c", "size": 3}]
    assert {row["name"]: row["changed"] for row in predicted["outcomes"] if row["changed"]} == {"c": True, "b": True}
    assert [(entry["object"]["name"], entry["object"]["tenant"]) for entry in predicted["diff"]] == [
        ("c", "tenant of c"), ("b", "tenant of b"),
    ]  # fmt: skip
    again = things(product, wanted)
    assert not again["changed"] and "diff" not in again and len(product.writes) == 2


def test_what_is_not_named_stays_unless_it_is_pruned(product: Product) -> None:
    product.things = {"a": {"size": 1}, "y": {"size": 1}, "z": {"size": 9}}
    assert not things(product, {"a": 1})["changed"]
    predicted = things(product, {"a": 1}, prune=True, check=True)
    assert things(product, {"a": 1}, prune=True) == predicted
    assert predicted["changed"] and sorted(product.writes) == ["delete y", "delete z"]
    assert product.things == {"a": {"size": 1}}


def test_one_that_fails_does_not_keep_the_others_from_being_done(product: Product) -> None:
    product.faults = {"b": [refusal()]}
    failed = things(product, {"a": 1, "b": 2, "c": 3})
    assert failed["failed"] and failed["changed"]
    assert "1 of 3 changes failed, 2 were made. First: b:" in failed["msg"] and "Permission denied." in failed["msg"]
    rows = {row["name"]: row for row in failed["outcomes"]}
    assert (rows["a"]["changed"], rows["b"]["changed"], rows["c"]["changed"]) == (True, False, True)
    assert "Permission denied." in rows["b"]["error"] and "error" not in rows["a"]
    assert [entry["object"]["name"] for entry in failed["diff"]] == ["a", "c"]
    assert not things(product, {"a": 1, "c": 3})["changed"]
    assert things(product, {"a": 1, "b": 2, "c": 3})["changed"], "running the task again repairs the rest"


def test_fail_fast_begins_no_further_change_and_says_so_of_each(product: Product) -> None:
    names = [f"{number:03}" for number in range(200)]
    product.faults = {name: [refusal()] for name in names}
    failed = things(product, dict.fromkeys(names, 1), fail_fast=True)
    assert failed["failed"] and not failed["changed"] and len(product.writes) < 60
    texts = [row["error"] for row in failed["outcomes"]]
    assert len(texts) == 200
    assert sum("not begun" in text for text in texts) == 200 - len(product.writes)


class Ordered(Things):
    """The same, of which those that begin with a come first."""

    def turns(self, changes: Any) -> Any:
        first = {key: step for key, step in changes.items() if key.startswith("a")}
        return [first, {key: step for key, step in changes.items() if key not in first}]


def ordered(product: Product, wanted: dict[str, int], **params: Any) -> Any:
    return run_module(Ordered(product), {**CONNECTION, "things": wanted, **params})


def test_changes_wait_for_those_of_the_turn_before(product: Product) -> None:
    wanted = {**{f"b{number}": 1 for number in range(20)}, **{f"a{number}": 1 for number in range(20)}}
    assert ordered(product, wanted)["changed"]
    assert all(write.startswith("create a") for write in product.writes[:20])
    assert [row["name"] for row in ordered(product, {"b1": 2, "a1": 2})["outcomes"]] == ["b1", "a1"]


def test_no_turn_begins_after_a_failure_with_fail_fast(product: Product) -> None:
    product.faults = {"a": [refusal()]}
    failed = ordered(product, {"b": 1, "a": 1}, fail_fast=True)
    assert product.writes == ["create a"] and "1 were not begun because of fail_fast" in failed["msg"]


def test_an_outcome_tells_what_differed(product: Product) -> None:
    product.things = {"a": {"size": 1}}
    assert things(product, {"a": 2, "b": 3})["outcomes"] == [
        {"name": "a", "size": 2, "changed": True},
        {"name": "b", "size": 3, "changed": True},
    ]


@pytest.mark.parametrize("was_made", [True, False])
def test_of_many_lost_replies_each_change_is_made_once(was_made: bool, product: Product) -> None:
    (product.afterwards if was_made else product.faults).update({"b": [lost("PATCH")], "c": [lost("PATCH")]})
    result = things(product, {"a": 1, "b": 2, "c": 3})
    assert result["changed"] and not result.get("failed")
    assert sorted(product.writes) == sorted(["create a", *(["create b", "create c"] * (1 if was_made else 2))])


def test_changes_that_cannot_be_read_back_are_failures(product: Product, no_waiting: None) -> None:
    product.things = {"a": {"size": 1}}
    product.keeps = False
    failed = things(product, {"a": 2, "b": 3})
    assert failed["failed"] and not failed["changed"]
    assert "accepted the change but holds {'size': 1}" in str(failed["outcomes"])


def test_a_wrong_list_is_refused_before_anybody_logs_in(product: Product) -> None:
    assert things(product, {"": 1})["msg"] == "things: a name is empty"
    assert product.connected == 0


def test_a_bug_in_the_middle_of_many_is_reported_as_one(product: Product) -> None:
    product.faults = {"a": [KeyError("surprise")]}
    assert "please report it" in things(product, {"a": 1})["msg"]
