"""The module in this process against the simulated orchestrator: which packages there are, and what is in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_package import Package
from ansible_collections.vcpp.vcloud.plugins.modules.vro_package_info import Packages
from tests.unit.plugins.module_utils._vro import package_files
from tests.unit.plugins.module_utils._vro.making import GREETING, workflow
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
NAME = "com.example.greetings"


@pytest.fixture(autouse=True)
def package(vro: Any, tmp_path: Path) -> None:
    held = [replace(workflow(), place="Tenants")]
    built = package_files.package_file(NAME, held, description="All", used_plugins={"REST": "0.1"})
    path = tmp_path / "x.package"
    path.write_bytes(built.packed)
    assert vro.run(Package, path=str(path))["changed"]
    vro.control.clear_journal()


def test_all_packages_are_told_in_one_read(vro: Any) -> None:
    found = vro.run(Packages)
    assert (found["changed"], vro.requests) == (False, ["GET /vco/api/packages"])
    assert {"name": NAME} in found["vro_package"]
    assert len(found["vro_package"]) == len(found["details"]) == len(vro.server.store.packages)


def test_one_is_told_with_its_elements(vro: Any) -> None:
    found = vro.run(Packages, name=NAME, with_elements=True)
    assert found["vro_package"] == [{"name": NAME}]
    (told,) = found["details"]
    assert told["description"] == "All"
    assert told["elements"] == [{"type": "workflow", "id": GREETING, "name": "Greet", "version": "1.0.0"}]
    assert [(each["name"], each["version"]) for each in told["used_plugins"]] == [("REST", "0.1")]
    assert vro.run(Package, **found["vro_package"][0])["changed"] is False
    assert vro.run(Packages, name="nothing")["vro_package"] == []
    assert "name is ''" in vro.run(Packages, name="")["msg"]
