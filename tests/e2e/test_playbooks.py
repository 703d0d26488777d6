"""The playbooks and roles as users run them: the reference inventory, the simulator, whole ansible-playbook runs.

Every step is run as a prediction first, then for real, then again; the simulator's journal and state are the witnesses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import ROOT, Play, play
from tests.simulator.running import REFERENCE_ESTATE, Running, running_simulator

INVENTORY = ROOT / "inventories" / "reference"
A03, C00 = "A03-Auckland", "C00-Christchurch"
HOSTS = {"vdev-a03-vcam": A03, "vdev-c00-vcam": C00}
BASIC = "DRaaS - Basic Policy"
DEFAULT = "Default Policy"
PASSWORD = "Lab-Only-Passw0rd!"


class Estate:
    """The reference inventory laid over a running simulator."""

    def __init__(self, simulator: Running, directory: Path, core: str = "newest") -> None:
        self.simulator, self.directory, self.core = simulator, directory, core
        self.control = simulator.control

    def run(self, playbook: str | list[dict[str, Any]], *arguments: str, fails: bool = False, **more: Any) -> Play:
        """Runs a playbook of the collection, or one given as data; keywords in capitals are environment variables."""
        environment = {name: value for name, value in more.items() if name.isupper()}
        variables = {name: value for name, value in more.items() if not name.isupper()}
        overlay = self.directory / "overlay.yml"
        overlay.write_text(yaml.safe_dump(self.control.inventory()), encoding="utf-8")
        if isinstance(playbook, str):
            name: Path | str = f"vcpp.vcloud.{playbook}"
        else:
            name = self.directory / "playbook.yml"
            name.write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
        arguments = ("-i", str(INVENTORY / "hosts.yml"), "-i", str(overlay), *arguments)
        done = play(self.core, self.directory, name, variables, *arguments, **environment)
        assert (done.code != 0) == fails, done.output
        return done

    def prove(self, playbook: str | list[dict[str, Any]], **more: Any) -> Play:
        """Predict, apply, apply again: no write in check mode, and no change after the first time."""
        before = self.control.count(write=True)
        predicted = self.run(playbook, "--check", "--diff", **more)
        assert any(predicted.changed().values()), predicted.output
        assert self.control.count(write=True) == before
        applied = self.run(playbook, **more)
        assert any(applied.changed().values()), applied.output
        written = self.control.count(write=True)
        assert written > before
        again = self.run(playbook, **more)
        assert not any(again.changed().values()), again.output
        assert self.control.count(write=True) == written
        return applied

    def paired(self) -> dict[str, list[str]]:
        """Which sites each site is paired with."""
        return {name: site["paired_with"] for name, site in self.control.status()["sites"].items()}

    def policies(self, site: str) -> dict[str, dict[str, Any]]:
        """The policies of a site by name."""
        return {one["displayName"]: one for one in self.control.status()["sites"][site]["policies"]}

    def build(self) -> None:
        """What drift compares of sites that are configured: pairings, policies, portals."""
        self.run("pair_sites")
        self.run("policies")
        self.run("branding")

    def drift(self, fails: bool = False, **more: Any) -> tuple[Play, dict[str, Any]]:
        """The drift playbook with its callback; answers the JSON report too."""
        directory = str(self.directory / "drift")
        done = self.run(
            "drift", fails=fails, ANSIBLE_CALLBACKS_ENABLED="vcpp.vcloud.drift", VCPP_DRIFT_DIR=directory, **more
        )
        return done, json.loads((self.directory / "drift" / "drift.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["3.0", pytest.param("4.7", marks=pytest.mark.slow)])
def each_release(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version=request.param) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def oldest_release() -> Iterator[Running]:
    with running_simulator(product_version="3.0") as simulator:
        yield simulator


@pytest.fixture
def estates(each_release: Running, tmp_path: Path) -> Estate:
    """The estate as it begins, on the oldest and on the newest release of the product."""
    each_release.control.clear_faults()
    each_release.control.reset()
    return Estate(each_release, tmp_path)


@pytest.fixture
def estate(oldest_release: Running, tmp_path: Path) -> Estate:
    """The estate as it begins, on release 3.0."""
    oldest_release.control.clear_faults()
    oldest_release.control.reset()
    return Estate(oldest_release, tmp_path)


def role(name: str, entry: str = "main", **variables: Any) -> list[dict[str, Any]]:
    """A playbook that runs one entry point of a role on the cloud appliances."""
    task = {"ansible.builtin.include_role": {"name": f"vcpp.vcloud.{name}", "tasks_from": entry}}
    return [
        {
            "name": f"Run {name}",
            "hosts": "vcav_cloud",
            "connection": "local",
            "gather_facts": False,
            "vars": variables,
            "tasks": [{"name": f"Run {entry}", **task}],
        }
    ]


def differing(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(site, kind, state) of all objects that differ."""
    states = ("created", "changed", "removed")
    return {(one["site"], one["kind"], one["state"]) for one in report["objects"] if one["state"] in states}


# The three playbooks


def test_the_inventory_holds_the_estate_that_the_simulator_plays() -> None:
    loaded = INVENTORY / "group_vars" / "all" / "reference-estate.yml"
    assert loaded.read_bytes() == (INVENTORY / "reference-estate.yml").read_bytes() == REFERENCE_ESTATE.read_bytes()


def test_pair_sites_pairs_every_site_with_every_other_one(estates: Estate) -> None:
    estates.prove("pair_sites")
    assert estates.paired() == {A03: [C00], C00: [A03]}


def test_policies_defines_them_in_every_site_and_assigns_the_tenants(estates: Estate) -> None:
    estates.prove("policies")
    for site in (A03, C00):
        policy = estates.policies(site)[BASIC]
        assert (policy["minRpo"], policy["maxInstances"], policy["maxIncoming"], policy["orgs"]) == (240, 4, 10, 1)


def test_drift_finds_what_was_changed_by_hand_and_never_writes(estates: Estate) -> None:
    estates.build()
    estates.control.change("policy-set", A03, policy=BASIC, fields={"minRpo": 15})
    estates.control.change("assign", C00, org="Tyrell", policy="default")
    estates.control.change("unpair", C00, peer=A03)
    before = estates.control.count(write=True)
    done, report = estates.drift()
    assert estates.control.count(write=True) == before
    expected = {
        (A03, "vcav_policy", "changed"),
        (A03, "vcav_site_pairing", "changed"),
        (C00, "vcav_policy_assignments", "changed"),
        (C00, "vcav_site_pairing", "created"),
    }
    assert differing(report) == expected
    assert report["totals"]["differ"] == 4
    assert "No page will be written" not in done.output
    estates.build()
    _unused, report = estates.drift()
    assert (report["totals"]["differ"], report["totals"]["failed"]) == (0, 0)
    assert report["totals"]["in_sync"] >= 6


def test_drift_says_how_to_get_the_page_when_its_callback_is_off(estate: Estate) -> None:
    done = estate.run("drift")
    assert "No page will be written, because the callback is not enabled" in done.output
    assert "ANSIBLE_CALLBACKS_ENABLED=vcpp.vcloud.drift" in done.output
    assert estate.control.count(write=True) == 0


def test_drift_of_the_others_is_shown_when_one_site_does_not_answer(estate: Estate) -> None:
    estate.build()
    estate.control.change("policy-set", A03, policy=BASIC, fields={"minRpo": 15})
    service = next(name for name in estate.control.status()["services"] if name == f"{C00}/vdev-c00-vcam/cloud")
    estate.control.add_fault("restart", service=service, times=1, seconds=3600, mode="refused")
    before = estate.control.count(write=True)
    _unused, report = estate.drift(fails=True)
    assert (A03, "vcav_policy", "changed") in differing(report)
    failed = [one for one in report["objects"] if one["state"] == "failed"]
    assert "vdev-c00-vcam" in {one["host"] for one in failed}
    # The pairing with it is not passed over at the other end either: it differs, or the task says why it cannot tell.
    assert "vcav_site_pairing" in {one["kind"] for one in report["objects"] if one["host"] == "vdev-a03-vcam"}
    assert estate.control.count(write=True) == before


def test_all_of_it_works_on_the_oldest_ansible_core_and_an_estate_of_two_releases(tmp_path: Path) -> None:
    document = yaml.safe_load(REFERENCE_ESTATE.read_text(encoding="utf-8"))
    document["sites"][1]["product_version"] = "4.7"
    with running_simulator(estate=document) as simulator:
        mixed = Estate(simulator, tmp_path, core="oldest")
        mixed.prove("pair_sites")
        mixed.prove("policies")
        mixed.prove("branding")
        assert mixed.paired() == {A03: [C00], C00: [A03]}
        assert mixed.policies(A03)[BASIC]["allowIncoming"] is True
        assert mixed.policies(C00)[BASIC]["allowIncomingProtections"] is True
        _unused, report = mixed.drift()
        assert (report["totals"]["differ"], report["totals"]["failed"]) == (0, 0)
        for name in ("vcav_policies", "vcav_site_pairing"):
            mixed.run(role(name, "absent"))
        assert mixed.paired() == {A03: [], C00: []}
        assert list(mixed.policies(C00)) == [DEFAULT]


# The roles


def test_absent_undoes_what_main_did(estates: Estate) -> None:
    estates.build()
    estates.prove(role("vcav_policies", "absent"))
    estates.prove(role("vcav_site_pairing", "absent"))
    assert estates.paired() == {A03: [], C00: []}
    for site in (A03, C00):
        assert list(estates.policies(site)) == [DEFAULT]


def test_a_replaced_certificate_does_not_keep_the_gate_closed_for_its_own_repair(estates: Estate) -> None:
    estates.run("pair_sites")
    estates.control.add_fault("wrong_certificate", service=f"{C00}/vdev-c00-vcam/cloud")
    # The simulator's authority signs no wrong certificate, so each service is known by its thumbprint here.
    thumbprints = {
        host: {"vcav_thumbprint": estates.control.state()["sites"][site]["public_endpoint"]["thumbprint"]}
        for host, site in HOSTS.items()
    }
    pin = "{{ pinned[inventory_hostname].vcav_thumbprint }}"
    more: dict[str, Any] = {"pinned": thumbprints, "vcav_thumbprint": pin}
    done = estates.run("pair_sites", vcav_site_pairing_wait_timeout=20, **more)
    assert done.changed()["vdev-a03-vcam"] == 1, done.output
    again = estates.run("pair_sites", vcav_site_pairing_wait_timeout=20, **more)
    assert not any(again.changed().values()), again.output


def test_an_unhealthy_site_closes_the_gate_but_not_the_prediction(estates: Estate) -> None:
    estates.control.add_fault("tunnel_down", service=f"{A03}/*")
    predicted = estates.run("pair_sites", "--check")
    assert "A03-Auckland is not healthy." in predicted.output
    refused = estates.run("pair_sites", fails=True, vcav_site_pairing_wait_timeout=2)
    assert "A03-Auckland is not healthy after 2 seconds" in refused.output
    assert "Check the tunnel appliance" in refused.output
    assert estates.paired()[A03] == []


def test_a_partner_is_never_trusted_silently(estate: Estate) -> None:
    partners = [{"site": C00, "public_endpoint": estate.simulator.public(C00), "remote_root_password": PASSWORD}]
    done = estate.run("pair_sites", "--limit", "vdev-a03-vcam", fails=True, vcav_site_pairing_partners=partners)
    assert estate.simulator.thumbprint(C00) in done.output
    assert "accept_certificate" in done.output
    assert estate.control.count(write=True) == 0


def test_an_empty_description_clears_and_an_omitted_one_stays(estate: Estate) -> None:
    estate.run("pair_sites")

    def described(**more: Any) -> str:
        partner = {"site": C00, "public_endpoint": estate.simulator.public(C00), "remote_root_password": PASSWORD}
        estate.run("pair_sites", "--limit", "vdev-a03-vcam", vcav_site_pairing_partners=[{**partner, **more}])
        return str(estate.simulator.simulator.sites[A03].cloud.pairing.peers[C00].description)

    assert described() == "Provider site Christchurch"
    assert described(description="") == ""


def test_policies_that_should_be_absent_go_after_their_organizations_have_moved(estates: Estate) -> None:
    estates.build()
    variables: dict[str, Any] = {
        "vcav_policies_definitions": [{"name": "Gold", "min_rpo": 15}, {"name": BASIC, "state": "absent"}],
        "vcav_policies_assignments": [{"org": "Tyrell", "policy": "Gold"}],
    }
    estates.prove(role("vcav_policies", **variables))
    assert set(estates.policies(A03)) == {DEFAULT, "Gold"}
    assert estates.policies(A03)["Gold"]["orgs"] == 1


def test_prune_gives_everybody_else_the_default_policy(estate: Estate) -> None:
    estate.build()
    estate.control.change("organization-add", A03, org="Wallace")
    estate.control.change("assign", A03, org="Wallace", policy=BASIC)
    assert not any(estate.run("policies").changed().values())
    estate.run("policies", vcav_policies_prune=True)
    assert estate.policies(A03)[BASIC]["orgs"] == 1


def test_the_connection_falls_back_from_role_to_collection_to_environment(estate: Estate) -> None:
    """Each level is right only where the one before it is not set; a wrong URL would fail."""
    url = estate.simulator.cloud(A03)
    policy: dict[str, Any] = {"vcav_policies_definitions": [{"name": "Gold"}]}

    def run(fails: bool = False, variables: dict[str, str] | None = None, **environment: str) -> Play:
        book = role("vcav_policies", **policy, **(variables or {}))
        book[0]["hosts"] = "localhost"
        path = estate.directory / "levels.yml"
        path.write_text(yaml.safe_dump(book), encoding="utf-8")
        settings = {"VCAV_PASSWORD": PASSWORD, "VCAV_CA_PATH": estate.simulator.ca_path, **environment}
        done = play("newest", estate.directory, path, {}, "-i", "localhost,", **settings)
        assert (done.code != 0) == fails, done.output
        return done

    wrong = "https://127.0.0.1:1"
    run(VCAV_URL=url)
    run(variables={"vcav_url": url}, VCAV_URL=wrong)
    run(variables={"vcav_policies_url": url, "vcav_url": wrong}, VCAV_URL=wrong)
    assert "127.0.0.1:1" in run(fails=True, variables={"vcav_url": wrong}, VCAV_URL=url).output
    assert "vcav_url" in run(fails=True).output


@pytest.mark.parametrize(
    ("playbook", "variables", "says"),
    [
        (
            "pair_sites",
            {"vcav_site_pairing_partners": [{"public_endpoint": "https://vcav-c00.example.net", "colour": "red"}]},
            ["missing required arguments: site found in vcav_site_pairing_partners", "colour. Supported parameters"],
        ),
        (
            "pair_sites",
            {"vcav_site_pairing_partners": [{"site": C00, "public_endpoint": "https://one.example.net"}] * 2},
            ["vcav_site_pairing_partners names a site more than once", "Nothing was changed."],
        ),
        (
            "policies",
            {"vcav_policies_definitions": [{"name": "Gold", "min_rpo": "soon"}]},
            ["argument 'min_rpo' is of type", "unable to convert to int", "vcav_policies_definitions"],
        ),
        (
            "policies",
            {"vcav_policies_assignments": [{"org": "Tyrell", "policy": "a"}, {"org": "Tyrell", "policy": "b"}]},
            ["vcav_policies_assignments names one of these more than once: Tyrell, Tyrell"],
        ),
    ],
)
def test_wrong_variables_are_refused_by_name_before_anything_is_sent(
    estate: Estate, playbook: str, variables: dict[str, Any], says: list[str]
) -> None:
    estate.control.clear_journal()
    output = " ".join(estate.run(playbook, fails=True, **variables).output.split())
    for text in says:
        assert text in output
    assert estate.control.count() == 0


def test_a_role_without_its_data_says_which_variable_is_missing(estate: Estate) -> None:
    path = estate.directory / "bare.yml"
    book = role("vcav_site_pairing")
    book[0]["hosts"] = "localhost"
    path.write_text(yaml.safe_dump(book), encoding="utf-8")
    done = play("newest", estate.directory, path, {}, "-i", "localhost,")
    assert done.code != 0
    assert "missing required arguments: vcav_site_pairing_partners" in done.output


def test_no_password_is_shown_even_at_the_highest_verbosity(estate: Estate) -> None:
    for arguments in (("--check", "--diff", "-vvvv"), ("--diff", "-vvvv")):
        assert PASSWORD not in estate.run("pair_sites", *arguments).output
    _unused, report = estate.drift()
    assert PASSWORD not in json.dumps(report)
    for file in (estate.directory / "drift").iterdir():
        assert PASSWORD not in file.read_text(encoding="utf-8")
