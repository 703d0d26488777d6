"""The module in this process against the simulator: replicators are registered, repaired, removed, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replicator import Replicator

ADDRESS = "vdev-a03-vcar01.vdev.local"
URL = f"https://{ADDRESS}:8043"
OTHER = "SHA-256:" + ":".join(["AB"] * 32)


def site(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here]


def registered(estate: Any) -> list[Any]:
    return list(site(estate).manager.local_replicators.paired.values())


def credentials(estate: Any) -> dict[str, str]:
    return {
        "replicator_root_password": estate.simulator.root_password(estate.here),
        "sso_user": "administrator@vsphere.local",
        "sso_password": estate.simulator.simulator.world.estate.sso_password,
    }


def run(estate: Any, check: bool = False, **options: Any) -> Any:
    manager = estate.simulator.manager(estate.here)
    return estate.run(Replicator, check, **{"vcav_url": manager, "api_url": URL, **options})


def thumbprint(estate: Any) -> str:
    return str(site(estate).replicators[0].certificate.thumbprint)


def test_a_replicator_is_removed_and_registered_once(estate: Any) -> None:
    assert run(estate, check=True, state="absent")["changed"] and len(registered(estate)) == 1
    gone = run(estate, state="absent")
    assert (gone["changed"], gone["vcav_replicator"], registered(estate)) == (True, {}, [])
    assert run(estate, state="absent")["changed"] is False
    estate.control.clear_journal()
    given = {
        "api_url": f"https://{ADDRESS}", "description": "Rack 7", "accept_certificate": True,
        "service_url": estate.simulator.replicator(estate.here), **credentials(estate),
    }  # fmt: skip
    predicted = run(estate, check=True, **given)
    assert (estate.writes, registered(estate)) == ([], [])
    made = run(estate, **given)
    assert made == predicted and estate.writes == ["POST /replicators"]
    expected = {"api_url": URL, "owner": "*", "description": "Rack 7", "peer_thumbprint": thumbprint(estate)}
    assert made["vcav_replicator"].items() >= expected.items()
    assert [each.url for each in registered(estate)] == [URL]
    estate.control.clear_journal()
    again = run(estate, **given)
    assert (again["changed"], estate.writes) == (False, [])
    assert again["vcav_replicator"]["in_maintenance"] is False
    assert "s3cret" not in str(made) and given["replicator_root_password"] not in str(made)


def test_a_new_replicator_is_not_trusted_silently_and_not_by_a_wrong_thumbprint(estate: Any) -> None:
    run(estate, state="absent")
    result = run(estate, **credentials(estate))
    assert "is not trusted silently" in result["msg"] and thumbprint(estate) in result["msg"]
    result = run(estate, peer_thumbprint=OTHER, **credentials(estate))
    assert f"shows {thumbprint(estate)} now" in result["msg"]
    assert registered(estate) == []


@pytest.mark.parametrize("missing", ["replicator_root_password", "sso_user", "sso_password"])
def test_what_is_missing_to_log_in_is_named_before_anything_is_sent(estate: Any, missing: str) -> None:
    result = run(estate, repair=True, **{**credentials(estate), missing: None})
    assert f"needs {missing}" in result["msg"] and estate.writes == []


def test_a_replicator_without_a_lookup_service_is_refused_before_or_its_refusal_explained(estate: Any) -> None:
    run(estate, state="absent")
    estate.control.clear_journal()
    site(estate).replicators[0].lookup = None
    given = {"accept_certificate": True, **credentials(estate)}
    asked = run(estate, check=True, service_url=estate.simulator.replicator(estate.here), **given)
    assert "has no lookup service yet" in asked["msg"] and "vcpp.vcloud.vcav_lookup_service" in asked["msg"]
    assert estate.writes == []
    refused = run(estate, **given)
    assert "has no lookup service yet" in refused["msg"] and "service_url lets this task look" in refused["msg"]
    assert registered(estate) == []


def test_the_replicator_that_is_asked_must_show_the_trusted_certificate(estate: Any) -> None:
    run(estate, state="absent")
    elsewhere = estate.simulator.tunnel(estate.here)
    result = run(estate, accept_certificate=True, service_url=elsewhere, **credentials(estate))
    assert result["error"]["kind"] == "tls" and registered(estate) == []


def test_a_replicator_of_another_manager_is_told_so(estate: Any) -> None:
    run(estate, state="absent")
    site(estate).replicators[0].manager_thumbprint = OTHER
    result = run(estate, accept_certificate=True, **credentials(estate))
    assert "already paired to the manager" in result["msg"] and "belongs to another manager" in result["msg"]


def test_a_replaced_certificate_is_left_alone_refused_or_repaired(estate: Any) -> None:
    before = thumbprint(estate)
    site(estate).replicators[0].certificate.renew()
    refused = run(estate, peer_thumbprint=OTHER, **credentials(estate))
    assert f"shows {thumbprint(estate)} now. Was the certificate replaced?" in refused["msg"]
    given = {"accept_certificate": True, **credentials(estate)}
    assert run(estate, check=True, **given) == (result := run(estate, **given))
    assert result["diff"][0]["before"] == {"connected": False, "peer_thumbprint": before}
    assert result["diff"][0]["after"] == {"connected": True, "peer_thumbprint": thumbprint(estate)}
    assert estate.writes == [f"POST /replicators/{registered(estate)[0].id}/reset-cookie"]
    assert run(estate, **given)["changed"] is False


def test_a_manager_with_another_certificate_repairs_its_replicators_once(estate: Any) -> None:
    site(estate).manager.certificate.renew()
    result = run(estate, **credentials(estate))
    assert result["diff"][0]["after"] == {"connected": True}
    assert run(estate, **credentials(estate))["changed"] is False


def test_a_repair_is_made_each_time_it_is_asked(estate: Any) -> None:
    for _each in range(2):
        result = run(estate, repair=True, **credentials(estate))
        assert result["changed"] and result["diff"][0]["after"] == {"repair_due": False}


def test_a_repair_that_does_not_help_fails(estate: Any) -> None:
    estate.simulator.simulator.world.restart(site(estate).replicators[0], 60)
    result = run(estate, **credentials(estate))
    assert result["failed"] and "connection refused" in result["msg"]


def test_what_cannot_be_changed_is_an_error_that_names_it(estate: Any) -> None:
    for name, value in (("description", "Rack 8"), ("owner", "Tyrell@A03-Auckland")):
        result = run(estate, **{name: value}, **credentials(estate))
        assert f"the product cannot change it to {value!r}" in result["msg"], result
    assert estate.writes == []


def test_wrong_credentials_are_told_and_shown_nowhere(estate: Any) -> None:
    result = run(estate, repair=True, **{**credentials(estate), "sso_password": "wr0ng-P4ssword"})
    assert "single sign-on refused" in result["msg"] and "wr0ng" not in str(result)


def test_replicators_of_paired_sites_are_never_touched(estate: Any) -> None:
    result = run(estate, api_url="https://tn-7ac31f52.tnexus.io:8048", state="absent")
    assert "manager service of its own site" in result["msg"]
    assert estate.control.count() == 0


def test_other_services_are_refused(estate: Any) -> None:
    result = run(estate, vcav_url=estate.simulator.cloud(estate.here))
    assert "that is a cloud service" in result["msg"] and "port 8441" in result["msg"]


def test_a_manager_that_does_not_know_its_site_yet_says_what_to_do(new_estate: Any) -> None:
    result = run(new_estate, accept_certificate=True, **credentials(new_estate))
    assert "vcpp.vcloud.vcav_local_site" in result["msg"] and new_estate.writes == []
