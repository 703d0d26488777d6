"""Replicators by the dozen, and one kind of appliance without us.

Both begin with appliances that were just switched on and have their root passwords or not, as said below. Nothing is
deployed, so there is no vCenter; the simulator's delays are off.

Twenty against one: the whole command `configure`, from its start to its end, for one site with one replicator and for
the same site with twenty (an estate file that is made for it), with 20 forks in both. What the site's cloud and tunnel
appliances need is in both, as it is in a real run.

Without us: what the roles do for the replicators of the reference estate (root password, network settings looked at,
lookup service, registration with the manager), against a play of `ansible.builtin.uri` tasks that sends the same calls
to the same hosts, logins and logouts included, without a look whether something is there already. The cloud appliances
were configured before. The tasks' own time is compared, from the start of the first to the end of the last: the start
of Ansible is the same in both and is taken off. Deploying is in neither, because ovftool cannot be installed here.
"""

from __future__ import annotations

import copy
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.bench import Played, Row, play
from tests.benchmarks.site import INVENTORY, without_delays
from tests.simulator.running import REFERENCE_ESTATE, Running, running_simulator

SITE, GROUP = "A03-Auckland", "a03_auckland"
FORKS = 20
ROLE = "ansible.builtin.import_role"


def estate_with(count: int) -> dict[str, Any]:
    """The reference estate with so many replicators in each site."""
    document: dict[str, Any] = copy.deepcopy(yaml.safe_load(REFERENCE_ESTATE.read_text(encoding="utf-8")))
    for site in document["sites"]:
        first = next(one for one in site["appliances"] if one["deployment_option"] == "replicator")
        network = first["address"].rpartition(".")[0]
        site["appliances"] += [
            {**first, "name": f"{first['name'][:-2]}{number:02}", "address": f"{network}.{100 + number}"}
            for number in range(2, count + 1)
        ]
    return document


def inventory(simulator: Running, document: dict[str, Any], folder: Path) -> list[Path]:
    """The reference inventory, laid over by the addresses of the run, with the replicators that it does not know."""
    overlay = simulator.control.inventory()
    replicators: dict[str, list[str]] = {
        site["name"]: [one["name"] for one in site["appliances"] if one["deployment_option"] == "replicator"]
        for site in document["sites"]
    }
    groups = {"A03-Auckland": "a03_auckland", "C00-Christchurch": "c00_christchurch"}
    overlay["all"]["children"] = {
        **{groups[name]: {"hosts": dict.fromkeys(hosts)} for name, hosts in replicators.items()},
        "vcav_replicator": {"hosts": dict.fromkeys(sum(replicators.values(), []))},
    }
    path = folder / "overlay.yml"
    path.write_text(yaml.safe_dump(overlay), encoding="utf-8")
    return [INVENTORY, path]


def playbook(folder: Path, name: str, plays: list[dict[str, Any]]) -> str:
    """A playbook as a file."""
    common = {"connection": "local", "gather_facts": False}
    path = folder / f"{name}.yml"
    path.write_text(json.dumps([{**common, **each} for each in plays]), encoding="utf-8")
    return str(path)


def first_boot(hosts: str) -> dict[str, Any]:
    """The play that gives appliances their root passwords; they are there, so nothing is deployed."""
    role = {"name": "first boot", ROLE: {"name": "vcpp.vcloud.vcav_appliance"}}
    return {"hosts": hosts, "vars": {"vcav_appliance_deploy": False}, "tasks": [role]}


def part(name: str, hosts: str) -> dict[str, Any]:
    """The play for one part of the role vcav_site."""
    role = {"name": name, ROLE: {"name": "vcpp.vcloud.vcav_site", "tasks_from": name}}
    return {"hosts": hosts, "tasks": [role]}


def configure(count: int) -> Played:
    """`configure` for one new site with so many replicators."""
    document = estate_with(count)
    variables = {**document, "estate_accept_certificates": True}
    with (
        running_simulator(document, process=True, start="first-boot") as simulator,
        tempfile.TemporaryDirectory(prefix="vcpp-bench-") as directory,
    ):
        folder = Path(directory)
        without_delays(simulator)
        hosts = inventory(simulator, document, folder)
        play(playbook(folder, "first", [first_boot(GROUP)]), variables, hosts, FORKS)
        only = playbook(folder, "configure", [{"hosts": "localhost", "tasks": []}])
        imported = [{"import_playbook": "vcpp.vcloud.configure"}]
        Path(only).write_text(json.dumps(imported), encoding="utf-8")
        limits = {f"vcav_{kind}_hosts": f"vcav_{kind}:&{GROUP}" for kind in ("cloud", "replicator", "tunnel")}
        simulator.control.clear_journal()
        played = play(only, {**variables, **limits}, hosts, FORKS)
        made = simulator.control.count(service=f"{SITE}/*/manager", method="POST", path="replicators")
        restarted = simulator.control.count(service=f"{SITE}/*/replicator", method="POST", path="os/reboot-services")
        if (made, restarted) != (count, count):
            raise SystemExit(f"{made} replicators were registered and {restarted} restarted, not {count}.")
        return played


def twenty(count: int, times: int) -> Iterator[Row]:
    """Many replicators against one."""
    ones, many = [], []
    for _turn in range(times):
        ones.append(configure(1))
        many.append(configure(count))
    one, all_of_them = (statistics.median(each.wall for each in found) for found in (ones, many))
    yield Row(f"configuring {count} replicators against configuring one", all_of_them / one, 4, "lower", "x time",
              f"{all_of_them:.1f} s against {one:.1f} s")  # fmt: skip


# Without us


def by_uri() -> list[dict[str, Any]]:
    """The tasks for one replicator."""
    sso = {"ssoUser": "{{ vcav_site_sso_user }}", "ssoPassword": "{{ vcav_site_sso_password }}"}

    def login(name: str, url: str, password: str) -> dict[str, Any]:
        body = {"type": "localUser", "localUser": "root", "localPassword": password}
        return {**call(name, "POST", f"{url}/sessions", None, body), "register": name.replace(" ", "_")}

    def call(name: str, method: str, url: str, token: str | None, body: Any = None, **headers: str) -> dict[str, Any]:
        more = {"X-VCAV-Auth": f"{{{{ {token}.x_vcav_auth }}}}"} if token else {}
        options: dict[str, Any] = {
            "url": url,
            "method": method,
            "headers": {"Accept": "application/vnd.vmware.h4-v3+json", **more, **headers},
            "ca_path": "{{ ca_path }}",
            "status_code": [200, 202, 204],
            "return_content": True,
        }
        if body is not None:
            options |= {"body_format": "json", "body": body}
        return {"name": name, "ansible.builtin.uri": options}

    here, manager = "{{ vcav_url }}", "{{ hostvars[vcav_site_cloud_host].vcav_manager_url }}"
    lookup = "{{ vcav_site_lookup_service }}"
    see = "config/remote-certificate?url="
    details = {
        "apiUrl": "{{ vcav_site_replicator_url }}",
        "apiThumbprint": "{{ seen_replicator.json.certificate.thumbPrint }}",
        "rootPassword": "{{ vcav_password }}",
        **sso,
    }
    changing = {"Config-Secret": "{{ vcav_appliance_initial_password }}"}
    return [
        login("first login", here, "{{ vcav_appliance_initial_password }}"),
        call("change the password", "POST", f"{here}/config/root-password", "first_login",
             {"rootPassword": "{{ vcav_password }}"}, **changing),
        login("login", here, "{{ vcav_password }}"),
        call("look at the network", "GET", f"{here}/config/network", "login"),
        {**call("see lookup", "GET", f"{here}/{see}{lookup}", "login"), "register": "seen_lookup"},
        call("set the lookup service", "POST", f"{here}/config/lookup-service", "login",
             {"url": lookup, "thumbprint": "{{ seen_lookup.json.certificate.thumbPrint }}"}),
        login("manager login", manager, "{{ vcav_password }}"),
        {**call("see replicator", "GET", f"{manager}/{see}{details['apiUrl']}", "manager_login"),
         "register": "seen_replicator"},
        call("register", "POST", f"{manager}/replicators", "manager_login",
             {"owner": "*", "site": "{{ vcav_site }}", "description": "replicator", "details": details}),
        call("manager logout", "DELETE", f"{manager}/sessions", "manager_login"),
        call("logout", "DELETE", f"{here}/sessions", "login"),
    ]  # fmt: skip


def registered(simulator: Running) -> int:
    """How many replicators the journal says were registered with success."""
    entries = simulator.control.journal(service="*/manager", method="POST", path="replicators")
    return sum(one["status"] < 300 for one in entries)


def without_us(times: int) -> Iterator[Row]:
    """The replicators of the reference estate, by roles and by uri."""
    document = estate_with(1)
    ours, theirs = [], []
    with (
        running_simulator(process=True, start="first-boot") as simulator,
        tempfile.TemporaryDirectory(prefix="vcpp-bench-") as directory,
    ):
        folder = Path(directory)
        hosts = inventory(simulator, document, folder)
        # Told, so that no time goes into looking for one.
        python = {"ansible_python_interpreter": sys.executable}
        before = playbook(folder, "before", [first_boot("vcav_cloud"), part("cloud", "vcav_cloud")])
        roles = playbook(folder, "roles", [first_boot("vcav_replicator"), part("replicator", "vcav_replicator")])
        uri = playbook(folder, "uri", [{"hosts": "vcav_replicator", "vars": python, "tasks": by_uri()}])
        for _turn in range(times):
            for path, found in ((uri, theirs), (roles, ours)):
                simulator.control.reset()
                without_delays(simulator)
                play(before, {"estate_accept_certificates": True}, hosts)
                simulator.control.clear_journal()
                played = play(path, {"estate_accept_certificates": True}, hosts)
                if registered(simulator) != 2:
                    raise SystemExit("The replicators were not registered: the measurement is broken.")
                found.append(sum(sum(each) for each in played.seconds.values()))
    fast, slow = statistics.median(ours), statistics.median(theirs)
    yield Row("replicators of the estate by the roles of site against uri tasks", slow / fast, 5, "higher", "x faster",
              f"{fast:.1f} s against {slow:.1f} s")  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """Both comparisons."""
    yield from without_us(1)
    yield from twenty(5 if quick else 20, 1 if quick else 2)
