"""Bad days of a deployment, on VMware's own vCenter simulator: what is refused, what breaks, and what stays behind.

What there is afterwards is asked of the vCenter, not of our modules. The module alone is tried on further ones in
tests/unit/plugins/modules/test_vsphere_appliance.py and tests/integration/targets/vsphere_appliance.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bad_days import HERE, THERE, USUAL, play_day, task
from tests.e2e.plays import Play, command, environment, interruptible, play
from tests.e2e.test_playbooks import Estate
from tests.simulator.running import Running, running_simulator
from tests.simulator.vsphere import process
from tests.simulator.vsphere.process import finished
from tests.tools.make_ova import make_ova
from tests.unit.plugins.modules.vcenters import PASSWORD, Vcenter, vcenter

pytestmark = pytest.mark.skipif(not process.PROGRAM.exists(), reason="not run: no vCenter simulator (make vcsim)")
MODULE, KEY = "vsphere_appliance", "guestinfo.cis.appliance.root.password"
FIRST = {KEY: "{{ lookup('ansible.builtin.env', 'LAB_FIRST_PASSWORD') }}"}
LARGE = 1 << 30


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(product_version="4.7", start="nothing", vsphere=True) as running:
        yield running


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The image as it should be, two that are not, and a large one."""
    folder = tmp_path_factory.mktemp("images")
    made = {
        "whole": make_ova(folder / "whole.ova", "4.x"),
        "cut": make_ova(folder / "cut.ova", "4.x", corrupt="truncated"),
        "altered": make_ova(folder / "altered.ova", "4.x", corrupt="manifest"),
        "large": make_ova(folder / "large.ova", "4.x", disk_size=LARGE),
    }
    return {name: str(path) for name, path in made.items()}


def connected(simulator: Running, site: str) -> tuple[Any, dict[str, Any]]:
    """The content of a site's vCenter by the simulator's own login, and what the state file says of it."""
    assert simulator.simulator.vcenters is not None
    return simulator.simulator.vcenters._instances[site].content, simulator.vcenter(site)


def there_is(simulator: Running, site: str) -> dict[str, str]:
    content, known = connected(simulator, site)
    return machines(content, known["datacenter"])


def machines(content: Any, datacenter: str) -> dict[str, str]:
    """Power state of every VM of a datacenter's own folder."""
    folder = content.searchIndex.FindByInventoryPath(f"{datacenter}/vm")
    return {str(one.name): str(one.runtime.powerState) for one in folder.childEntity if hasattr(one, "runtime")}


def another_machine(content: Any, known: dict[str, Any], name: str) -> None:
    """A VM that came from no OVF."""
    from pyVmomi import vim

    find = content.searchIndex.FindByInventoryPath
    files = vim.vm.FileInfo(vmPathName=f"[{known['datastore']}]")
    spec = vim.vm.ConfigSpec(name=name, files=files, numCPUs=1, memoryMB=64, guestId="otherGuest")
    pool = find(f"{known['datacenter']}/host/{known['cluster']}").resourcePool
    finished(find(f"{known['datacenter']}/vm").CreateVM_Task(spec, pool))


def wish(known: dict[str, Any], image: str, **more: Any) -> dict[str, Any]:
    """Options that deploy the replicator of the first site."""
    return {
        "name": "vcar", "datacenter": known["datacenter"], "cluster": known["cluster"], "datastore": known["datastore"],
        "networks": {"VM Network": known["network"]}, "source": image, "accept_eula": True,
        "deployment_option": "replicator", "secret_properties": FIRST, "wait_interval": 1, **more,
    }  # fmt: skip


def test_what_cannot_be_deployed_leaves_nothing_and_says_what_to_do(
    simulator: Running, images: dict[str, str], tmp_path: Path
) -> None:
    content, known = connected(simulator, HERE)
    good = wish(known, images["whole"])
    simulator.control.reset()
    another_machine(content, known, "files")
    bad: dict[str, dict[str, Any]] = {
        "off": {"vsphere_port": 1},
        "unknown_host": {"vsphere_hostname": "vcenter.invalid"},
        "wrong_password": {"vsphere_password": "{{ lookup('ansible.builtin.env', 'LAB_WRONG_PASSWORD') }}"},
        "datastore": {"datastore": f"{known['datastore']}x"},
        "network": {"networks": {"VM Network": f"{known['network']}x"}},
        "unmapped": {"networks": {"VM Networks": known["network"]}},
        "no_file": {"source": f"{images['whole']}.gone"},
        "cut": {"source": images["cut"]},
        "altered": {"source": images["altered"]},
        "foreign": {"name": "files"},
    }
    day = play_day(simulator, USUAL, tmp_path, [
        *(task(name, MODULE, **{**good, **wrong}) for name, wrong in bad.items()),
        task("foreign_absent", MODULE, name="files", datacenter=known["datacenter"], state="absent"),
    ], goes_on=True)  # fmt: skip
    day["off"].says("127.0.0.1:1", "the connection was refused", "vsphere_hostname (127.0.0.1)", "vsphere_port (1)")
    day["unknown_host"].says("vcenter.invalid", "cannot be resolved", "vsphere_hostname (vcenter.invalid)")
    day["wrong_password"].says("InvalidLogin", "Check vsphere_user", "vsphere_password")
    day["datastore"].says(f"datastore is '{known['datastore']}x'", f"Did you mean '{known['datastore']}'?")
    day["network"].says("networks['VM Network']", f"Did you mean '{known['network']}'?")
    day["unmapped"].says("networks: the package has no network 'VM Networks'", "Did you mean 'VM Network'?")
    day["no_file"].says("source", "whole.ova.gone", "No such file")
    day["cut"].says("source", "cut off", "fetch the package again")
    day["altered"].says("altered.ova", "not what the manifest says", "what it had made was removed")
    day["foreign"].says("name is 'files'", "it is something else and is left alone", "Take another name or folder")
    day["foreign_absent"].says("it is something else and is left alone")
    assert there_is(simulator, HERE) == {"files": "poweredOff"}
    day = play_day(
        simulator, USUAL, tmp_path, [task("made", MODULE, **good), task("again", MODULE, **good)], goes_on=True
    )
    assert day["made"].changed and not day["again"].changed
    assert there_is(simulator, HERE) == {"files": "poweredOff", "vcar": "poweredOn"}


def test_an_appliance_without_an_address_in_time_stays_and_the_next_run_goes_on(
    simulator: Running, images: dict[str, str], tmp_path: Path
) -> None:
    """It was deployed with an address that it does not get; corrected, it is found and its address waited for."""
    _content, known = connected(simulator, HERE)
    boot = {"wait_for_ip": True, "wait_timeout": 2}
    wrong = {"net.address": "10.207.0.45/24", "net.gateway": "10.207.0.1"}
    lost = wish(known, images["whole"], **boot, expected_address="10.207.0.99", properties=wrong)
    found = {**lost, "expected_address": None, "wait_timeout": 20}
    day = play_day(simulator, USUAL, tmp_path, [
        task("late", MODULE, **lost), task("found", MODULE, **found), task("again", MODULE, **found),
    ])  # fmt: skip
    day["late"].says(
        "waiting for the address 10.207.0.99 of vcar", "it reported 10.207.0.45", "The VM is there and stays"
    )
    assert not day["found"].changed and not day["again"].changed
    assert day["found"].result["vsphere_appliance"]["address"] == "10.207.0.45"
    assert there_is(simulator, HERE) == {"vcar": "poweredOn"}


def test_one_site_is_deployed_although_the_other_has_no_such_datastore_and_the_next_run_does_the_rest(
    simulator: Running, tmp_path: Path
) -> None:
    simulator.control.reset()
    estate = Estate(simulator, tmp_path)
    here, there = "vdev-a03-vcat", "vdev-c00-vcat"
    variables = {"vcav_appliance_wait_interval": 1, "product_version": "4.7"}
    wrong = {"all": {"hosts": {here: {"vcav_appliance_datastore": "AKL-VSAN-Perv"}}}}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    limit = ("--limit", f"{here},{there}")
    failed = estate.run("deploy", *limit, "-i", str(tmp_path / "wrong.json"), fails=True, **variables)
    assert "datastore is 'AKL-VSAN-Perv'" in failed.output and "Did you mean 'AKL-VSAN-Perf'?" in failed.output
    assert failed.changed()[there] > 0 and failed.changed()[here] == 0, failed.output
    assert (there_is(simulator, HERE), there_is(simulator, THERE)) == ({}, {there: "poweredOn"})
    done = estate.run("deploy", *limit, **variables)
    assert done.changed()[here] > 0 and done.changed()[there] == 0, done.output
    assert there_is(simulator, HERE) == {here: "poweredOn"}
    assert not any(estate.run("deploy", *limit, **variables).changed().values())


# Something dies in the middle


@pytest.fixture
def lonely() -> Iterator[Vcenter]:
    """A vCenter of its own, which may die."""
    with vcenter() as running:
        yield running


def lonely_play(vc: Vcenter, directory: Path, image: str, **more: Any) -> Path:
    """A playbook that deploys there, waits a minute if it is told to, and shows nothing secret."""
    connection = {**vc.options, "vsphere_password": "{{ lookup('ansible.builtin.env', 'LAB_VSPHERE_PASSWORD') }}"}
    options = {
        "name": "vcam", "datacenter": "DC0", "cluster": "DC0_C0", "datastore": "LocalDS_0", "source": image,
        "networks": {"VM Network": "VM Network"}, "accept_eula": True, "secret_properties": FIRST,
        "state": "powered_off", **more,
    }  # fmt: skip
    document = {
        "hosts": "localhost", "gather_facts": False, "module_defaults": {"group/vcpp.vcloud.vsphere": connection},
        "tasks": [{"vcpp.vcloud.vsphere_appliance": options}],
    }  # fmt: skip
    path = directory / "lonely.yml"
    path.write_text(json.dumps([document]), encoding="utf-8")
    return path


SECRETS = {"LAB_VSPHERE_PASSWORD": PASSWORD, "LAB_FIRST_PASSWORD": "F1rst-Secret-2030"}


def uploading(directory: Path, playbook: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """A run in the middle of its upload, and where it writes."""
    log = directory / "log"
    with log.open("wb") as file:
        run = subprocess.Popen(
            command("newest", playbook, {}, "-v"), env=environment("newest", directory, **SECRETS), cwd=directory,
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, preexec_fn=interruptible,
        )  # fmt: skip
    deadline = time.monotonic() + 120
    while b" % of " not in log.read_bytes():
        assert run.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)
    return run, log


def interrupt(run: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C, and once more where that is not enough.

    ansible-core may end a worker that holds the lock of the queue it reports progress by, and then waits for that lock
    for ever (strategy cleanup, SimpleQueue.put): seen in one of fifteen runs.
    """
    os.killpg(run.pid, signal.SIGINT)
    try:
        run.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(60)


def again(directory: Path, playbook: Path) -> Play:
    """The same playbook, or another, to its end."""
    return play("newest", directory, playbook, {}, "-vvv", **SECRETS)


def names(vc: Vcenter) -> list[str]:
    """The VMs that are called as ours."""
    with vc.content() as content:
        return [name for name in machines(content, "DC0") if name == "vcam"]


def test_a_run_that_is_interrupted_logs_out_and_the_next_one_tells_what_it_left_and_replaces_it(
    lonely: Vcenter, images: dict[str, str], tmp_path: Path
) -> None:
    """ansible-core ends its workers at once; a real vCenter removes the VM some minutes later, this one never does."""
    run, _log = uploading(tmp_path, lonely_play(lonely, tmp_path, images["large"]))
    interrupt(run)
    assert names(lonely) == ["vcam"] and lonely.sessions() == 0
    failed = again(tmp_path, lonely_play(lonely, tmp_path, images["whole"]))
    told = " ".join(failed.output.split())
    assert failed.code == 2 and "an import of this VM was begun and never finished" in told, failed.output
    assert "Remove it with state absent, or set on_difference to replace. Nothing was changed." in told
    replacing = lonely_play(lonely, tmp_path, images["whole"], on_difference="replace")
    assert again(tmp_path, replacing).assert_ok().changed() == {"localhost": 1}
    done = again(tmp_path, replacing).assert_ok()
    assert done.changed() == {"localhost": 0} and names(lonely) == ["vcam"] and lonely.sessions() == 0
    assert not [secret for secret in SECRETS.values() if secret in failed.output + done.output]


def test_a_vcenter_that_dies_in_the_middle_of_an_import_is_told_with_what_may_be_left(
    lonely: Vcenter, images: dict[str, str], tmp_path: Path
) -> None:
    run, log = uploading(tmp_path, lonely_play(lonely, tmp_path, images["large"]))
    assert lonely.child is not None
    lonely.child.kill()
    assert run.wait(120) == 2
    told = " ".join(log.read_text(encoding="utf-8").split())
    assert "the import of large.ova as vcam" in told and "The half made VM could not be removed" in told, told
    assert "remove it with state absent" in told and "Traceback" not in told
    with vcenter() as anew:
        done = again(tmp_path, lonely_play(anew, tmp_path, images["whole"])).assert_ok()
        assert done.changed() == {"localhost": 1} and names(anew) == ["vcam"]
