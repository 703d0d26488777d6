"""The checklist of the contract (section 23), point by point; details are in the tests of each room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulator.vro.package_files import Signer, save_package
from tests.simulator.vro.store import CATEGORY_TYPES
from tests.simulator.wire import Request
from tests.tools import make_vro_files
from tests.unit.simulator.vro.asking import HOST, VERSIONS, Vro, attributes, basic
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
