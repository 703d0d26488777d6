# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An import's lease: waiting for it, keeping it alive, sending the files, and giving it up without leaving anything.

Contract vsphere-ovf.md, 3. One block is sent while the next ones are read and hashed: memory stays flat, and the
digests cost little time of their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .._http import HttpError
from .._remedies import remedy
from .._wait import TaskFailed, WaitTimeout, wait_for
from .channel import Trust, connect, explain
from .client import Vsphere, kind_of, said
from .package import BLOCK, Digest, Incomplete, Member, Package

BLOCKS = 8  # in memory at a time
LONGEST_BEAT = 30.0
SILENCE = 600.0  # seconds that a slow host may take for one block, and for its answer after the last one
REMOVAL_SECONDS = 30.0  # that vCenter may take to remove by itself what an aborted import has made
DISK, OTHER = "POST", "PUT"
MIB = 1024**2
Tell = Callable[[str], None]
_UNSUPPORTED = ("MethodNotFound", "NotSupported", "NotImplemented", "InvalidRequest")


class LeaseFailed(Exception):
    """The server gave the lease up; `fault` is the server's own account."""

    def __init__(self, fault: Any) -> None:
        self.fault, self.code = fault, kind_of(fault) if fault is not None else "no reason"
        super().__init__(f"{self.code}: {said(fault)}" if fault is not None else "vCenter gives no reason")


@dataclass
class Sent:
    """What has been sent so far, for the keepalive and for who watches."""

    total: int
    done: int = 0

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0


def wait_ready(api: Vsphere, lease: Any, wait: Mapping[str, int]) -> Any:
    """Wait until files may be sent, and return the lease's info. Raises LeaseFailed, TaskFailed, HttpError."""
    try:
        seen = wait_for(
            lambda: api.one(lease, "state", "error", "info"),
            lambda found: found.get("state", "error") in ("ready", "done", "error"),
            timeout=wait["timeout"],
            interval=min(wait["interval"], 1),
        )
    except WaitTimeout as late:
        raise TaskFailed(
            "the import",
            {},
            f"vCenter prepares it since {late.seconds:g} seconds. Raise wait_timeout if it is only slow.",
        ) from late
    if seen.get("state") != "ready":
        raise LeaseFailed(seen.get("error"))
    return seen["info"]


@contextlib.contextmanager
def kept_alive(api: Vsphere, lease: Any, seconds: float, sent: Sent) -> Iterator[None]:
    """Inside, the lease is renewed at a tenth of its time-out, whether or not the number has changed."""
    over = threading.Event()
    pause = min(max(seconds, 1) / 10, LONGEST_BEAT)

    def beat() -> None:
        while not over.wait(pause):
            # One that is lost is no reason to stop; a lease that has ended shows at the next file.
            with contextlib.suppress(HttpError):
                api.call(lease, "Progress", sent.percent)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(LONGEST_BEAT)


def address_of(url: str, endpoint: str) -> SplitResult:
    """The address to send a file to; the host `*` is the one that we speak to, as hosts and simulators write it."""
    parts, ours = urlsplit(url), urlsplit(endpoint)
    if parts.hostname != "*":
        return parts
    host = ours.netloc.rpartition(":")[0] if ours.port else ours.netloc
    port = parts.netloc.partition(":")[2] or str(ours.port or 443)
    return parts._replace(netloc=f"{host}:{port}")


def _blocks(member: Member, digest: Any, full: queue.Queue[Any], free: queue.Queue[Any], over: threading.Event) -> None:
    """Read and hash a file into free buffers, in a thread of its own; ends with None, or with what went wrong."""
    try:
        while not over.is_set():
            buffer = free.get()
            if buffer is None:
                return
            count = member.readinto(memoryview(buffer))
            if not count:
                full.put(None)
                return
            block = memoryview(buffer)[:count]
            digest.update(block)
            full.put((buffer, block))
    except BaseException as problem:  # handed on, because nobody looks at a thread's own end
        full.put(problem)


def send(member: Member, method: str, url: SplitResult, trust: Trust, algorithm: str, sent: Sent, tell: Tell) -> str:
    """Send one file and return its digest. Raises HttpError, Incomplete."""
    endpoint = f"{url.scheme}://{url.netloc}"
    target = url.path + (f"?{url.query}" if url.query else "")
    connection = connect(url, trust, SILENCE, method)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    full: queue.Queue[Any] = queue.Queue()
    free: queue.Queue[Any] = queue.Queue()
    over = threading.Event()
    for _number in range(BLOCKS):
        free.put(bytearray(BLOCK))
    reader = threading.Thread(target=_blocks, args=(member, digest, full, free, over), name="reader", daemon=True)
    reader.start()
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        kind = "application/x-vnd.vmware-streamVmdk" if method == DISK else "application/octet-stream"
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(member.size))
        if method == OTHER:
            connection.putheader("Overwrite", "t")
        connection.endheaders()
        while (item := full.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            connection.send(item[1])
            free.put(item[0])
            before = sent.percent
            sent.done += len(item[1])
            if sent.percent // 10 > before // 10:
                tell(f"{sent.percent // 10 * 10} % of {sent.total / MIB:,.0f} MiB sent")
        status, reason = _answer(connection)
    except (OSError, http.client.HTTPException) as problem:
        early = _early_answer(connection)
        if early is None:
            raise explain(problem, method, endpoint, url.path, sent=True) from problem
        status, reason = early
    finally:
        over.set()
        free.put(None)
        connection.close()
        reader.join(5)
    if not 200 <= status < 300:
        raise HttpError("status", method, endpoint, url.path, status=status, message=reason, sent=True)
    return str(digest.hexdigest())


def _answer(connection: http.client.HTTPConnection) -> tuple[int, str]:
    response = connection.getresponse()
    text = b" ".join(response.read(2000).split())[:300].decode("utf-8", "replace")
    return response.status, text or response.reason


def _early_answer(connection: http.client.HTTPConnection) -> tuple[int, str] | None:
    """What a server said that did not want all of the file; None where it said nothing."""
    try:
        if connection.sock is not None:
            connection.sock.settimeout(2)
            status, reason = _answer(connection)
            return None if status < 400 else (status, reason)
    except (OSError, http.client.HTTPException):
        pass
    return None


def _check(name: str, digest: Digest | None, found: str) -> None:
    if digest is not None and found != digest.hexadecimal:
        raise Incomplete(
            f"{name} is not what the manifest says: its {digest.algorithm} is {found}, the manifest has "
            f"{digest.hexadecimal}. The package is damaged or was altered; fetch it again"
        )


def upload(api: Vsphere, lease: Any, info: Any, items: Any, package: Package, tell: Tell) -> None:
    """Send every file that the import wants, and compare digests on both sides.

    Raises HttpError, Incomplete, LeaseFailed.
    """
    urls = {device.importKey: device for device in info.deviceUrl or []}
    wanted = {item.path: item for item in items or []}
    missing = [item.path for item in wanted.values() if item.deviceId not in urls]
    if missing:
        raise Incomplete(f"vCenter names no place for {missing[0]}")
    sent = Sent(package.bytes_to_send or sum(item.size or 0 for item in wanted.values()))
    began, digests = time.monotonic(), {}
    with kept_alive(api, lease, float(info.leaseTimeout or 300), sent):
        for member in package.stream(wanted):
            item = wanted[member.name]
            device, line = urls[item.deviceId], (package.manifest or {}).get(member.name)
            url = address_of(device.url, api.endpoint)
            trust = Trust.of(api.transport)
            if url.netloc != urlsplit(api.endpoint).netloc and trust.pin:
                trust = Trust(trust.checked, trust.ca_path)  # the pin is that of vCenter, and this is another host
            trust = trust.pinned(device.sslThumbprint or "")
            algorithm = line.algorithm if line else "sha1"
            found = send(member, OTHER if item.create else DISK, url, trust, algorithm, sent, tell)
            _check(member.name, line, found)
            digests[device.key] = (member.name, Digest(algorithm, found))
        _compare(api, lease, digests)
    seconds = max(time.monotonic() - began, 0.001)
    tell(f"{sent.done / MIB:,.0f} MiB sent in {seconds:.1f} s, {sent.done / MIB / seconds:,.0f} MiB/s")


def _compare(api: Vsphere, lease: Any, digests: Mapping[str, tuple[str, Digest]]) -> None:
    """Compare with the server's own digests, where it has the algorithm that was used. Raises Incomplete, HttpError."""
    try:
        rows = (api.call(lease, "HttpNfcLeaseGetManifest") or []) if digests else []
    except HttpError as problem:
        if problem.code in _UNSUPPORTED:
            return
        raise
    for row in rows:
        if row.key not in digests:
            continue
        name, ours = digests[row.key]
        theirs = {"sha1": row.sha1 or ""}
        if getattr(row, "checksum", None):
            theirs[str(row.checksumType or "").lower().replace("-", "")] = row.checksum
        if theirs.get(ours.algorithm) and theirs[ours.algorithm].lower() != ours.hexadecimal:
            raise Incomplete(f"{name} has arrived otherwise than it was sent, says vCenter's {ours.algorithm}")


def give_up(api: Vsphere, lease: Any, machine: Any, reason: str, wait: Mapping[str, int]) -> str:
    """Abort the lease and remove what it has made; returns the sentence that says what became of it."""
    fault = api.vmodl.fault.SystemError(reason=reason[:200])
    with contextlib.suppress(HttpError):
        api.call(lease, "Abort", fault)
    if machine is None:
        return "Nothing was left behind."
    try:
        # vCenter removes the VM by itself, some servers do not.
        if api.one(machine, "name"):
            try:
                api.task(api.call(machine, "Destroy_Task"), "removing what the import has made", wait)
            except (HttpError, TaskFailed):
                wait_for(lambda: api.one(machine, "name"), lambda seen: not seen, timeout=REMOVAL_SECONDS, interval=2)
    except (HttpError, WaitTimeout) as problem:
        return (
            f"The half made VM could not be removed ({problem}); remove it with state absent, or wait until vCenter "
            "does."
        )
    return "The import was aborted and what it had made was removed."


def import_package(
    api: Vsphere, spec: Any, placement: Any, package: Package, name: str, wait: Mapping[str, int], tell: Tell
) -> Any:
    """Import a package by its import spec and return the VM. Raises TaskFailed; then nothing is left behind."""
    lease = api.call(placement.pool, "ImportVApp", spec.importSpec, placement.folder, placement.host, about=name)
    machine = None
    try:
        info = wait_ready(api, lease, wait)
        machine = info.entity
        upload(api, lease, info, spec.fileItem, package, tell)
        api.call(lease, "Complete")
    except BaseException as problem:
        if machine is None and not isinstance(problem, LeaseFailed):
            machine = getattr(api.one(lease, "info").get("info"), "entity", None) if _alive(api, lease) else None
        left = give_up(api, lease, machine, str(problem), wait)
        if isinstance(problem, LeaseFailed) or not isinstance(problem, (HttpError, Incomplete, TaskFailed)):
            raise
        advice = remedy(problem) if isinstance(problem, HttpError) else ""
        error = problem.as_dict() if isinstance(problem, HttpError) else {}
        text = f"{str(problem).rstrip('.')}. {left} {advice}".rstrip()
        raise TaskFailed(f"the import of {package.label} as {name}", {"error": error}, text) from problem
    return machine


def _alive(api: Vsphere, lease: Any) -> bool:
    try:
        return bool(api.one(lease, "state"))
    except HttpError:
        return False
