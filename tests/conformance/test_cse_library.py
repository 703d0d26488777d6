"""The libraries of container-service-extension 3.1.4, clients of defined entities and of MQTT extensions, on API 36.0.

Of all published clients that the package indexes have, they alone hold to ETags.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import TENANT

Drivers = Callable[[str], Driver]
RELEASES = pytest.mark.parametrize("release", ["10.3", "10.6"])
ME = {"name": "cse", "version": "1.0.0", "vendor": "vmware"}
TYPE_ID = "urn:vcloud:type:cse:nativeCluster:1.0.0"


@RELEASES
def test_definitions_entities_and_their_etags(cse: Drivers, release: str) -> None:
    driver = cse(release)

    def ask(path: str, **more: Any) -> Any:
        return driver.call("cloudapi", who="system", path=path, **more)

    interface = driver.call("create_interface", who="system", name="CSE", vendor="cse", nss="k8s", version="1.0.0")
    assert interface == "urn:vcloud:interface:cse:k8s:1.0.0"
    assert interface in driver.call("interfaces", who="system"), "the client reads pages until one is empty"
    schema = {"type": "object", "required": ["kind"]}
    kind = driver.call(
        "create_type", who="system", name="native", description="", vendor="cse", nss="nativeCluster", version="1.0.0",
        schema=schema, interfaces=[interface],
    )  # fmt: skip
    assert kind == TYPE_ID and kind in driver.call("types", who="system")
    task = driver.call("create_entity", who="system", type_id=kind, name="one", content={"kind": "native"})
    assert "/api/task/" in task
    (entity,) = ask("entities/types/cse/nativeCluster/1.0.0?filter=entity.kind==native&page=1&sortAsc=name")["body"][
        "values"
    ]
    urn = entity["id"]
    assert ask(f"entities/{urn}/resolve", method="POST")["body"]["state"] == "RESOLVED"
    first = ask(f"entities/{urn}")
    changed = ask(f"entities/{urn}?invokeHooks=false", method="PUT", body=entity, headers={"If-Match": first["etag"]})
    assert changed["etag"] not in (None, first["etag"])
    with pytest.raises(ClientError) as caught:
        ask(f"entities/{urn}?invokeHooks=false", method="PUT", body=entity, headers={"If-Match": first["etag"]})
    assert caught.value.status == 412
    driver.call("grant", who="system", urn=urn, level="urn:vcloud:accessLevel:ReadOnly", member=entity["org"]["id"])
    assert len(ask(f"entities/{urn}/accessControls")["body"]["values"]) == 1
    driver.call("delete_entity", who="system", urn=urn)
    driver.call("delete_type", who="system", urn=kind)
    driver.call("delete_interface", who="system", urn=interface)


@RELEASES
def test_an_mqtt_extension_with_filters_and_a_token(cse: Drivers, release: str) -> None:
    driver = cse(release)
    made = driver.call("create_extension", who="system", **ME)
    assert made["ext_urn_id"] == "urn:vcloud:extension-api:vmware:cse:1.0.0"
    assert made["listen_topic"] and made["respond_topic"]
    uuid = driver.call("extension_uuid", who="system", urn=made["ext_urn_id"])
    assert driver.call("set_up_filters", who="system", uuid=uuid, patterns=["/api/cse", "/api/cse/.*"]) is True
    token = driver.call("set_up_token", who="system", token="listener", urn=made["ext_urn_id"], **ME)
    assert token["token"] and driver.call("token_ids", who="system", **ME) == [token["token_id"]]
    driver.call("disable_extension", who="system", **ME)
    assert driver.call("extension", who="system", **ME)["enabled"] is False
    driver.call("delete_extension", who="system", urn=made["ext_urn_id"], **ME)
    assert driver.call("extension", who="system", **ME) in (None, {})


@RELEASES
def test_a_tenant_registers_nothing(cse: Drivers, release: str) -> None:
    driver = cse(release)
    with pytest.raises(ClientError):
        driver.call("create_extension", who="tenant", **ME)
    with pytest.raises(ClientError) as caught:
        driver.call("create_interface", who="tenant", name=TENANT, vendor="cse", nss="mine", version="1.0.0")
    assert caught.value.status in (403, None)
