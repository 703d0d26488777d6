"""VMware's vCenter simulator for the tests of the modules of vSphere, with a certificate of the tests' authority."""

from __future__ import annotations

import contextlib
import re
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from tests.unit.plugins.module_utils.certificates import authority
from tests.unit.plugins.module_utils.running import run_module

PROGRAM = Path(__file__).resolve().parents[4] / "build" / "bin" / "vcsim"
PASSWORD = 'it\'s "any" $pa%ss & <word>'
REQUEST = re.compile(r"^Request: .*?<(?:\w+:)?Body><(?:\w+:)?(\w+)", re.MULTILINE | re.DOTALL)
CHANGES_NOTHING = {
    "RetrieveServiceContent", "Login", "Logout", "FindByInventoryPath", "RetrieveProperties", "CreateImportSpec",
}  # fmt: skip


class Vcenter:
    """A running vCenter; `options` connect a module to it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.options: dict[str, Any] = {
            "vsphere_hostname": "127.0.0.1", "vsphere_port": port, "vsphere_user": "administrator@vsphere.local",
            "vsphere_password": PASSWORD, "ca_path": authority().ca_path,
        }  # fmt: skip
        self._seen = 0
        self.child: subprocess.Popen[bytes] | None = None

    def run(self, module: type[Definition], check: bool = False, **options: Any) -> Any:
        """The result of a module; an option that is None is not given. `calls` are then the methods that it called."""
        self.calls_since()
        given = {key: value for key, value in {**self.options, **options}.items() if value is not None}
        result = run_module(module(), given, check)
        self.calls = self.calls_since()
        return result

    def calls_since(self) -> list[str]:
        text = (self.folder / "trace").read_bytes() if (self.folder / "trace").exists() else b""
        found = REQUEST.findall(text[self._seen :].decode())
        self._seen = len(text)
        return found

    @property
    def writes(self) -> list[str]:
        """The methods of the last run that change something."""
        return [call for call in self.calls if call not in CHANGES_NOTHING]

    @contextlib.contextmanager
    def content(self) -> Iterator[Any]:
        """A login of the test's own."""
        from pyVmomi import SoapStubAdapter, vim

        context = ssl.create_default_context(cafile=authority().ca_path)
        stub = SoapStubAdapter("127.0.0.1", self.port, version="vim.version.version9", sslContext=context)
        content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
        content.sessionManager.Login("administrator", PASSWORD, None)
        yield content
        content.sessionManager.Logout()
        stub.DropConnections()

    def sessions(self) -> int:
        """How many logins there are beside that of the test."""
        with self.content() as content:
            return len(content.sessionManager.sessionList) - 1


@contextlib.contextmanager
def vcenter(*flags: str) -> Iterator[Vcenter]:
    """A vCenter of its own; the test is skipped where the simulator was not built."""
    pytest.importorskip("pyVmomi")
    if not PROGRAM.exists():
        pytest.skip("not run: no vCenter simulator (make vcsim)")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        identity = authority().issue("127.0.0.1")
        (folder / "password").write_text(PASSWORD)
        command = [str(PROGRAM), "-l", "127.0.0.1:0", "-E", str(folder / "told"), "-trace-file", str(folder / "trace")]
        command += ["-username", "administrator", "-password", str(folder / "password"), *flags]
        command += ["-tlscert", str(identity.pem), "-tlskey", str(identity.pem)]
        with open(folder / "log", "wb") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + 60
            while not ((folder / "told").exists() and "\n" in (folder / "told").read_text()):
                assert child.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.02)
            found = re.search(r"127\.0\.0\.1:(\d+)", (folder / "told").read_text())
            assert found
            running = Vcenter(folder, int(found.group(1)))
            running.child = child
            yield running
        finally:
            child.terminate()
            child.wait(60)
