"""What happens to defined entities and API tokens behind everybody's back."""

from __future__ import annotations

import pytest
import requests

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.running import Running, running_simulator

SITE = "A03-Auckland"


def run(simulator: Running, *words: str) -> None:
    """A verb of the command line."""
    assert main([words[0], "--state", str(simulator.state_path), *words[1:]]) == 0


def test_entities_drift_behaviors_end_and_tokens_go() -> None:
    with running_simulator(vcd_version="10.5") as simulator, requests.Session() as session:
        url, control = simulator.vcd(SITE), simulator.control
        session.verify, session.trust_env = simulator.ca_path, False
        session.headers["Accept"] = "application/json;version=38.0"
        login = session.post(
            f"{url}/cloudapi/1.0.0/sessions/provider", auth=("administrator@System", simulator.vcd_password(SITE))
        )
        session.headers["Authorization"] = f"Bearer {login.headers['X-VMWARE-VCLOUD-ACCESS-TOKEN']}"
        base = f"{url}/cloudapi/1.0.0"
        names = {"vendor": "acme", "nss": "thing", "version": "1.0.0", "name": "Thing"}
        interface = session.post(f"{base}/interfaces", json=names).json()["id"]
        far = session.post(
            f"{base}/interfaces/{interface}/behaviors", json={"name": "far", "execution": {"type": "MQTT"}}
        ).json()["id"]
        kind = session.post(f"{base}/entityTypes", json={**names, "schema": {}, "interfaces": [interface]}).json()["id"]
        body = {"name": "one", "entity": {"spec": {"nodes": 3, "zone": "a"}}}
        assert session.post(f"{base}/entityTypes/{kind}?resolveEntity=true", json=body).status_code == 202
        (entity,) = session.get(f"{base}/entities/types/acme/thing/1.0.0").json()["values"]
        before = session.get(f"{base}/entities/{entity['id']}").headers["ETag"]
        run(simulator, "entity-set", SITE, "one", "spec.nodes=1", "spec.zone=null")
        after = session.get(f"{base}/entities/{entity['id']}")
        assert after.json()["entity"] == {"spec": {"nodes": 1}} and after.headers["ETag"] != before
        started = session.post(f"{base}/entities/{entity['id']}/behaviors/{far}/invocations", json={})
        task = {"Accept": "application/*+json;version=38.0"}
        assert session.get(started.headers["Location"], headers=task).json()["status"] == "running"
        run(simulator, "behavior-finish", SITE, "one", "--result", '{"done": true}')
        finished = session.get(started.headers["Location"], headers=task).json()
        assert (finished["status"], finished["result"]["resultContent"]) == ("success", '{"done":true}')
        with pytest.raises(ControlError, match="Nothing runs"):
            control.change("behavior-finish", SITE, entity="one", result=None)
        failing = session.post(f"{base}/entities/{entity['id']}/behaviors/{far}/invocations", json={})
        run(simulator, "behavior-finish", SITE, "one", "--error", "The extension is down.")
        error = session.get(failing.headers["Location"], headers=task).json()["error"]
        assert "The extension is down." in error["message"]
        made = session.post(f"{url}/oauth/provider/register", json={"client_name": "robot"})
        assert made.status_code == 200
        run(simulator, "token-remove", SITE, "robot")
        assert session.get(f"{base}/tokens?filter=name==robot").json()["values"] == []
        run(simulator, "entity-remove", SITE, entity["id"])
        assert session.get(f"{base}/entities/{entity['id']}").status_code == 403
        with pytest.raises(ControlError, match="0 defined entities"):
            control.change("entity-remove", SITE, entity="one")
