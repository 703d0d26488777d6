"""Documents of strange forms: every answer is one of the server's own, and the clock goes on (contract 2.3)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.simulator.cse import polled
from tests.unit.simulator.cse.asking import Asker, Estate
from tests.unit.simulator.cse.native import CLUSTERS, make, old_payload, payload

V1 = "/cloudapi/1.0.0"
STRANGE: tuple[Any, ...] = (None, [], {}, "x", 7, -1, True, {"a": {"b": []}}, [[]])


def spoiled(document: Any) -> Iterator[Any]:
    """The document with each of its parts in turn replaced by what nobody expects."""

    def places(part: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        yield path
        if isinstance(part, dict):
            for name, one in part.items():
                yield from places(one, (*path, name))

    for path in places(document, ()):
        for value in STRANGE:
            if not path:
                yield value
                continue
            made = copy.deepcopy(document)
            inner = made
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = value
            yield made


def settled(there: Estate, who: Asker) -> None:
    """Time passes, and the server still answers."""
    there.world.advance(30)
    assert who.get(CLUSTERS).status == 200


@pytest.mark.parametrize(("version", "api"), [("3.1", "36.0"), ("3.1", "35.0"), ("3.0", "35.0")])
def test_payloads_of_native_clusters(version: str, api: str) -> None:
    there = Estate(version)
    tenant = there.other("admin@Tyrell", api)
    body = payload(workers=1) if api == "36.0" else old_payload(workers=1)
    if version == "3.0":
        body["spec"]["k8_distribution"]["template_name"] = "ubuntu-16.04_k8-1.18_weave-2.6.5"
    made, _task = make(tenant, body)
    for number, strange in enumerate(spoiled(body)):
        for method, path in (("POST", CLUSTERS), ("PUT", f"{CLUSTERS}/{made}")):
            reply = tenant.call(method, path, strange)
            assert reply.status in (202, 400, 500), (method, strange, reply.body)
            assert reply.document()
        if number % 20 == 0:
            settled(there, tenant)
    settled(there, tenant)


def test_what_else_takes_a_body() -> None:
    there = Estate("3.1")
    made, _task = make(there.tenant, payload(workers=0))
    for strange in (*STRANGE, {"accessSetting": [1]}, {"k8s_runtime": [1]}, {"k8s_runtime": [[]]}):
        assert there.tenant.call("PUT", f"{CLUSTERS}/{made}/acl", strange).status in (204, 400, 500)
        reply = there.provider.call("PUT", f"/api/cse/3.0/ovdc/{there.vdc.id}", strange)
        assert reply.status in (202, 400, 500)
        assert there.provider.call("PUT", "/api/cse/system", strange).status in (200, 400, 500)
    assert there.tenant.ask("PUT", f"{CLUSTERS}/{made}", b"{", content_type="application/json").status == 500
    assert there.tenant.get("/api/cse/3.0/nativeclusters?page=x").status == 400
    assert there.tenant.get("/api/cse/3.0/nativeclusters?page=-1&pageSize=0").status == 200
    assert there.tenant.get(f"{CLUSTERS}?colour=red").status == 500
    settled(there, there.tenant)


def test_entities_past_the_server() -> None:
    there = Estate("3.1")
    kind = "urn:vcloud:type:cse:nativeCluster:2.1.0"
    for strange in spoiled(payload(workers=0)):
        wanted = {"name": "k8s1", "entity": strange if isinstance(strange, dict) else {"x": strange}}
        assert there.tenant.call("POST", f"{V1}/entityTypes/{kind}", wanted).status == 202
    settled(there, there.provider)


def test_entities_of_4_x() -> None:
    there = Estate("4.2")
    kind = "urn:vcloud:type:vmware:capvcdCluster:1.3.0"
    for strange in spoiled(polled.content(polled.text(polled.documents()))):
        wanted = {"name": "k8s1", "entity": strange if isinstance(strange, dict) else {"x": strange}}
        assert there.tenant.call("POST", f"{V1}/entityTypes/{kind}", wanted).status == 202
    for found in spoiled(polled.documents()[0]):
        body = polled.content(polled.text([found, *polled.documents()[1:]]), "k8s2")
        there.tenant.call("POST", f"{V1}/entityTypes/{kind}", {"name": "k8s2", "entity": body})
    for _step in range(30):
        there.world.advance(0.3)
        assert there.tenant.get(f"{V1}/entities/types/vmware/capvcdCluster/1.3.0?pageSize=1").status == 200
