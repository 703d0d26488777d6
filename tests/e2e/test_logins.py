"""Every way of logging in and of extending the login to another site, through a module, on release 3.0 and on 4.7.

Each way has two tasks in one run: the first logs in, the second shares that login, and the end of the run logs it out.
The tokens of vCloud Director come from its own login in the same run, because a user would get them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bad_days import HERE, THERE, USUAL, play_day, task
from tests.simulator.running import Running, running_simulator

READ = "vcav_policy_info"
# vCloud Director's API beside each release; both still give the short token and the access token at one login.
API = {"3.0": "32.0", "4.7": "37.0"}
SINCE_FOUR = {"token", "to_token", "to_multisite"}


def secret(name: str) -> str:
    """A password from the environment, because -vvv would show an extra variable."""
    return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"


PASSWORD, VCD_PASSWORD, WRONG = secret("LAB_PASSWORD"), secret("LAB_VCD_PASSWORD"), secret("LAB_WRONG_PASSWORD")


@pytest.fixture(scope="module", params=sorted(API))
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def simulator(release: str) -> Iterator[Running]:
    with running_simulator(product_version=release) as running:
        yield running


def vcd_login(label: str, simulator: Running, site: str, version: str) -> dict[str, Any]:
    """A task that logs in to a site's vCloud Director; its registered headers hold the tokens."""
    options = {
        "url": f"{simulator.vcd(site)}/api/sessions",
        "method": "POST",
        "url_username": simulator.vcd_user(site),
        "url_password": VCD_PASSWORD,
        "force_basic_auth": True,
        "ca_path": simulator.ca_path,
        "headers": {"Accept": f"application/*+xml;version={version}"},
    }
    return {"name": label, "ansible.builtin.uri": options, "register": label}


def ways(simulator: Running) -> dict[str, dict[str, Any]]:
    """Connection options by way; those that begin with to_ read the policies of the other site."""
    user = simulator.vcd_user(HERE)
    vcd = {"vcav_login": "vcd", "vcav_user": user, "vcav_password": VCD_PASSWORD}
    cookie, token = "x_vcloud_authorization", "x_vmware_vcloud_access_token"
    there: dict[str, Any] = {"vcav_remote_site": THERE, "site": THERE}
    return {
        "local": {},
        "sso": {"vcav_login": "sso", "vcav_user": "administrator@vsphere.local", "vcav_password": PASSWORD},
        "vcd": vcd,
        "cookie": {"vcav_vcd_cookie": f"{{{{ vcd_here.{cookie} }}}}"},
        "token": {"vcav_vcd_access_token": f"{{{{ vcd_here.{token} }}}}"},
        "to_credentials": {
            **there, "vcav_remote_user": simulator.vcd_user(THERE), "vcav_remote_password": VCD_PASSWORD,
        },
        "to_cookie": {**there, "vcav_remote_vcd_cookie": f"{{{{ vcd_there.{cookie} }}}}"},
        "to_token": {**there, "vcav_remote_vcd_access_token": f"{{{{ vcd_there.{token} }}}}"},
        "to_multisite": {**vcd, **there, "vcav_remote_org": user.rpartition("@")[2]},
    }  # fmt: skip


def logins(requests: Any) -> list[Mapping[str, Any]]:
    """The rows of logins that succeeded."""
    return [row for row in requests if (row["method"], row["path"], row["status"]) == ("POST", "/sessions", 200)]


def test_every_way_of_logging_in_logs_in_once_and_out_once(simulator: Running, release: str, tmp_path: Path) -> None:
    chosen = {name: one for name, one in ways(simulator).items() if release == "4.7" or name not in SINCE_FOUR}
    refused = {"site": THERE, "vcav_remote_site": THERE, "vcav_remote_user": simulator.vcd_user(THERE)}
    partner = {"site": THERE, "public_endpoint": simulator.public(THERE), "accept_certificate": True}
    steps: list[dict[str, Any]] = [
        task("paired", "vcav_site_pairing", **partner, remote_root_password=PASSWORD),
        task("elsewhere", "vcav_policy", name="only here"),
        vcd_login("vcd_here", simulator, HERE, API[release]),
        vcd_login("vcd_there", simulator, THERE, API[release]),
        task("unextended", READ, site=THERE),
        task("wrong", READ, **refused, vcav_remote_password=WRONG),
    ]
    for name, options in chosen.items():
        steps += [task(name, READ, **options), task(f"{name}_again", READ, **options)]
    day = play_day(simulator, USUAL, tmp_path, steps)

    assert day["paired"].changed and day["elsewhere"].changed
    opened: set[str] = {row["session"] for row in day["paired"].requests if row["path"] == "/sites"}
    for name in chosen:
        first, again = day[name], day[f"{name}_again"]
        assert not first.failed and not again.failed, (name, first.message, again.message)
        # Only this site has that policy, so it tells which site answered.
        assert first.result["vcav_policy"] == again.result["vcav_policy"]
        names = {policy["name"] for policy in first.result["vcav_policy"]}
        assert ("only here" in names) != name.startswith("to_"), name
        extended = int(name.startswith("to_"))
        assert len(logins(first.requests)) == int(name != "local"), name  # the pairing had logged in as root
        assert first.count("POST", "sessions/extend") == extended, name
        assert again.count("POST") == 0, name
        sessions = {row["session"] for row in [*first.requests, *again.requests] if row["path"].startswith("/policies")}
        assert len(sessions) == 1 and (name == "local" or not sessions & opened), name
        opened |= sessions

    day["unextended"].says("vcav_remote_site", THERE)
    day["wrong"].says("POST /sessions/extend", "401", THERE, "vcav_remote_password")
    assert day["wrong"].count("POST", "sessions") == day["wrong"].count("POST", "sessions/extend") == 1
    assert day["wrong"].count("DELETE", "sessions") == 1  # the login that could not be extended is not left open
    rest = simulator.control.journal()  # what the end of the run asked for
    assert {(row["method"], row["path"], row["status"]) for row in rest} == {("DELETE", "/sessions", 204)}
    ended = [row["session"] for row in rest]
    assert sorted(ended) == sorted(opened)
