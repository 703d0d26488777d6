"""The module in this process against simulated orchestrators: which tasks there are, and what they are given."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_schedule import Schedule
from ansible_collections.vcpp.vcloud.plugins.modules.vro_schedule_info import Schedules
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")


def test_tasks_are_told_by_name_with_what_the_server_knows(vro: Any) -> None:
    assert vro.run(Schedules)["vro_schedule"] == []
    for name, url in (("second", "https://b.example.com"), ("First", "https://a.example.com")):
        made = vro.run(
            Schedule, name=name, workflow="Import a certificate from URL", parameters={"url": url},
            start="2031-01-01T00:00:00Z", recurrence="every_day", times=["02:30"],
        )  # fmt: skip
        assert made["changed"]
    vro.control.clear_journal()
    told = vro.run(Schedules)
    assert [each["name"] for each in told["vro_schedule"]] == ["First", "second"]
    assert len(vro.requests) == 3
    first, details = told["vro_schedule"][0], told["details"][0]
    assert (first["recurrence"], first["times"]) == ("every_day", ["02:30:00"])
    assert first["parameters"] == {"url": "https://a.example.com"} and first["suspended"] is False
    assert details["workflow"] == "Import a certificate from URL" and details["state"] == "pending"
    assert details["running"] is False and details["id"]
    (one,) = vro.run(Schedules, name="second", workflow_id=first["workflow_id"])["vro_schedule"]
    assert one["parameters"] == {"url": "https://b.example.com"}
    assert vro.run(Schedules, workflow_id="another")["vro_schedule"] == []
