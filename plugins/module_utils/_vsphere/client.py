# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one vCenter: login shared by the run, calls through pyvmomi, faults as the one exception of this house.

Contract vsphere-ovf.md, 1 and 8. pyvmomi is imported where a task connects, because no other product needs it.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from .._address import transport
from .._http import BLOT, Http, HttpError, MissingLibrary, Transport, is_passing
from .._plan import InputError
from .._sessions import Login, Session, Store, store
from .._wait import TaskFailed, WaitTimeout, wait_for
from .channel import Trust, explain
from .channel import connect as open_connection

IDLE_SECONDS = 15  # a kept connection that is older is not trusted to be open still
LOGIN_ADVICE = (
    "Check vsphere_user, with its domain (administrator@vsphere.local), and vsphere_password; the account may be "
    "locked."
)
_ADVICE = {
    "InvalidLogin": LOGIN_ADVICE,
    "NoPermission": "Give the user the privileges that the message names: VApp.Import on the resource pool, "
    "Datastore.AllocateSpace on the datastore, Network.Assign on the networks, and those of virtual machines.",
    "NotAuthenticated": "The session was ended by somebody; run the task again.",
    "ManagedObjectNotFound": "It was removed meanwhile; run the task again.",
    "InvalidPowerState": "Somebody else is switching the VM; run the task again.",
    "InsufficientResourcesFault": "The cluster or host has too little left; free some, or choose another one.",
    "NoDiskSpace": "The datastore is full: free some space, or name another one in datastore.",
    "InsufficientStorageSpace": "The datastore is full: free some space, or name another one in datastore.",
}

_UNREACHABLE = ("refused", "dns", "timeout", "connection")


class MissingPyvmomi(MissingLibrary):
    """The modules of vSphere need `pyvmomi`."""

    library = "pyvmomi"


def load() -> Any:
    """The package `pyVmomi`. Raises MissingPyvmomi."""
    try:
        import pyVmomi
    except ImportError as problem:
        raise MissingPyvmomi(traceback.format_exc()) from problem
    return pyVmomi


def connection(params: Mapping[str, Any]) -> Transport:
    """The transport that connection options describe. Raises InputError for a host that is none."""
    host, port = str(params["vsphere_hostname"]).strip(), params["vsphere_port"]
    bare = host.removeprefix("[").removesuffix("]")
    if not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", bare):
        shown = re.sub(r"^.*@", f"{BLOT}@", host)
        raise InputError(
            f"vsphere_hostname is {shown!r}: give the name or the IP address of vCenter alone, for example "
            "vcenter.example.com, and its port in vsphere_port"
        )
    if not 0 < port < 65536:
        raise InputError(f"vsphere_port is {port}: give a port from 1 to 65535; vCenter's is 443")
    return transport(f"https://{f'[{bare}]' if ':' in bare else bare}:{port}", params)


def credentials(params: Mapping[str, Any]) -> tuple[str, str]:
    """(user, password) from the connection options. Raises InputError."""
    user, password = params.get("vsphere_user"), params.get("vsphere_password")
    if not (user and password):
        raise InputError(
            "no credentials: set vsphere_user and vsphere_password (environment VSPHERE_USER, VSPHERE_PASSWORD)"
        )
    return str(user), str(password)


def kind_of(thing: object) -> str:
    """The short name of a pyvmomi type or fault: `vim.fault.InvalidLogin` is InvalidLogin."""
    return type(thing).__name__.rpartition(".")[2]


def said(fault: Any) -> str:
    """What a fault of the server tells, with the details that are in neither its name nor its message."""
    texts = [str(getattr(fault, "msg", "") or "")]
    # Some servers send an ASN.1 address or a Go value as text: the details are what a person can use.
    texts += [str(each.message) for each in getattr(fault, "faultMessage", None) or [] if getattr(each, "message", "")]
    for name in ("reason", "property", "name", "file", "privilegeId", "argument", "key"):
        value = getattr(fault, name, None)
        if isinstance(value, str) and value and value not in " ".join(texts):
            texts.append(f"{name}: {value}")
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text)) or "no explanation"


def advice_on(code: str) -> str:
    """What to do about a fault of the server; empty where that would be a guess."""
    return _ADVICE.get(code, "")


def failure(endpoint: str, verb: str, target: str, fault: Any, advice: str = "") -> HttpError:
    """A fault of the server as our exception: what was tried, on what, and what was answered."""
    code = kind_of(fault)
    return HttpError(
        "status", verb, endpoint, target, status=500, code=code, message=said(fault), sent=True,
        advice=advice or advice_on(code),
    )  # fmt: skip


def _stub_class() -> type:
    """pyvmomi's adapter with our connections, our renewal of logins and our exceptions; made where pyvmomi is there."""
    pyvmomi = load()

    class Stub(pyvmomi.SoapStubAdapter):  # type: ignore[misc,name-defined]
        def __init__(self, transport: Transport, version: str) -> None:
            self.parts, self.trust = urlsplit(transport.endpoint), Trust.of(transport)
            self.endpoint, self.seconds = transport.endpoint, transport.timeout
            self.renew: Callable[[], str] | None = None
            host, port = self.parts.hostname or "", self.parts.port or 443
            super().__init__(
                host, port, version=version, sslContext=self.trust.context(), connectionPoolTimeout=IDLE_SECONDS
            )

        def GetConnection(self) -> Any:
            with self.lock:
                self._CloseIdleConnections()
                if self.pool:
                    return self.pool.pop(0)[0]
            return open_connection(self.parts, self.trust, self.seconds)

        def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:
            target = f"/sdk/{mo._moId}"
            for fresh in (False, True):
                try:
                    return super().InvokeMethod(mo, info, args, outerStub)
                except pyvmomi.vmodl.MethodFault as fault:
                    expired = isinstance(fault, pyvmomi.vim.fault.NotAuthenticated)
                    if not expired or fresh or self.renew is None:
                        raise
                    self.cookie = self.renew()
                except (OSError, http.client.HTTPException) as problem:
                    raise explain(problem, info.wsdlName, self.endpoint, target, sent=True) from problem
            raise AssertionError("unreachable: the second attempt returns or raises")

    return Stub


def _versions(transport: Transport) -> str:
    """The newest API version that the server and pyvmomi both know. Raises HttpError."""
    from pyVmomi.VmomiSupport import GetServiceVersions, versionIdMap

    try:
        reply = Http(transport).request("GET", "/sdk/vimServiceVersions.xml")
    except HttpError as problem:
        if problem.kind in _UNREACHABLE:
            parts = urlsplit(transport.endpoint)
            problem.advice = (
                f"Is vCenter running, and are vsphere_hostname ({parts.hostname}) and vsphere_port ({parts.port}) "
                "right?"
            )
        raise
    offered = set(re.findall(rb"<version>\s*([^<\s]+)\s*</version>", reply.body))
    if b"urn:vim25" not in reply.body or not offered:
        raise HttpError(
            "body", "GET", transport.endpoint, "/sdk/vimServiceVersions.xml", status=reply.status,
            message="no list of versions", advice="Is this the address of a vCenter?",
        )  # fmt: skip
    for version in GetServiceVersions("vim25"):
        if str(versionIdMap[version]).encode() in offered:
            return str(version)
    return "vim.version.version9"  # vSphere 5.5, older than anything that these appliances run on


class Vsphere:
    """One vCenter, logged in. Safe to use from several threads."""

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError, MissingPyvmomi."""
        self._pyvmomi = load()
        self.vim, self.vmodl = self._pyvmomi.vim, self._pyvmomi.vmodl
        self.transport = connection(params)
        self.endpoint = self.transport.endpoint
        self._user, self._password = credentials(params)
        self._sessions = sessions
        self._login = Login(self.transport, "soap", self._user, self._password)
        self._session = sessions.acquire(self._login, self._open)
        self._stub = _stub_class()(self.transport, self._session.facts["version"])
        self._stub.cookie = self._session.token
        self._stub.renew = self._renew

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the login told: version, about (name, version, kind), objects (ids of the server's own managers)."""
        return self._session.facts

    @property
    def site(self) -> str | None:
        """The name of the vCenter, under which diffs are grouped."""
        return urlsplit(self.endpoint).hostname

    @property
    def is_vcenter(self) -> bool:
        return bool(self.facts["kind"] == "VirtualCenter")

    # Logging in

    def _open(self) -> Session:
        version = _versions(self.transport)
        stub = _stub_class()(self.transport, version)
        try:
            content = self.vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
            content.sessionManager.Login(self._user, self._password, None)
        except self.vmodl.MethodFault as fault:
            raise failure(self.endpoint, "Login", f"/sdk as {self._user}", fault) from fault
        finally:
            stub.DropConnections()
        names = ("rootFolder", "searchIndex", "propertyCollector", "sessionManager", "ovfManager")
        objects = {name: getattr(content, name)._moId for name in names if getattr(content, name, None)}
        token = re.match(r"[^;]*", stub.cookie or "")
        facts = {
            "version": version,
            "kind": content.about.apiType,
            "product": content.about.fullName,
            "objects": objects,
        }
        manager = escape(objects["sessionManager"])
        ending = (
            '<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>'
            f'<Logout xmlns="urn:vim25"><_this type="SessionManager">{manager}</_this></Logout></Body></Envelope>'
        )
        cookie = token.group(0) if token else ""
        headers = {"Cookie": cookie, "Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "urn:vim25/6.5"}
        return Session(self.transport, cookie, facts, ("POST", "/sdk", headers, ending))

    def _renew(self) -> str:
        self._session = self._sessions.renew(self._login, self._session, self._open)
        return self._session.token

    # Calls

    def manager(self, name: str) -> Any:
        """A manager of the server (searchIndex, ovfManager …) without asking for it again."""
        kind = {
            "rootFolder": self.vim.Folder,
            "searchIndex": self.vim.SearchIndex,
            "ovfManager": self.vim.OvfManager,
            "propertyCollector": self.vmodl.query.PropertyCollector,
        }[name]
        return kind(self.facts["objects"][name], self._stub)

    def call(self, target: Any, verb: str, *arguments: Any, about: str = "", advice: str = "") -> Any:
        """One call of a managed object. Raises HttpError for a fault, which then names `about`."""
        try:
            return getattr(target, verb)(*arguments)
        except self.vmodl.MethodFault as fault:
            raise failure(self.endpoint, verb, about or f"/sdk/{target._moId}", fault, advice) from fault

    def properties(self, targets: Sequence[Any], names: Iterable[str]) -> list[tuple[Any, dict[str, Any]]]:
        """Properties of managed objects of one kind, in one request; what cannot be read is left out.

        Objects that are gone are left out too. Raises HttpError.
        """
        if not targets:
            return []
        query = self.vmodl.query.PropertyCollector
        spec = query.FilterSpec(
            propSet=[query.PropertySpec(type=type(targets[0]), pathSet=list(names), all=False)],
            objectSet=[query.ObjectSpec(obj=target, skip=False) for target in targets],
            reportMissingObjectsInResults=True,
        )
        answer = self.call(
            self.manager("propertyCollector"), "RetrieveContents", [spec], about=f"/sdk/{targets[0]._moId}"
        )
        return [(each.obj, {prop.name: prop.val for prop in each.propSet}) for each in answer or []]

    def one(self, target: Any, *names: str) -> dict[str, Any]:
        """Properties of one object; empty where it is gone."""
        try:
            found = self.properties([target], names)
        except HttpError as problem:
            if problem.code == "ManagedObjectNotFound":
                return {}
            raise
        return found[0][1] if found else {}

    def task(self, task: Any, what: str, wait: Mapping[str, int]) -> Any:
        """Wait for a task of the server and return its result. Raises TaskFailed, HttpError."""
        try:
            info = wait_for(
                lambda: self.one(task, "info").get("info"),
                lambda seen: seen is None or seen.state in ("success", "error"),
                timeout=wait["timeout"],
                interval=wait["interval"],
                tolerate=is_passing,
            )
        except WaitTimeout as late:
            raise TaskFailed(
                what, {}, f"vCenter has not finished it after {late.seconds:g} seconds; it goes on there. Raise "
                "wait_timeout, or run the task again later.",
            ) from late  # fmt: skip
        if info is not None and info.state == "error":
            fault = info.error
            advice = advice_on(kind_of(fault))
            error = {"code": kind_of(fault), "message": said(fault)}
            raise TaskFailed(what, {"error": error}, f"{kind_of(fault)}: {said(fault).rstrip('.')}. {advice}".rstrip())
        return None if info is None else info.result


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Vsphere]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here."""
    with store() as sessions:
        api = Vsphere(params, sessions)
        try:
            yield api
        finally:
            api._stub.DropConnections()
