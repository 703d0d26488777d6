"""Every message in the guide's table of troubles is one that a reader can meet: each is provoked here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.bad_days import CLEAR, HERE, TENANT, THERE, USUAL, fault, play_day, task
from tests.e2e.plays import ROOT, play
from tests.simulator.running import running_simulator
from tests.unit.plugins.modules.vcenters import vcenter

GUIDE = ROOT / "docs" / "docsite" / "rst" / "getting_started.rst"


def secret(name: str) -> str:
    """A password from the environment, because -vvv would show an extra variable."""
    return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"


PASSWORD = secret("LAB_PASSWORD")


def without_requests(directory: Path) -> str:
    """What a run says where the modules' Python lacks the library."""
    bare = directory / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    path = directory / "bare.yml"
    options = {"vcav_url": "https://vcav.example.com", "vcav_password": "unused"}
    document = {"hosts": "localhost", "gather_facts": False, "tasks": [{"vcpp.vcloud.vcav_policy_info": options}]}
    path.write_text(json.dumps([document]), encoding="utf-8")
    given = {"vcpp_in_process": False, "ansible_python_interpreter": str(bare / "bin" / "python")}
    run = play("newest", directory, path, given)
    assert run.code == 2 and "Traceback" not in run.output, run.output
    return run.output


def drift_without_its_callback(directory: Path) -> str:
    """What the drift playbook says where nobody has enabled the callback."""
    # The message comes before the first host is asked, so one that refuses connections is enough.
    given = {"vcav_hosts": "localhost", "vcav_url": "https://127.0.0.1:1", "vcav_password": "unused"}
    return " ".join(play("newest", directory, "vcpp.vcloud.drift", given, "-i", "localhost,").output.split())


def promised() -> list[list[str]]:
    """The messages of the table, each as the pieces between its ellipses."""
    table = GUIDE.read_text(encoding="utf-8").split("_ansible_collections.vcpp.vcloud.docsite.troubleshooting:")[1]
    cells = re.findall(r"^   \* - (.*)$", table, flags=re.MULTILINE)[1:]
    literals = [literal for cell in cells for literal in re.findall(r"``(.+?)``", cell)]
    return [[piece for piece in (part.strip(" ,") for part in literal.split("…")) if piece] for literal in literals]


def says(message: str, pieces: list[str]) -> bool:
    """True when the pieces stand in the message in their order."""
    return bool(re.search(".*".join(map(re.escape, pieces)), message, flags=re.DOTALL))


def test_every_message_of_the_table_is_met(tmp_path: Path) -> None:
    with vcenter() as vc, running_simulator() as simulator:
        partner = {"site": THERE, "public_endpoint": simulator.public(THERE)}
        trusting = {**partner, "accept_certificate": True, "remote_root_password": PASSWORD}
        vcd = {"vcd_url": simulator.vcd(HERE), "vcd_user": "administrator@system", "vcd_password": PASSWORD}
        tenant: list[dict[str, Any]] = [{"org": TENANT, "policy": "default"}]
        day = play_day(simulator, USUAL, tmp_path, [
            task("locked", "vsphere_appliance_info", datacenter="DC0", **{**vc.options, "vsphere_password": "Wr0ng"}),
            task("away", "vsphere_appliance_info", datacenter="DC0", **{**vc.options, "vsphere_port": 1}),
            task("foreign", "vsphere_appliance", name="DC0_C0_RP0_VM0", datacenter="DC0", **vc.options),
            task("forgotten", "vcav_root_password", vcav_password=secret("LAB_WRONG_PASSWORD"),
                 current_password=secret("LAB_WRONG_PASSWORD") + "x"),
            task("without", "vcav_policy_info", vcav_password=""),
            task("wrong", "vcav_policy_info", vcav_password=secret("LAB_WRONG_PASSWORD")),
            task("stale", "vcav_policy_info", vcav_token="stale"),
            task("tenant", "vcav_policy", vcav_login="vcd", vcav_user=f"admin@{TENANT}", name="gold",
                 vcav_password=secret("LAB_VCD_PASSWORD")),
            task("other", "vcav_policy_info", vcav_url=simulator.vcd(HERE)),
            task("refused", "vcav_policy_info", vcav_url="https://127.0.0.1:1"),
            task("dns", "vcav_policy_info", vcav_url="https://vcav.invalid"),
            task("tls", "vcav_policy_info", ca_path=""),
            task("pin", "vcav_policy_info", thumbprint="SHA-256:" + ":".join(["AA"] * 32)),
            task("release", "vcav_policy", name="gold", allow_advanced_retention_rules=True),
            task("typo", "vcav_policy_assignments", assignments=[{"org": "Tyrel", "policy": "default"}]),
            task("early", "vcav_policy_assignments", assignments=[{"org": TENANT, "policy": "Gold"}],
                 keywords={"check_mode": True}),
            task("version", "vcd_org_info", vcd_api_version="12.0", ca_path=simulator.ca_path, **vcd),
            task("untrusted", "vcav_site_pairing", **partner),
            fault("same_certificate", service=f"{THERE}/*/cloud", of=f"{HERE}/vdev-a03-vcam/cloud"),
            task("twins", "vcav_site_pairing", **trusting),
            CLEAR,
            fault("tunnel_down", service="C00-*/tunnel"),
            task("tunnel", "vcav_site_pairing", **trusting),
            CLEAR,
            fault("component_error", service=f"{HERE}/*/cloud", component="vcdError"),
            task("ill", "vcav_health", wait_timeout=1),
            CLEAR,
            fault("slow", path="policies", seconds=1.5),
            task("slow", "vcav_policy_info", timeout=1),
            CLEAR,
            fault("too_many_requests", path="policies", retry_after=0),
            task("limited", "vcav_policy_info"),
            CLEAR,
            fault("bad_gateway", path="policies"),
            task("gateway", "vcav_policy_info"),
            CLEAR,
            fault("service_unavailable", path="policies", retry_after=0),
            task("unavailable", "vcav_policy_info"),
            CLEAR,
            fault("short_page", path="inventory/orgs"),
            task("short", "vcav_org_info"),
            CLEAR,
            task("silver", "vcav_policy", name="Silver"),
            task("assigned", "vcav_policy_assignments", assignments=[{"org": TENANT, "policy": "Silver"}]),
            task("held", "vcav_policy", name="Silver", state="absent"),
            fault("refuse_role", method="PATCH"),
            task("partly", "vcav_policy_assignments", assignments=tenant),
            CLEAR,
            task("paired", "vcav_site_pairing", **trusting),
            task("remote", "vcav_policy_info", site=THERE),
            fault("fail_task"),
            task("failed", "vcav_site_pairing", site=THERE, state="absent"),
            CLEAR,
            fault("hang_task"),
            task("hangs", "vcav_site_pairing", site=THERE, state="absent", wait_timeout=1),
            CLEAR,
        ])  # fmt: skip
    assert day["silver"].changed and day["assigned"].changed
    met = [str(answer.result.get("msg", "")) for answer in day.answers.values()]
    met += [warning for answer in day.answers.values() for warning in answer.result.get("warnings", [])]
    met.append(without_requests(tmp_path))
    met.append(drift_without_its_callback(tmp_path))
    unmet = [" … ".join(pieces) for pieces in promised() if not any(says(message, pieces) for message in met)]
    assert len(promised()) > 25
    assert not unmet, "\n".join([*unmet, "", *met])
