"""An orchestrator over sockets: where it listens, what the state file says of it, and a restart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator.running import Running, running_simulator

SITE = "A03-Auckland"


@pytest.fixture(scope="module", params=["7.6", "9.1"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A simulator of one release."""
    with running_simulator(vro_version=request.param) as simulator:
        yield simulator


def get(running: Running, url: str, **more: Any) -> requests.Response:
    """GET with the run's authority."""
    return requests.get(url, verify=running.ca_path, timeout=10, **more)


def test_the_state_file_leads_there(running: Running) -> None:
    state = running.vro(SITE)
    assert set(state) == {"url", "control_center_url", "estate_url", "user", "password", "thumbprint", "version"}
    old = state["version"] == "7.6"
    assert state["estate_url"] == f"https://vdev-a03-vro.vdev.local{':8281' if old else ''}"
    assert (state["url"] != state["control_center_url"]) == old
    assert get(running, f"{state['url']}/vco/api/").status_code == 200
    anonymous = get(running, f"{state['control_center_url']}/vco-controlcenter/api/server/status")
    assert anonymous.status_code == 401
    by_address = get(running, f"{state['url'].replace('localhost', '127.0.0.1')}/vco/api/")
    assert by_address.status_code == (200 if old else 404)
    assert running.vro("C00-Christchurch")["url"] != state["url"]


def test_the_control_centre_of_7_x_is_there_while_the_server_restarts() -> None:
    with running_simulator(vro_version="7.6") as running:
        state = running.vro(SITE)
        running.control.add_fault("restart", service=f"{SITE}/vro", times=1, seconds=0.4, mode="refused")
        with pytest.raises(requests.ConnectionError):
            get(running, f"{state['url']}/vco/api/")
        target = f"{state['control_center_url']}/vco-controlcenter/api/nothing"
        answer = get(running, target, auth=("root", state["password"]))
        assert answer.status_code == 404 and answer.json()["status"] == 404
        running.control.advance(1)
        assert get(running, f"{state['url']}/vco/api/about").status_code == 200


def test_sessions_are_counted_and_end(running: Running) -> None:
    state = running.vro(SITE)
    if state["version"] != "9.1":
        assert running.control.status()["sites"][SITE]["vro_sessions"] == 0
        return
    version = {"Accept": "application/json;version=9.1.0"}
    url = f"{state['url']}/cloudapi/1.0.0/sessions/provider"
    reply = requests.post(
        url, headers=version, auth=(state["user"], state["password"]), verify=running.ca_path, timeout=10
    )
    token = {"Authorization": f"Bearer {reply.headers['x-vmware-vcloud-access-token']}"}
    assert running.control.status()["sites"][SITE]["vro_sessions"] == 1
    assert get(running, f"{state['url']}/vco/api/users", headers=token).json()["admin-rights"] is True
    running.control.add_fault("expire_tokens", service=f"{SITE}/vro", times=1)
    assert get(running, f"{state['url']}/vco/api/users", headers=token).status_code == 401
    assert running.control.status()["sites"][SITE]["vro_sessions"] == 0
