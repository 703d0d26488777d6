"""The module in this process against the simulator: a site's name, its endpoints, and the manager's credentials."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_local_site import LocalSite
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_local_site_info import LocalSiteInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_lookup_service import LookupService

SITE = {"name": "A03-Auckland", "description": "North", "api_public_address": "vcav-a03.example.net"}
SITE["api_public_port"] = 443  # type: ignore[assignment]


def credentials(estate: Any) -> dict[str, str]:
    password = estate.simulator.simulator.world.estate.sso_password
    return {"manager_sso_user": "administrator@vsphere.local", "manager_sso_password": password}


def with_lookup_service(estate: Any) -> None:
    """The manager's, without which it does not know the single sign-on."""
    manager = estate.simulator.manager(estate.here)
    estate.run(LookupService, vcav_url=manager, url="vdev-a03-vc01.vdev.local", accept_certificate=True)
    estate.control.clear_journal()


def cloud(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here].cloud


def test_a_new_site_gets_name_and_endpoints_once_and_wants_a_restart(new_estate: Any) -> None:
    predicted = new_estate.run(LocalSite, check=True, **SITE)
    assert new_estate.writes == []
    made = new_estate.run(LocalSite, **SITE)
    assert (made["changed"], made["restart_required"]) == (True, True)
    assert made["vcav_local_site"].items() >= SITE.items()
    assert {key: made[key] for key in made if key != "diff"} == {
        key: predicted[key] for key in predicted if key != "diff"
    }
    assert new_estate.writes == ["POST /config/site", "POST /config/endpoints"]
    again = new_estate.run(LocalSite, **SITE)
    assert (again["changed"], again["restart_required"]) == (False, True)


def test_after_the_restart_none_is_wanted(new_estate: Any) -> None:
    new_estate.run(LocalSite, **SITE)
    cloud(new_estate).appliance.restart_services()
    new_estate.control.advance(60)
    again = new_estate.run(LocalSite, **SITE)
    assert (again["changed"], again["restart_required"]) == (False, False)
    assert new_estate.run(LocalSiteInfo)["effective"]["api_public_address"] == SITE["api_public_address"]


def test_another_name_is_an_error_and_no_change(estate: Any) -> None:
    result = estate.run(LocalSite, name="Wellington")
    assert "cannot rename a site" in result["msg"] and "'A03-Auckland'" in result["msg"]
    assert estate.writes == []


def test_the_description_is_changed_alone(estate: Any) -> None:
    result = estate.run(LocalSite, description="South of the north")
    assert (list(result["diff"][0]["after"]), result["restart_required"]) == (["description"], False)
    assert estate.writes == ["POST /config/site"]
    assert estate.run(LocalSite, description="")["vcav_local_site"]["description"] == ""


def test_one_endpoint_is_changed_and_all_others_are_sent_along(estate: Any) -> None:
    cloud(estate).settings.endpoints.set(mgmtAddress="10.207.0.44", apiPublicPort=4443)
    result = estate.run(LocalSite, api_public_port=443, mgmt_port=8046)
    assert result["diff"][0]["before"] == {"api_public_port": 4443, "mgmt_port": None}
    configured = cloud(estate).settings.endpoints.configured
    assert configured["mgmtAddress"] == "10.207.0.44"
    assert configured["apiPublicAddress"] == "vcav-a03.example.net"
    assert (configured["apiPublicPort"], configured["mgmtPort"]) == (443, 8046)


def test_fields_that_are_no_options_are_kept(estate: Any) -> None:
    if estate.release != "3.0":
        pytest.skip("only 3.0 has them")
    cloud(estate).settings.endpoints.set(tunnelPublicAddress="tunnel.example.net", tunnelPublicPort=8048)
    assert estate.run(LocalSite, mgmt_port=8046)["changed"] is True
    assert cloud(estate).settings.endpoints.configured["tunnelPublicPort"] == 8048


def test_an_endpoint_is_cleared(estate: Any) -> None:
    estate.run(LocalSite, mgmt_public_address="mgmt.example.net", mgmt_public_port=8046)
    result = estate.run(LocalSite, mgmt_public_address="", mgmt_public_port=0)
    assert result["diff"][0]["after"] == {"mgmt_public_address": None, "mgmt_public_port": None}
    assert estate.run(LocalSite, mgmt_public_address="", mgmt_public_port=0)["changed"] is False


def test_the_host_of_vcloud_director_is_no_public_endpoint(estate: Any) -> None:
    result = estate.run(LocalSite, api_public_address="vdev-a03-vcd.vdev.local")
    assert "that is the host of vCloud Director" in result["msg"]
    assert estate.writes == []


def test_the_public_endpoint_is_no_management_address(estate: Any) -> None:
    result = estate.run(LocalSite, mgmt_address="VCAV-a03.example.net")
    assert "back to itself" in result["msg"]
    assert estate.writes == []
    # Where it is so already, nothing stands in the way of other changes.
    cloud(estate).settings.endpoints.set(mgmtAddress="vcav-a03.example.net")
    assert estate.run(LocalSite, **estate.run(LocalSiteInfo)["vcav_local_site"])["changed"] is False


@pytest.mark.parametrize(("options", "words"), [
    ({"name": "A03 Auckland"}, "no blanks"),
    ({"name": ""}, "name is ''"),
    ({"api_public_address": "https://vcav.example.net"}, "bare host name or IP address; the port is api_public_port"),
    ({"mgmt_port": 70000}, "mgmt_port is 70000: give a port from 1 to 65535, or 0 for none"),
    ({"manager_sso_user": "administrator@vsphere.local"}, "manager_sso_password"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    result = estate.run(LocalSite, **options)
    assert result["failed"] and words in result["msg"], result
    assert estate.control.count() == 0


def test_a_description_without_a_name_is_refused(new_estate: Any) -> None:
    assert "this site has no name yet" in new_estate.run(LocalSite, description="North")["msg"]


def test_another_service_is_told_from_the_cloud_service(estate: Any) -> None:
    result = estate.run(LocalSite, vcav_url=estate.simulator.manager(estate.here), **SITE)
    assert "leads to a manager service" in result["msg"] and "port 443" in result["msg"]


def test_the_managers_credentials_are_written_at_the_first_configuration_of_3_0_only(new_estate: Any) -> None:
    with_lookup_service(new_estate)
    made = new_estate.run(LocalSite, **SITE, **credentials(new_estate))
    old = new_estate.release == "3.0"
    assert made["vcav_local_site"].get("manager_sso_updated") is (True if old else None)
    assert ("POST /config/manager" in new_estate.writes) is old
    assert new_estate.run(LocalSite, **SITE, **credentials(new_estate))["changed"] is False


def test_they_are_written_again_where_that_is_asked(estate: Any) -> None:
    if estate.release != "3.0":
        pytest.skip("newer releases have no such setting")
    options = {**credentials(estate), "update_password": "always"}
    predicted = estate.run(LocalSite, check=True, **options)
    made = estate.run(LocalSite, **options)
    assert made == predicted
    assert made["diff"][0]["after"] == {"manager_sso_updated": True}
    assert estate.writes == ["POST /config/manager"]
    assert estate.run(LocalSite, **credentials(estate))["changed"] is False


def test_refused_credentials_leave_the_site_without_a_name_and_are_not_shown(new_estate: Any) -> None:
    if new_estate.release != "3.0":
        pytest.skip("newer releases have no such setting")
    with_lookup_service(new_estate)
    wrong = {**credentials(new_estate), "manager_sso_password": "wr0ng-Secret"}
    result = new_estate.run(LocalSite, **SITE, **wrong)
    assert "The single sign-on refused the user" in result["msg"] and "manager_sso_user" in result["msg"]
    assert "wr0ng" not in str(result)
    assert new_estate.run(LocalSiteInfo)["vcav_local_site"]["name"] is None


def test_a_failure_says_what_had_been_written_before_it(new_estate: Any) -> None:
    new_estate.control.add_fault("refuse_role", method="POST", path="config/endpoints", times=1)
    result = new_estate.run(LocalSite, **SITE)
    assert "Before that, name and description had been written." in result["msg"]
    again = new_estate.run(LocalSite, **SITE)
    assert again["changed"] is True
    assert new_estate.writes[-1] == "POST /config/endpoints"


@pytest.mark.parametrize("path", ["config/site", "config/endpoints"])
def test_a_lost_answer_is_looked_for(new_estate: Any, path: str) -> None:
    new_estate.control.add_fault("drop_reply", method="POST", path=path, times=1)
    assert new_estate.run(LocalSite, **SITE)["changed"] is True
    assert new_estate.writes.count(f"POST /{path}") == 1
    assert new_estate.run(LocalSite, **SITE)["changed"] is False
