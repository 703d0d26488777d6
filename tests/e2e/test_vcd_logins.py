"""Logins of vCloud Director in one run: a password, an API token, a session for both products, acting for a tenant.

Each way logs in once, however many tasks use it, everything is closed at the end, and no secret shows with -vvv.
"""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import play
from tests.simulator.running import running_simulator

HERE = "A03-Auckland"


def steps(simulator: Any, file: Path) -> list[dict[str, Any]]:
    """The tasks of the run."""
    url = {"vcd_url": simulator.vcd(HERE)}
    user = {**url, "vcd_user": simulator.vcd_user(HERE), "vcd_password": "{{ lookup('ansible.builtin.env', 'LAB') }}"}
    token = {**url, "vcd_api_token": f"{{{{ lookup('ansible.builtin.file', '{file}') }}}}"}
    session = {**url, "vcd_token": "{{ login.vcd_session.token }}"}
    both = {
        "vcav_url": simulator.cloud(HERE),
        "vcav_vcd_access_token": "{{ login.vcd_session.access_token }}",
    }

    def task(name: str, module: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"name": name, f"vcpp.vcloud.{module}": options, **more}

    return [
        task("Make a token", "vcd_api_token", {**user, "name": "nightly", "path": str(file)}),
        task("It is there", "vcd_api_token", {**user, "name": "nightly", "path": str(file)}),
        task("Work with it", "vcd_org_info", token, loop=[1, 2, 3]),
        task("Act for a tenant", "vcd_org_info", {**user, "vcd_tenant": "Tyrell"}),
        task("Act for it with the token", "vcd_org_info", {**token, "vcd_tenant": "Tyrell"}),
        task("Open a session", "vcd_session", user, register="login", no_log=True),
        task("The other product takes it", "vcav_policy_info", both, loop=[1, 2]),
        task("So does this one", "vcd_org_info", session),
        task("Close it", "vcd_session", {**session, "state": "absent"}),
    ]


@pytest.mark.parametrize("core", ["newest", "oldest"])
def test_each_way_logs_in_once_and_nothing_is_left_open_or_shown(core: str, tmp_path: Path) -> None:
    with running_simulator(product_version="4.7", vcd_version="10.6") as simulator:
        file = tmp_path / "nightly.token"
        tasks = steps(simulator, file)
        path = tmp_path / "logins.yml"
        plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        path.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
        password = simulator.vcd_password(HERE)
        trust = {"VCAV_CA_PATH": simulator.ca_path, "VCD_CA_PATH": simulator.ca_path, "LAB": password}
        done = play(core, tmp_path, path, {}, "-vvv", **trust).assert_ok()
        assert done.changed() == {"localhost": 1}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        calls = Counter(f"{row['method']} {row['path'].partition('?')[0]}" for row in simulator.control.journal())
        assert calls["POST /cloudapi/1.0.0/sessions/provider"] == 1  # the session of its own is the run's, handed over
        assert calls["POST /oauth/provider/token"] == 2  # the token was made, and exchanged once for four tasks
        assert calls["POST /sessions"] == 1
        assert calls["DELETE /cloudapi/1.0.0/sessions/current"] == 2 and calls["DELETE /sessions"] == 1
        site = simulator.simulator.world.sites[HERE]
        assert site.vcd_sessions == {}
        assert not sum(simulator.control.status()["sites"][HERE]["open_sessions"].values())

        value = file.read_text().strip()
        for secret in (password, value):
            assert secret not in done.output
