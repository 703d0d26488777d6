"""The report from the rows of sites to its files: counted once, safe in browsers and spreadsheets, complete."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._report.merge import merge, read
from ansible_collections.vcpp.vcloud.plugins.module_utils._report.page import COLUMNS, size, to_html
from ansible_collections.vcpp.vcloud.plugins.module_utils._report.render import render
from ansible_collections.vcpp.vcloud.plugins.module_utils._report.tables import tables, to_csv
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.report import (
    average_transfer,
    organization_rows,
    totals,
    vm_row,
)

MIB = 1024 * 1024


def vm(number: int, source: str = "A", destination: str = "B", **more: Any) -> dict[str, Any]:
    """A VM replication as the product lists it."""
    wire = {
        "id": f"C4-{number}",
        "vmName": f"web{number:02d}",
        "vappReplicationId": f"C4VAPP-{number // 2}",
        "isPaused": False,
        "isMigration": False,
        "source": {"site": source, "org": "Tyrell", "vAppName": "web", "vdcName": "A Tyrell"},
        "destination": {"site": destination, "org": "Tyrell", "vdcName": "B Tyrell"},
        "settings": {"rpo": 240, "quiesced": True},
        "storageProfileName": "gold",
        "destinationState": {
            "currentRpoViolation": 0,
            "latestInstance": {"timestamp": 1561000000000, "transferBytes": MIB, "transferSeconds": 3},
            "recoveryInfo": {"recoveryState": "NOT_STARTED"},
            "spaceRequirement": 4 * 1024 * MIB,
        },
        "dataConnectionState": "OK",
        "overallHealth": "GREEN",
    }
    return {**wire, **more}


def row(number: int, **more: Any) -> dict[str, Any]:
    return {**vm_row(vm(number), "cloud to cloud", [{"transferBytes": MIB}] * 2), **more}


def site(name: str, rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    traffic = {"days": ["2026-11-19", "2026-11-20"], "bytes": {"Tyrell": [10, 20]}}
    organizations = organization_rows(["Tyrell", "Wallace"], [], [])
    return {"site": name, "generated": "2026-11-20T08:00:00Z", "vms": rows, "organizations": organizations,
            "traffic": traffic, "warnings": [], **more}  # fmt: skip


def test_a_row_has_every_column_of_the_page_and_the_report_s_own_figures() -> None:
    found = row(1)
    assert set(COLUMNS) == found.keys() - {"id", "source_organization", "vapp_replication"}
    assert found["last_instance"] == "2019-06-20T03:06:40Z"
    assert (found["rpo_minutes"], found["instances"], found["space_required_bytes"]) == (240, 2, 4 * 1024 * MIB)
    assert found["average_transfer_bytes_per_day"] == 6 * MIB  # a mebibyte every four hours


def test_a_vm_before_its_first_instance_has_none_and_no_average() -> None:
    fresh = vm(1, destinationState={"latestInstance": None, "recoveryInfo": None})
    found = vm_row(fresh, "cloud to cloud", [])
    assert (found["last_instance"], found["last_transfer_bytes"], found["instances"]) == (None, None, 0)
    assert found["average_transfer_bytes_per_day"] is None
    assert average_transfer([{"transferBytes": 5}], 0) is None
    unread = vm_row(fresh, "cloud to cloud", None)
    assert (unread["instances"], unread["average_transfer_bytes_per_day"]) == (None, None)


def test_organizations_count_both_ends_directions_and_kinds() -> None:
    def vapp(source: tuple[str, str], destination: tuple[str, str], vms: int, migration: bool = False) -> Any:
        ends = [{"site": place, "org": org} for place, org in (source, destination)]
        return {"source": ends[0], "destination": ends[1], "vmReplications": [{}] * vms, "isMigration": migration}

    vapps = [
        vapp(("A", "Tyrell"), ("B", "Tyrell"), 3),
        vapp(("A", "Tyrell"), ("B", "Wallace"), 1, migration=True),
        vapp(("Tyrell-OnPrem", ""), ("B", "Tyrell"), 2),
        vapp(("B", "Tyrell"), ("Tyrell-OnPrem", ""), 5),
    ]
    tyrell, wallace, idle = organization_rows(["Wallace", "Tyrell", "Zeta"], vapps, ["Tyrell-OnPrem"])
    assert (tyrell["organization"], tyrell["vapps"], tyrell["vms"]) == ("Tyrell", 4, 11)
    assert (tyrell["c2c_protections_vms"], tyrell["c2c_migrations_vms"]) == (3, 1)
    assert (tyrell["v2c_protections_vapps"], tyrell["v2c_protections_vms"], tyrell["c2v_protections_vms"]) == (1, 2, 5)
    assert (wallace["vapps"], wallace["c2c_migrations_vms"]) == (1, 1)
    assert idle["vms"] == 0
    assert len(tyrell) == 1 + 12 + 2  # every column of the summary: three directions, two kinds, vApps and VMs


def test_totals_add_up_what_a_provider_bills_and_watches() -> None:
    rows = [row(1), row(2, migration=True, rpo_violation_minutes=5), row(3, paused=True, health="RED")]
    found = totals([*rows, row(4, average_transfer_bytes_per_day=None, space_required_bytes=None)])
    assert found == {
        "vms": 4, "protections": 3, "migrations": 1, "rpo_violations": 1, "paused": 1, "unhealthy": 1,
        "space_required_bytes": 12 * 1024 * MIB, "average_transfer_bytes_per_day": 18 * MIB,
    }  # fmt: skip


def test_a_replication_that_two_sites_list_is_counted_once_as_its_destination_tells_it() -> None:
    here, there = row(1, instances=None), row(1, instances=4)
    for sites in ([site("A", [here]), site("B", [there])], [site("B", [there]), site("A", [here])]):
        (found,) = merge(sites)["vms"]
        assert found["instances"] == 4


def test_traffic_of_sites_is_added_by_organization_and_day_and_days_may_differ() -> None:
    other = {"days": ["2026-11-20", "2026-11-21"], "bytes": {"Tyrell": [1, 2], "Wallace": [3, 4]}}
    found = merge([site("A", []), site("B", [], traffic=other), site("C", [], traffic=None)])
    assert found["traffic"] == {
        "days": ["2026-11-19", "2026-11-20", "2026-11-21"],
        "bytes": {"Tyrell": [10, 21, 2], "Wallace": [0, 3, 4]},
    }
    assert found["without_traffic"] == ["C"]


@pytest.mark.parametrize("content", ["no json", "[]", '{"site": "A"}', None])
def test_a_source_that_is_no_data_of_a_site_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "auckland.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=rf"^sources names {path}, which .*vcav_report"):
        read([str(path)])


def test_a_site_that_comes_twice_is_refused_and_a_finished_report_is_no_source(tmp_path: Path) -> None:
    path = tmp_path / "auckland.json"
    path.write_text(json.dumps(site("A", [])))
    with pytest.raises(InputError, match="names site A twice"):
        read([str(path), str(path)])
    finished = tmp_path / "report.json"
    finished.write_text(render(merge(read([str(path)])), ["json"], title="Kiwi")["report.json"])
    with pytest.raises(InputError, match="has not written"):
        read([str(finished)])


def test_tables_hold_every_vm_and_organization_and_a_row_for_each_day() -> None:
    found = tables(merge([site("A", [row(1), row(2)])]))
    read_back = {name: list(csv.DictReader(io.StringIO(text))) for name, text in found.items()}
    assert [each["vm"] for each in read_back["vms"]] == ["web01", "web02"]
    assert read_back["vms"][0]["space_required_bytes"] == str(4 * 1024 * MIB)
    assert (read_back["vms"][0]["quiesced"], read_back["vms"][0]["paused"]) == ("yes", "no")
    assert [each["organization"] for each in read_back["organizations"]] == ["Tyrell", "Wallace"]
    assert read_back["traffic"] == [
        {"organization": "Tyrell", "day": "2026-11-19", "bytes": "10"},
        {"organization": "Tyrell", "day": "2026-11-20", "bytes": "20"},
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(1)", "\tx", "\rx"])
def test_a_name_that_a_spreadsheet_would_run_stays_text(name: str) -> None:
    (found,) = csv.DictReader(io.StringIO(to_csv([{"vm": name}], ["vm"]), newline=""))
    assert found["vm"] == f"'{name}"


def test_a_table_without_rows_still_has_its_heading() -> None:
    assert to_csv([], ("organization", "site")) == "organization,site\r\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (1536 * MIB, "1.5 GiB"), (2**60, "1,024.0 PiB"), (None, "")],
)
def test_sizes_are_binary_with_one_decimal(value: int | None, text: str) -> None:
    assert size(value) == text


def page(rows: list[dict[str, Any]], missing: list[str] | None = None, **more: Any) -> str:
    return to_html(
        merge([site("A", rows, **more)]), title="Kiwi", generated="2026-11-20T08:00:00Z", missing=missing or []
    )


@pytest.mark.parametrize(
    ("rows", "missing", "headline"),
    [
        ([row(1)], [], "The one VM is healthy and within its objective"),
        ([row(1), row(2)], [], "All 2 VMs are healthy and within their objective"),
        ([row(1), row(2, rpo_violation_minutes=5)], [], "1 of 2 VMs misses the objective"),
        ([row(1, health="RED"), row(2, rpo_violation_minutes=5)], [], "1 of 2 VMs is not healthy"),
        ([row(1)], ["B"], "1 of 2 sites did not answer"),
        ([], [], "Nothing is replicated"),
    ],
)
def test_the_headline_says_the_worst_first(rows: list[dict[str, Any]], missing: list[str], headline: str) -> None:
    assert f"<h1>{headline}</h1>" in page(rows, missing)


def test_the_page_names_missing_sites_and_warnings_and_organizations_without_a_replication() -> None:
    text = page([row(1)], ["B"], warnings=["Release 3.0 keeps no traffic history."])
    assert "B did not answer: its VMs are not in this report." in text
    assert "A: Release 3.0 keeps no traffic history." in text
    assert "1 organization without a replication" in text


def test_the_page_has_the_summary_of_both_ends_with_vapps_and_vms_by_direction_and_kind() -> None:
    rows = [row(1), row(2), row(3), row(4, migration=True, source_organization="Wallace")]
    text = page(rows)
    tyrell, wallace = re.findall(r"<tr><th scope=.row.*?</tr>", text)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", tyrell) == [
        "3", "4", "2 / 3", "1 / 1", "", "", "", "", "0", "16.0 GiB", "24.0 MiB", "30 B",
    ]  # fmt: skip
    # What takes room and traffic at the destination is told of its organization alone.
    assert re.findall(r"<td[^>]*>([^<]*)</td>", wallace) == [
        "1", "1", "", "1 / 1", "", "", "", "", "0", "0 B", "0 B", "0 B",
    ]  # fmt: skip


def test_names_cannot_break_out_of_the_page() -> None:
    text = page([row(1, vm="</script><script>alert(1)</script>", organization='"><img src=x onerror=alert(1)>')])
    assert "<script>alert" not in text
    assert "<img" not in text


def test_the_files_are_those_of_the_chosen_formats() -> None:
    report = merge([site("A", [row(1)])])
    assert list(render(report, ["html"], title="Kiwi")) == ["report.html"]
    assert list(render(report, ["csv", "json"], title="Kiwi", missing=["B"])) == [
        "vms.csv", "organizations.csv", "traffic.csv", "report.json",
    ]  # fmt: skip
    document = json.loads(render(report, ["json"], title="Kiwi", missing=["B"])["report.json"])
    assert (document["title"], document["missing"], document["vms"][0]["vm"]) == ("Kiwi", ["B"], "web01")
