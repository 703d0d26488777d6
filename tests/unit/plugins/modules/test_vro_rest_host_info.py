"""The module in this process against simulated orchestrators: hosts with and without their operations."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_rest_host_info import RestHosts
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
URL = "https://avamar.example.com:8543/rest-api"


def test_hosts_are_told_by_name_with_their_operations(vro: Any) -> None:
    store = vro.server.store
    second, first = store.add_rest_host("networker", URL, "Digest"), store.add_rest_host("avamar", URL)
    store.add_rest_operation(second, "Get jobs", "get", "/jobs/{id}")
    told = vro.run(RestHosts)
    mine = [each for each in told["vro_rest_host"] if each["name"] in ("avamar", "networker")]
    assert mine == [
        {"name": "avamar", "url": URL, "authentication": "none", "operations": []},
        {
            "name": "networker",
            "url": URL,
            "authentication": "digest",
            "operations": [{"name": "Get jobs", "method": "GET", "url_template": "/jobs/{id}"}],
        },
    ]
    assert {first.id, second.id} <= {each["id"] for each in told["details"]}
    vro.control.clear_journal()
    (one,) = vro.run(RestHosts, name="networker", operations=False)["vro_rest_host"]
    assert "operations" not in one and vro.requests == ["GET /vco/api/catalog/REST/RESTHost/"]
    assert vro.run(RestHosts, name="nobody")["vro_rest_host"] == []
