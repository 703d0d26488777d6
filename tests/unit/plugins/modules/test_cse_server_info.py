"""The module in this process against simulated CSEs: which one is there, how it does, and that there is none."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.cse_server_info import Server
from tests.unit.plugins.modules import cses, vcds
from tests.unit.plugins.modules.cses import HERE

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1", "4.0", "4.2")
native = cses.fixture("3.1")
vcd = vcds.fixture("9.7", "10.3", "10.6")


def told(bench: Any, **options: Any) -> dict[str, Any]:
    result = bench.run(Server, **options)
    assert result["changed"] is False, result
    return dict(result["cse_server"])


def test_which_one_is_there_and_what_it_can(cse: Any) -> None:
    found = told(cse)
    release = cse.release
    full = {"1.2": "1.2.7", "2.0": "2.0.0", "2.6": "2.6.1", "3.0": "3.0.5", "3.1": "3.1.4"}.get(release, release)
    assert (found["installed"], found["version"]) == (True, full)
    assert found["running"] is (None if release.startswith("4") else True)
    assert found["enabled"] is (None if release.startswith("4") else True), "a provider is told"
    assert found["capabilities"]["nfs_nodes"] is not release.startswith("4")
    kinds = {"3.0": ["native", "TKG+"], "3.1": ["native", "TKG+", "TKGm"], "4.0": ["TKGm"], "4.2": ["TKGm"]}
    assert found["capabilities"]["kinds"] == kinds.get(release, ["native"])
    written = {"3.0": "cse:nativeCluster:1.0.0", "3.1": "cse:nativeCluster:2.1.0", "4.0": "vmware:capvcdCluster:1.1.0"}
    if release in written:
        assert found["entity_type"] == f"urn:vcloud:type:{written[release]}"
        assert found["entity_type"] in [one["id"] for one in found["entity_types"]]
    assert len(cse.requests) <= 3 and cse.writes == []


def test_a_tenant_is_told_less(cse: Any) -> None:
    found = told(cse, **cse.tenant)
    assert found["installed"] is True and found["enabled"] is None and found["status"] is None


def test_there_is_none(vcd: Any) -> None:
    found = told(vcd)
    assert (found["installed"], found["running"], found["version"]) == (False, False, None)
    assert found["message"].startswith("there is no Container Service Extension at https://")
    assert found["capabilities"] is None and found["entity_types"] == []


def test_it_is_registered_and_down_or_switched_off(native: Any) -> None:
    native.control.change("cse-process", HERE, does="stop")
    found = told(native)
    assert (found["installed"], found["running"], found["version"]) == (True, False, None)
    assert "its server does not answer: start it" in found["message"] and len(found["entity_types"]) == 2
    native.control.change("cse-process", HERE, does="start")
    native.server.state = "Disabled"
    found = told(native)
    assert (found["running"], found["enabled"], found["status"]) == (True, False, "Disabled")
    assert "refuses everything until vcd cse system enable" in found["message"]


@pytest.mark.parametrize("api", ["35.2"])
def test_an_older_number_makes_an_older_type(native: Any, api: str) -> None:
    found = told(native, vcd_api_version=api)
    assert (found["api_version"], found["entity_type"]) == ("35.0", "urn:vcloud:type:cse:nativeCluster:1.0.0")
    assert found["api_versions"] == ["35.0", "36.0"]
