# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action `vcenter`: starts and stops VMware's vCenter simulator for integration targets, and reads its trace.

    vcenter: {start: 4.x, repository: ..., python: ...}   -> here: {service: connection options, image: an OVA, ...}
    vcenter: {at: <here>, do: [{guest: {name: vcam, address: 192.0.2.20}}, {folder: Appliances}]}
    vcenter: {at: <here>, of: <a registered result>, as: apply, way: in process, like: predict}
                                                        -> requests, writes, logins, logouts, differences (see evidence)
    vcenter: {stop: <here>}

The image is made by tests/tools/make_ova.py, the inventory is vcsim's own with the folder `Appliances`. What `stop` has
not ended, the parent process ends, also after Ctrl-C.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

START_SECONDS = 30
FOLDER = "vcpp-vcsim-"  # in the run's private temporary directory
KEPT = "kept.json"
PASSWORD = 'it\'s "any" $pa%ss & <word>'
SESSION = {"RetrieveServiceContent", "Login", "Logout"}
READS = {"FindByInventoryPath", "RetrieveProperties", "RetrievePropertiesEx", "CreateImportSpec"}
REQUEST = re.compile(r"^Request: .*?<(?:\w+:)?Body><(?:\w+:)?(\w+)", re.MULTILINE | re.DOTALL)


class ActionModule(ActionBase):
    """One of start, stop, do, of."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        # Plain texts: pyvmomi finds a type by the class of a value, and does not know ansible-core's own kinds of text.
        given = json.loads(json.dumps(dict(self._task.args)))
        if "start" in given:
            result["here"] = start(str(given["start"]), Path(given["repository"]), given["python"])
        elif "stop" in given:
            stop(Path(given["stop"]["folder"]))
        elif "of" in given:
            result.update(evidence(given))
        else:
            for one in given["do"]:
                name, arguments = next(iter(one.items()))
                {"guest": guest, "folder": folder, "rename": rename}[name](given["at"], **arguments)
        return {**result, "changed": False}


def start(release: str, repository: Path, python: str) -> dict[str, Any]:
    """Start a vCenter and make an image of a release; returns what targets need to know."""
    program = repository / "build" / "bin" / "vcsim"
    if not program.exists():
        raise AnsibleActionFail(f"There is no vCenter simulator at {program}. Build it with: make vcsim")
    place = Path(tempfile.mkdtemp(prefix=FOLDER, dir=C.DEFAULT_LOCAL_TMP))
    images = {}
    for name, options in {"image": [], "damaged": ["--corrupt", "manifest"], "cut": ["--corrupt", "truncated"]}.items():
        images[name] = str(place / f"{name}.ova")
        command = [python, "-m", "tests.tools.make_ova", "--release", release, "--dest", images[name], *options]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AnsibleActionFail(f"The image was not made: {done.stderr}")
    secret, told = place / "password", place / "environment"
    secret.write_text(PASSWORD, encoding="utf-8")
    command = [str(program), "-l", "127.0.0.1:0", "-E", str(told), "-trace-file", str(place / "trace")]
    command += ["-username", "administrator", "-password", str(secret)]
    with open(place / "log", "wb") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=place, start_new_session=True
        )
    (place / "pid").write_text(str(child.pid), encoding="utf-8")
    deadline = time.monotonic() + START_SECONDS
    while not (told.exists() and "\n" in told.read_text(encoding="utf-8")):
        if child.poll() is not None or time.monotonic() > deadline:
            raise AnsibleActionFail(f"The vCenter simulator did not start: {(place / 'log').read_text('utf-8')}")
        time.sleep(0.02)
    found = re.search(r"127\.0\.0\.1:(\d+)", told.read_text(encoding="utf-8"))
    port = int(found.group(1)) if found else 0
    certificate = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
    service = {
        "vsphere_hostname": "127.0.0.1",
        "vsphere_port": port,
        "vsphere_user": "administrator@vsphere.local",
        "vsphere_password": PASSWORD,
        "thumbprint": f"SHA-256:{hashlib.sha256(certificate).hexdigest().upper()}",
    }
    here = {"folder": str(place), "service": service, "release": release, **images}
    folder(here, "Appliances")
    return here


def stop(place: Path) -> None:
    """End a vCenter, also where it has gone already, and remove its folder."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((place / "pid").read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def connected(here: dict[str, Any]) -> Iterator[Any]:
    """The content of the vCenter; what is done here is in no evidence."""
    from pyVmomi import SoapStubAdapter, vim

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    stub = SoapStubAdapter(
        "127.0.0.1", here["service"]["vsphere_port"], version="vim.version.version9", sslContext=context
    )
    content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
    content.sessionManager.Login("administrator", PASSWORD, None)
    try:
        yield content
    finally:
        content.sessionManager.Logout()
        stub.DropConnections()
        forget(here)


def folder(here: dict[str, Any], name: str) -> None:
    """A folder of VMs at the top of the datacenter."""
    with connected(here) as content:
        content.searchIndex.FindByInventoryPath("DC0/vm").CreateFolder(name)


def guest(here: dict[str, Any], name: str, address: str) -> None:
    """The guest of a VM reports an address."""
    from pyVmomi import vim

    with connected(here) as content:
        machine = content.searchIndex.FindByInventoryPath(f"DC0/vm/{name}")
        option = vim.option.OptionValue(key="SET.guest.ipAddress", value=address)
        finished(machine.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[option])))


def rename(here: dict[str, Any], name: str, to: str) -> None:
    """Somebody gives a VM another name."""
    with connected(here) as content:
        finished(content.searchIndex.FindByInventoryPath(f"DC0/vm/{name}").Rename_Task(to))


def finished(task: Any) -> None:
    while task.info.state in ("queued", "running"):
        time.sleep(0.01)
    if task.info.state == "error":
        raise task.info.error


def traced(here: dict[str, Any]) -> list[str]:
    """The methods that were called since the last look."""
    place = Path(here["folder"])
    mark = place / "seen"
    start_at = int(mark.read_text(encoding="utf-8")) if mark.exists() else 0
    text = (place / "trace").read_bytes()
    mark.write_text(str(len(text)), encoding="utf-8")
    return REQUEST.findall(text[start_at:].decode("utf-8", "replace"))


def forget(here: dict[str, Any]) -> None:
    traced(here)


def without(value: Any, keys: set[str]) -> Any:
    """Results without these keys, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    return [without(item, keys) for item in value] if isinstance(value, list) else value


def evidence(given: dict[str, Any]) -> dict[str, Any]:
    """What a step sent since the last look, and how its result differs from those that it must equal.

    As in setup_simulator: `as` and `way` name the kept result, `like` the step that this one must equal, `random` are
    keys, at any depth, whose values are other ones each time.
    """
    here = given["at"]
    calls = traced(here)
    kept_file = Path(here["folder"]).parent / f"{here['release']}-{KEPT}"
    kept = json.loads(kept_file.read_text(encoding="utf-8")) if kept_file.exists() else {}
    ignored = {"ansible_facts", "invocation", *given.get("random", [])}
    outcome = json.loads(json.dumps(without(given["of"], ignored)).replace(here["folder"], "HERE"))
    port = str(here["service"]["vsphere_port"])
    outcome = json.loads(json.dumps(outcome).replace(f"127.0.0.1:{port}", "127.0.0.1:PORT"))
    name, way, like = given["as"], given["way"], given.get("like")
    equals = {f"{name}, {other}": steps[name] for other, steps in kept.items() if name in steps}
    if like:
        ways = sorted(kept, key=lambda other: other != way)
        equals[like] = next(kept[other][like] for other in ways if like in kept[other])
    steps = kept.setdefault(way, {})
    if name not in steps:
        steps[name] = outcome
        kept_file.write_text(json.dumps(kept), encoding="utf-8")
    rest = [call for call in calls if call not in SESSION]
    return {
        "requests": rest,
        "writes": [call for call in rest if call not in READS],
        "logins": calls.count("Login"),
        "logouts": calls.count("Logout"),
        "differences": [{"of": of, "was": was, "is": outcome} for of, was in equals.items() if was != outcome],
    }


def stop_all() -> None:
    """End what this run has started and not stopped."""
    for place in Path(C.DEFAULT_LOCAL_TMP).glob(f"{FOLDER}*"):
        stop(place)


# The parent process loads the class before its first task, and unlike workers it runs such functions when it leaves,
# before ansible-core removes the directory.
if multiprocessing.parent_process() is None:
    atexit.register(stop_all)
