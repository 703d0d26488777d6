"""The module in this process against the simulated vCD: extensions of both transports, which can be fed back."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_extension import ApiExtension
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_extension_info import ApiExtensions
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.test_vcd_api_extension import MQTT, PATTERNS, SERVICE

vcd = vcds.fixture("9.0", "10.2", "10.6")


def test_extensions_are_told_by_transport_and_name_and_can_be_fed_back(vcd: Any) -> None:
    vcd.run(ApiExtension, **SERVICE, filters=PATTERNS)
    vcd.run(ApiExtension, **{**SERVICE, "namespace": "nz.kiwi.audit", "name": "audit"}, enabled=False)
    new = vcd.version >= (35, 0)
    if new:
        vcd.run(ApiExtension, **MQTT, filters=PATTERNS)
    told = vcd.run(ApiExtensions)
    assert [row["name"] for row in told["vcd_api_extension"]] == ["audit", "backup", *(["backup"] if new else [])]
    assert told["vcd_api_extension"][1]["filters"] == sorted(PATTERNS)
    assert told["details"][0]["id"].startswith("urn:vcloud:service:")
    assert told["details"][0]["mqtt_topics"] is None
    if new:
        assert told["details"][2]["id"] == "urn:vcloud:extension-api:kiwi:backup:1.0.0"
        assert set(told["details"][2]["mqtt_topics"]) == {"monitor", "respond"}
    for row in told["vcd_api_extension"]:
        assert vcd.run(ApiExtension, **row)["changed"] is False


def test_filters_choose(vcd: Any) -> None:
    vcd.run(ApiExtension, **SERVICE)
    assert len(vcd.run(ApiExtensions, transport="amqp", vendor="Kiwi Cloud")["vcd_api_extension"]) == 1
    assert len(vcd.run(ApiExtensions, namespace="nz.kiwi.backup")["vcd_api_extension"]) == 1
    assert vcd.run(ApiExtensions, name="Backup")["vcd_api_extension"] == []
    assert vcd.run(ApiExtensions, version="1.0.0")["vcd_api_extension"] == []
    only = vcd.run(ApiExtensions, transport="mqtt")
    assert only["vcd_api_extension"] == [] if vcd.version >= (35, 0) else only["failed"]
