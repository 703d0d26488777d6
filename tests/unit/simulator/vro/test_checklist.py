"""The checklist of the contract (section 23), point by point; details are in the tests of each room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulator.vro.package_files import Signer, save_package
from tests.simulator.vro.store import CATEGORY_TYPES
from tests.simulator.vro.workflow_model import INPUT, TIMER, Binding, Item
from tests.simulator.wire import Request
from tests.tools import make_vro_files
from tests.unit.simulator.vro.asking import HOST, VERSIONS, Vro, attributes, basic
from tests.unit.simulator.vro.running import (
    bindings,
    finished,
    items_workflow,
    outputs,
    run,
    script_workflow,
    start,
    task,
    values,
    wait,
)
from tests.unit.simulator.vro.uploading import upload

Make = Callable[..., Vro]


@pytest.mark.parametrize("version", VERSIONS)
def test_point_1_ports_by_release_from_one_store(vro: Make, version: str) -> None:
    asked = vro(version)
    separate = version in ("7.3", "7.6")
    assert [one.name for one in asked.service.listening] == (
        ["North/vro", "North/vro-control"] if separate else ["North/vro"]
    )
    assert asked.service.port == (8281 if separate else 443)
    assert asked.service.control.server.store is asked.store
    target = "/vco-controlcenter/api/server/status"
    request = Request("GET", target, {"host": HOST, "authorization": basic("root")})
    assert asked.service.control.handle(request).status != 401
    # What tells clients how to read logs (7.4 and 7.6 are the thresholds).
    number = tuple(int(part) for part in asked.get("about")["version"].split(".")[:2])
    assert number == asked.server.release.number


@pytest.mark.parametrize("version", VERSIONS)
def test_point_2_the_store(vro: Make, version: str) -> None:
    asked = vro(version)
    for kind in CATEGORY_TYPES[:4]:
        made = asked.post("categories", {"name": "Kiwi", "type": kind})
        assert made.status == 201 and made.document()["type"] == kind
    assert {"vCloud", "VC", "REST", "System"} <= {one["name"] for one in asked.rows("catalog")}
    rule = {"permissions": [{"permission": {"principal": "EXAMPLE\\ops", "rights": "rx"}}]}
    assert asked.post(f"categories/{made.document()['id']}/permissions", rule).status == 201


@pytest.mark.parametrize("version", VERSIONS)
def test_point_3_ids_of_the_library(vro: Make, version: str) -> None:
    shipped = {one["id"] for one in vro(version).rows("catalog/System/Workflow")}
    assert {
        "8F8080808080808080808080808080808080808001299080088268176866967b3",
        "99808080808080808080808080808080A8808080012995053491651398b094fa1",
        "f246b7b5-fe89-4da5-a640-36ffc6874069",
    } <= shipped


@pytest.mark.parametrize("version", VERSIONS)
def test_point_5_queries(vro: Make, version: str) -> None:
    asked = vro(version)
    everything = asked.get("categories")
    assert asked.get("categories?importTagMode=x&force=true") == everything
    assert asked.get("categories?conditions=name=Nothing&maxResult=1") == everything


@pytest.mark.parametrize("version", VERSIONS)
def test_point_7_location_and_body_addresses_and_nulls(vro: Make, version: str) -> None:
    asked = vro(version)
    made = asked.post("categories", {"name": "Kiwi", "type": "WorkflowCategory"})
    location = str(made.header("location"))
    assert location.endswith(f"/{made.document()['id']}/")
    assert asked.get(location) == made.document()
    (row,) = [one for one in asked.get("categories")["link"] if attributes(one)["name"] == "Kiwi"]
    assert {"name": "description"} in row["attributes"]
    host = asked.store.add_rest_host("Avamar", "https://ave.example.test")
    asked.store.rest_hosts["a b@c"] = asked.store.rest_hosts.pop(host.id)
    host.id = "a b@c"
    document = asked.get("catalog/REST/RESTHost")
    href = document.get("relations", document)["link"][0]["href"]
    assert href.endswith("/catalog/REST/RESTHost/a%2Bb%2540c/")
    assert attributes(asked.get(href))["id"] == "a b@c"


@pytest.mark.parametrize("version", VERSIONS)
def test_points_2_and_5_packages_and_plug_ins(vro: Make, version: str) -> None:
    """An uploaded package becomes its elements; those are in use for two seconds after it was deleted."""
    asked = vro(version)
    content = save_package(make_vro_files.package("com.example"), Signer.of("tests.example.com"))
    assert upload(asked, "packages?overwrite=true&force=true", "p.package", content).status == 202
    document = asked.get("packages/com.example")
    kinds = ("workflows", "actions", "configurations", "resources")
    assert [len(document[kind]) for kind in kinds] == [1, 1, 1, 1]
    assert asked.ask("DELETE", "packages/com.example").status in (200, 204)
    greet = make_vro_files.identity("workflow", "Greet")
    assert asked.ask("DELETE", f"workflows/{greet}").status == 409
    asked.world.advance(2.1)
    assert asked.ask("DELETE", f"workflows/{greet}").status in (200, 204)
    assert asked.get("plugins")


@pytest.mark.parametrize("version", VERSIONS)
def test_points_5_and_6_values(vro: Make, version: str) -> None:
    """Wrong keys are a page; values follow their declared type; secrets stay; a PUT replaces."""
    asked = vro(version)
    folder = asked.store.ensure_category("ConfigurationElementCategory", "Kiwi").id
    body = {
        "name": "Settings",
        "category-id": folder,
        "attributes": [
            {"name": "times", "type": "number", "value": {"number": {"value": "42"}}},
            {"name": "password", "type": "SecureString", "value": {"secure-string": {"value": "s3cret"}}},
        ],
    }
    made = asked.post("configurations", body)
    assert made.status == 201 and b"s3cret" not in made.body
    identity = made.document()["id"]
    assert made.document()["attributes"][0]["value"] == {"number": {"value": 42}}
    wrong = {"name": "x", "type": "SecureString", "value": {"SecureString": {"value": "x"}}}
    refused = asked.post(f"configurations/{identity}", {"name": "Settings", "attributes": [wrong]}, "PUT")
    assert refused.status == 400 and str(refused.header("content-type")).startswith("text/html")
    assert asked.post(f"configurations/{identity}", {"name": "Settings"}, "PUT").status in (200, 204)
    assert asked.get(f"configurations/{identity}")["attributes"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_point_3_adding_a_rest_host_makes_a_catalog_item(vro: Make, version: str) -> None:
    asked = vro(version)
    add = "8F8080808080808080808080808080808080808001299080088268176866967b3"
    done = run(asked, add, name="Avamar", url="https://ave.example.test")
    made = outputs(done)["restHost"]
    assert asked.get(f"catalog/REST/RESTHost/{made['id']}")["attributes"]
    assert run(asked, add, name="Avamar", url="https://ave.example.test")["state"] == "failed"


@pytest.mark.parametrize("version", VERSIONS)
def test_point_4_the_life_of_an_execution(vro: Make, version: str) -> None:
    """States in their order, an end only at the end, and a log that grows meanwhile."""
    asked = vro(version)
    asked.world.task_seconds = 0.1
    timer = Binding("timer.date", "Date", "at")
    items = [
        task("item1", "System.log('before'); at = new Date(Date.now() + 700);", "item2", taken="at:Date"),
        Item("item2", TIMER, "Wait", out_name="item3", in_bindings=(timer,)),
        Item("item3", INPUT, "Approve", out_name="item4", out_bindings=bindings("ok:boolean")),
        task("item4", "System.log('after'); o = ok;", given="ok:boolean", taken="o:boolean"),
    ]
    identity = items_workflow(asked, items, [], ["o:boolean"], ["at:Date", "ok:boolean"])
    path = f"workflows/{identity}/executions/{start(asked, identity)}"
    seen: list[tuple[str, bool, int]] = []

    def state() -> str:
        found = asked.get(path)
        lines = [] if version == "7.3" else asked.get(f"{path}/syslogs?conditions=severity=info")["logs"]
        now = (found["state"], "end-date" in found, len(lines))
        if not seen or seen[-1][0] != now[0]:
            seen.append(now)
        return now[0]

    wait(asked, lambda: state() == "waiting")
    assert asked.post(f"{path}/interaction", values(ok=True)).status == 204
    wait(asked, lambda: state() == "completed")
    assert [one for one, _ended, _lines in seen if one != "running"] == [
        "initializing", "waiting-signal", "waiting", "completed"]  # fmt: skip
    assert [ended for _one, ended, _lines in seen] == [False] * (len(seen) - 1) + [True]
    if version != "7.3":
        counts = [lines for _one, _ended, lines in seen]
        assert counts == sorted(counts) and counts[0] == 0
        asked.world.advance(1)
        assert len(asked.get(f"{path}/syslogs?conditions=severity=info")["logs"]) > counts[-1]


@pytest.mark.parametrize("version", VERSIONS)
def test_points_5_to_7_of_runs(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "o = n + 1;", ["n:number", "s:SecureString"], ["o:number"])
    wrong = {"parameters": [{"name": "s", "type": "SecureString", "value": {"SecureString": {"value": "s3cret"}}}]}
    refused = asked.post(f"workflows/{identity}/executions", wrong)
    assert refused.status == 400 and str(refused.header("content-type")).startswith("text/html")
    right = values(n={"number": {"value": "41"}}, s={"secure-string": {"value": "s3cret"}})
    reply = asked.post(f"workflows/{identity}/executions?unknown=query", right)
    location = str(reply.header("location"))
    assert reply.status == 202 and location.endswith("/")
    done = finished(asked, identity, location.rstrip("/").rpartition("/")[2])
    assert outputs(done)["o"] == 42 and "s3cret" not in str(done)
    assert [one["name"] for one in done["input-parameters"] if "value" not in one] == ["s"]
