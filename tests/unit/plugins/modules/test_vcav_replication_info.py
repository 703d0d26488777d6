"""The module in this process against the simulator: filters go to the server, pages, states and errors are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.plugins.modules.replicating import DB, HERE, THERE, WEB, Tenant


@pytest.fixture
def tenant(estate: Any) -> Tenant:
    found = Tenant(estate)
    found.started()
    return found


def queries(tenant: Tenant) -> list[str]:
    return [one["path"] for one in tenant.control.journal() if "vapp-replications" in one["path"]]


def test_all_is_told_of_a_replication(tenant: Tenant) -> None:
    (one,) = tenant.info(vapps=[DB])["replications"]
    assert (one["vapp"], one["kind"], one["source_site"], one["destination_site"]) == (DB, "protection", THERE, HERE)
    (vm,) = one["vms"]
    assert (vm["recovery_state"], vm["paused"], vm["health"], vm["rpo"], vm["last_error"]) == (
        "not_started", False, "green", 60, None,
    )  # fmt: skip
    assert vm["latest_instance"]["timestamp"].endswith("Z") and vm["space_required"] > 0


def test_filters_are_the_servers_and_names_are_exact(tenant: Tenant) -> None:
    tenant.control.clear_journal()
    options = {"org": "Tyrell", "source_org": "Tyrell", "source_site": THERE, "vapps": ["tyrell-web"]}
    assert tenant.info(**options)["replications"] == []  # the server finds what contains the name
    (query,) = queries(tenant)
    for part in ("destinationOrg=Tyrell", "sourceOrg=Tyrell", f"sourceSite={THERE}", "vappName=tyrell-web"):
        assert part in query


@pytest.mark.parametrize(("options", "vms"), [
    ({"vapps": [WEB]}, 2), ({"vms": [f"{WEB}-02"]}, 1), ({"kind": "migration"}, 0), ({"destination_site": THERE}, 0),
    ({"org": "nobody"}, 0), ({}, 3),
])  # fmt: skip
def test_only_what_is_asked_for_is_told(tenant: Tenant, options: dict[str, Any], vms: int) -> None:
    assert sum(len(one["vms"]) for one in tenant.info(**options)["replications"]) == vms


def test_one_vm_of_a_vapp_is_a_row_of_its_own(tenant: Tenant) -> None:
    (row,) = tenant.info(vms=[f"{WEB}-02"])["vcav_replication"]
    assert (row["vapp"], row["vm"]) == (WEB, f"{WEB}-02")


def test_replications_are_found_by_their_ids(tenant: Tenant) -> None:
    (one,) = tenant.info(vapps=[DB])["replications"]
    for chosen in (one["id"], one["vms"][0]["id"]):
        assert [found["id"] for found in tenant.info(ids=[chosen])["replications"]] == [one["id"]]


def test_violations_and_errors_are_told(tenant: Tenant) -> None:
    tenant.control.change("replication-problem", HERE, replication=DB, problem="error", message="No space.")
    tenant.control.change("replication-problem", HERE, replication=f"{WEB}-01", problem="rpo-violation", minutes=90)
    told = {vm["vm"]: vm for one in tenant.info()["replications"] for vm in one["vms"]}
    assert told[f"{DB}-01"]["health"] == "red" and "No space." in told[f"{DB}-01"]["last_error"]
    assert told[f"{WEB}-01"]["rpo_violation"] >= 90 and told[f"{WEB}-01"]["health"] == "yellow"


def test_all_pages_are_read_in_the_same_order_each_time(tenant: Tenant) -> None:
    tenant.control.scale_replications(250, site=THERE, destination=HERE)
    first, second = tenant.info(), tenant.info()
    assert len(first["replications"]) == 252 and first == second
    tenant.control.add_fault("short_page", path="vapp-replications*", keep=70)
    assert tenant.info() == first


def test_two_vapps_of_one_name_are_told_by_their_ids(tenant: Tenant) -> None:
    twin = tenant.control.change("vapp-add", THERE, org="Tyrell", vapp=WEB, vms={"twin-01": 4})["id"]
    assert tenant.protect({"vapp": twin})["changed"]
    rows = tenant.info()["vcav_replication"]
    assert twin in [row["vapp"] for row in rows] and WEB not in [row["vapp"] for row in rows]
    assert tenant.protect(*rows, common=None)["changed"] is False


def test_another_site_is_asked_in_an_extended_session(tenant: Tenant) -> None:
    assert tenant.info(site=THERE, **tenant.extended)["replications"] == tenant.info()["replications"]
    assert "vcav_remote_site" in tenant.info(site=THERE)["msg"]


def test_an_empty_name_is_refused_before_a_request(tenant: Tenant) -> None:
    assert tenant.info(vapps=[" "])["msg"].startswith("vapps has an empty entry")
    assert tenant.control.count() == 0
