"""The module in this process against the simulator: a site's vCloud Director, its user, and whom it trusts there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_local_site import LocalSite
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_vcd_endpoint import VcdEndpoint
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_vcd_endpoint_info import VcdEndpointInfo

URL = "https://vdev-a03-vcd.vdev.local/api"
USER = "administrator@system"


def options(estate: Any, **others: Any) -> dict[str, Any]:
    password = estate.simulator.vcd_password(estate.here)
    return {"url": URL, "user": USER, "password": password, "accept_certificate": True, **others}


def vcd(estate: Any) -> Any:
    return estate.simulator.simulator.world.services[f"{estate.here}/vcd"]


def test_a_new_site_is_connected_once(new_estate: Any) -> None:
    predicted = new_estate.run(VcdEndpoint, check=True, **options(new_estate))
    assert new_estate.writes == []
    made = new_estate.run(VcdEndpoint, **options(new_estate))
    assert made == predicted
    thumbprint = vcd(new_estate).certificate.thumbprint
    assert made["vcav_vcd_endpoint"] == {"url": URL, "user": USER, "peer_thumbprint": thumbprint}
    assert new_estate.writes == ["POST /config/vcloud"]
    assert new_estate.run(VcdEndpoint, **options(new_estate))["changed"] is False
    assert new_estate.run(VcdEndpointInfo)["vcav_vcd_endpoint"] == made["vcav_vcd_endpoint"]


@pytest.mark.parametrize("url", ["vdev-a03-vcd.vdev.local", "https://vdev-a03-vcd.vdev.local", f"{URL}/"])
def test_the_address_is_completed(estate: Any, url: str) -> None:
    result = estate.run(VcdEndpoint, **options(estate, url=url))
    assert (result["changed"], result["vcav_vcd_endpoint"]["url"]) == (False, URL)


def test_a_password_is_not_needed_where_nothing_differs_and_named_where_it_is(estate: Any, new_estate: Any) -> None:
    result = new_estate.run(VcdEndpoint, **options(new_estate, password=None))
    assert "password is not given" in result["msg"] and USER in result["msg"]
    new_estate.control.reset(start="configured")
    assert estate.run(VcdEndpoint, url=URL, user=USER)["changed"] is False


def test_the_password_alone_is_written_where_that_is_asked(estate: Any) -> None:
    always = options(estate, update_password="always")
    predicted = estate.run(VcdEndpoint, check=True, **always)
    made = estate.run(VcdEndpoint, **always)
    assert made == predicted
    assert made["diff"][0]["after"] == {"password_updated": True}
    assert estate.writes == ["POST /config/vcloud"]
    assert estate.simulator.vcd_password(estate.here) not in str(made)


def test_a_refused_user_is_named_with_what_to_do_and_the_password_is_not_shown(estate: Any) -> None:
    wrong = options(estate, password="wr0ng-Secret", update_password="always")
    result = estate.run(VcdEndpoint, **wrong)
    assert "refused the user" in result["msg"] and f"tried {URL} as {USER}" in result["msg"]
    assert "wr0ng" not in str(result)
    checked = estate.run(VcdEndpoint, check=True, **wrong)
    assert checked.get("failed", False) is (estate.release != "3.0")  # 3.0 has no call to check with
    assert len(estate.writes) == 1


def test_a_certificate_that_was_replaced_is_a_difference_where_it_is_accepted(estate: Any) -> None:
    before = vcd(estate).certificate.thumbprint
    vcd(estate).certificate.renew()
    assert estate.run(VcdEndpoint, url=URL, user=USER)["changed"] is False
    result = estate.run(VcdEndpoint, **options(estate))
    assert result["diff"][0]["before"] == {"peer_thumbprint": before}
    assert result["vcav_vcd_endpoint"]["peer_thumbprint"] == vcd(estate).certificate.thumbprint


def test_a_certificate_is_not_trusted_silently(new_estate: Any) -> None:
    result = new_estate.run(VcdEndpoint, **options(new_estate, accept_certificate=False))
    assert "is not trusted silently" in result["msg"] and vcd(new_estate).certificate.thumbprint in result["msg"]


def test_the_public_endpoint_is_no_vcloud_director(new_estate: Any) -> None:
    new_estate.run(LocalSite, name="A03-Auckland", api_public_address="vcav-a03.example.net")
    new_estate.simulator.simulator.sites[new_estate.here].cloud.appliance.restart_services()
    new_estate.control.advance(60)
    result = new_estate.run(VcdEndpoint, **options(new_estate, url="vcav-a03.example.net"))
    assert "is the public endpoint of this site" in result["msg"]


@pytest.mark.parametrize(("changes", "words"), [
    ({"user": "administrator"}, "write it as <name>@System"),
    ({"user": "admin@Tyrell"}, "only a System administrator"),
    ({"url": "https://vdev-a03-vcd.vdev.local/tenant/Tyrell"}, "/api"),
    ({"url": "http://vdev-a03-vcd.vdev.local/api"}, "url is 'http://"),
    ({"peer_thumbprint": "SHA-256:A1"}, "peer_thumbprint is"),
    ({"password": None, "update_password": "always"}, "password"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, changes: dict[str, Any], words: str) -> None:
    result = estate.run(VcdEndpoint, **options(estate, **changes))
    assert result["failed"] and words in result["msg"], result
    assert estate.control.count() == 0


def test_a_lost_answer_is_looked_for(new_estate: Any) -> None:
    new_estate.control.add_fault("drop_reply", method="POST", path="config/vcloud", times=1)
    assert new_estate.run(VcdEndpoint, **options(new_estate))["changed"] is True
    assert new_estate.writes == ["POST /config/vcloud"]
