"""Client of the control listener: for the command line, for tests, and for whoever drives a simulator from Python."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit


class ControlError(Exception):
    """The simulator did not do what it was asked; the message says why."""


class ControlClient:
    """One method per verb. Every answer is plain JSON data."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._token = token

    @classmethod
    def from_state(cls, path: Path) -> ControlClient:
        """For the simulator that has written this state file.

        Raises ControlError when there is none.
        """
        try:
            control = json.loads(path.read_text(encoding="utf-8"))["control"]
        except (OSError, ValueError, KeyError) as problem:
            raise ControlError(f"No simulator is running with the state file {path} ({problem}).") from problem
        return cls(control["url"], control["token"])

    def call(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """Any call of the control listener.

        Raises ControlError.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"/{path}?{urlencode(given)}" if given else f"/{path}"
        connection = http.client.HTTPConnection(*self._address, timeout=60)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, target, data, {"Authorization": f"Bearer {self._token}"})
            response = connection.getresponse()
            document = json.loads(response.read())
        except (OSError, ValueError, http.client.HTTPException) as problem:
            raise ControlError(f"The simulator does not answer: {problem}") from problem
        finally:
            connection.close()
        if response.status >= 400:
            raise ControlError(document["error"])
        return document

    def status(self) -> dict[str, Any]:
        """Clock, services, sites with their policies and pairings, open sessions."""
        return dict(self.call("GET", "status"))

    def state(self) -> dict[str, Any]:
        """The content of the state file, with the certificates of now."""
        return dict(self.call("GET", "state"))

    def inventory(self) -> dict[str, Any]:
        """The Ansible inventory overlay, as data."""
        return dict(self.call("GET", "inventory"))

    def journal(
        self,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        write: bool | None = None,
        since: int | None = None,
        last: int | None = None,
    ) -> list[dict[str, Any]]:
        """Requests that were answered: `service` and `path` are patterns with `*`, `since` a sequence number."""
        return list(self._journal(service, method, path, write, since, last, False)["entries"])

    def count(
        self,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        write: bool | None = None,
        since: int | None = None,
    ) -> int:
        """How many there were."""
        return int(self._journal(service, method, path, write, since, None, True)["count"])

    def _journal(
        self,
        service: str | None,
        method: str | None,
        path: str | None,
        write: bool | None,
        since: int | None,
        last: int | None,
        count: bool,
    ) -> dict[str, Any]:
        query = {
            "service": service,
            "method": method,
            "path": path,
            "write": None if write is None else str(write).lower(),
            "since": since,
            "last": last,
            "count": "true" if count else None,
        }
        return dict(self.call("GET", "journal", query=query))

    def clear_journal(self) -> None:
        """Forgets the journal."""
        self.call("DELETE", "journal")

    def add_fault(
        self,
        kind: str,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        times: int | None = None,
        **parameters: Any,
    ) -> int:
        """Adds a fault (kinds: faults.py); answers its id."""
        given = {"kind": kind, "service": service, "method": method, "path": path, "times": times}
        return int(self.call("POST", "faults", {**given, "parameters": parameters})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Faults that wait or hold."""
        return list(self.call("GET", "faults")["faults"])

    def clear_faults(self, fault_id: int | None = None) -> int:
        """Removes one fault or all of them."""
        return int(self.call("DELETE", "faults", query={"id": fault_id})["cleared"])

    def scale(self, organizations: int, site: str | None = None) -> dict[str, Any]:
        """Makes sure of the organizations tenant-00001 ... in one site or in all."""
        return dict(self.call("POST", "scale", {"organizations": organizations, "site": site}))

    def scale_vms(self, vms: int, site: str | None = None) -> dict[str, Any]:
        """Makes sure of so many bulk VMs (bulk.py) in one site or in each."""
        return dict(self.call("POST", "scale", {"vms": vms, "site": site}))

    def scale_replications(self, replications: int, **options: Any) -> dict[str, Any]:
        """Makes sure of so many VM replications in bulk; options: vcav/replication_control.py, `scale`."""
        return dict(self.call("POST", "scale", {"replications": replications, **options}))

    def advance(self, seconds: float) -> None:
        """Lets simulated time pass."""
        self.call("POST", "time", {"advance": seconds})

    def task_seconds(self, seconds: float) -> None:
        """How long tasks take from now on, in simulated seconds; 0: done when asked for."""
        self.call("POST", "time", {"task_seconds": seconds})

    def restart_seconds(self, seconds: float | None) -> None:
        """How long restarts and boots take from now on, until a reset; None: each its own time."""
        self.call("POST", "time", {"restart_seconds": seconds})

    def refuse_writes(self, on: bool = True) -> None:
        """Every write is refused with 403 (and stays in the journal), or no longer."""
        self.call("POST", "refuse-writes", {"on": on})

    def change(self, what: str, site: str, **parameters: Any) -> dict[str, Any]:
        """A change behind everybody's back (changes.py): policy-set, assign, unpair ..."""
        return dict(self.call("POST", "change", {"what": what, "site": site, **parameters}))

    def appliance(self, do: str, site: str, name: str, **properties: Any) -> dict[str, Any]:
        """`do`: power-on (with OVF properties for a new one, vcav/appliance.py), power-off or remove."""
        given = {"do": do, "site": site, "name": name, "properties": properties}
        return dict(self.call("POST", "appliance", {"appliance": given})["appliance"])

    def new_certificate(self, service: str) -> dict[str, str]:
        """Services (a pattern) restart with new certificates, behind everybody's back; answers the thumbprints."""
        return dict(self.call("POST", "certificate", {"new": service})["thumbprints"])

    def make_pkcs12(self, service: str, secret: str) -> bytes:
        """A PKCS#12 file that a service can be given, from the authority that `ca_path` names."""
        return base64.b64decode(self.call("POST", "certificate", {"make": service, "secret": secret})["pkcs12"])

    def customer_site(self, do: str, name: str, **given: Any) -> dict[str, Any]:
        """The clicks of a customer at his own site: `pair` (user, password, allow_access) or `unpair`."""
        return dict(self.call("POST", "customer-site", {"do": do, "name": name, **given}))

    def reset(self, start: str | None = None) -> None:
        """Back to the estate: configured, first-boot or nothing; None: as the run began."""
        self.call("POST", "reset", {"start": start} if start else None)

    def stop(self) -> None:
        """Ends the simulator."""
        self.call("POST", "stop")
