"""One vCenter simulator as a child process, and a connection to it."""

from __future__ import annotations

import contextlib
import importlib.util
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from ..certificates import Certificate

PROGRAM = Path(__file__).resolve().parents[3] / "build" / "bin" / "vcsim"
USER = "administrator@vsphere.local"
# The program wants the name without its domain; it then takes both forms (contract vsphere-ovf 8.2).
_LOGIN_NAME = "administrator"
_START_SECONDS = 20.0
_TASK_SECONDS = 30.0


class NoVcenter(OSError):
    """A vCenter simulator cannot be started; the message says why and what to do."""


def require_program() -> None:
    """Raises NoVcenter when the simulator has not been built, or pyVmomi is not installed."""
    if not PROGRAM.exists():
        raise NoVcenter(f"There is no vCenter simulator at {PROGRAM}. Build it with: make vcsim")
    if importlib.util.find_spec("pyVmomi") is None:
        raise NoVcenter(
            "pyVmomi, which builds what is in the vCenters, is not installed. Install it with: make env-demo"
        )


class VcenterProcess:
    """A running vcsim without inventory.

    It ends with us in every case: it watches its standard input, which closes when we end, however that happens.
    """

    def __init__(self, certificate: Certificate, password: str) -> None:
        """Raises NoVcenter."""
        require_program()
        self.password = password
        self.ended = False
        self._stubs: list[Any] = []
        # Read once, at the start: keys and passwords lie in no file afterwards.
        with tempfile.TemporaryDirectory(prefix="vcpp-vcenter-") as directory:
            chain, key, secret = (Path(directory) / name for name in ("chain.pem", "key.pem", "password"))
            chain.write_bytes(b"".join(blob.bytes() for blob in certificate.leaf.cert_chain_pems))
            key.write_bytes(certificate.leaf.private_key_pem.bytes())
            secret.write_text(password, encoding="utf-8")
            command = [
                *(str(PROGRAM), "-l", "127.0.0.1:0", "-dc", "0", "-stdinexit"),
                *("-username", _LOGIN_NAME, "-password", str(secret), "-tlscert", str(chain), "-tlskey", str(key)),
            ]
            # What it logs is of interest only when it does not start. In a group of its own: ctrl-c is for us, and we
            # end it in order.
            with (Path(directory) / "log").open("w+", encoding="utf-8") as log:
                self._child = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    start_new_session=True,
                )
                self.port = self._port(log)

    def _port(self, log: TextIO) -> int:
        line: list[str] = []
        assert self._child.stdout is not None
        out = self._child.stdout
        reader = threading.Thread(target=lambda: line.append(out.readline()), daemon=True)
        reader.start()
        reader.join(_START_SECONDS)
        # export GOVC_URL=https://NAME:PASSWORD@127.0.0.1:PORT/sdk GOVC_SIM_PID=N
        address = line[0].partition("/sdk")[0] if line else ""
        if not address:
            self.stop()
            log.seek(0)
            raise NoVcenter(f"The vCenter simulator {PROGRAM} did not start: {log.read().strip()}")
        return int(address.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid

    def connect(self) -> Any:
        """A new login: pyVmomi's service instance."""
        from pyVmomi import SoapStubAdapter, vim

        # The certificate is our own, and the address a loopback one.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        stub = SoapStubAdapter("127.0.0.1", self.port, version="vim.version.v7_0", sslContext=context)
        instance: Any = vim.ServiceInstance("ServiceInstance", stub)
        self._stubs.append(stub)
        instance.content.sessionManager.Login(USER, self.password, None)
        return instance

    def stop(self) -> None:
        """Ends it; it removes its folders. Once is enough."""
        self.ended = True
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for stub in self._stubs:
            stub.DropConnections()


def finished(task: Any) -> Any:
    """Waits for a task; answers its result. Raises its fault."""
    deadline = time.monotonic() + _TASK_SECONDS
    while (info := task.info).state in ("queued", "running"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{info.descriptionId} has not ended within {_TASK_SECONDS:g} seconds.")
        time.sleep(0.002)
    if info.state == "error":
        raise info.error
    return info.result
