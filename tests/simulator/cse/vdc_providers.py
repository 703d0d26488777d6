"""What organization VDCs are for at a server of 1.2 to 2.6: the metadata that names their provider of containers.

It is written by the server as system administrator, into a domain of the metadata that nobody else sees; writing it is
a task of the vCD. Without PKS it gates nothing (contract 3.5 and 4.6, section 12, 24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..machines import Vdc
from ..vcd.stock import Ref
from ..vcd.tasks import Task
from .calls import Call

if TYPE_CHECKING:
    from .extension import Cse


class VdcProviders:
    """The providers of a site's VDCs."""

    def __init__(self, cse: Cse, words: dict[str, str]) -> None:
        """`words`: how the release writes the providers `native` and `pks`."""
        self.cse = cse
        self.words = words
        self._of: dict[str, str] = {}

    def clear(self) -> None:
        """No VDC has one."""
        self._of.clear()

    def of(self, vdc: Vdc) -> str | None:
        """The provider of a VDC; None where nobody has set one."""
        return self._of.get(vdc.id)

    def set(self, vdc: Vdc, provider: str | None = None) -> None:
        """Sets it behind everybody's back, to one of `words`; None takes it away."""
        self._of.pop(vdc.id, None)
        if provider is not None:
            self._of[vdc.id] = self.words[provider]

    def seen(self, call: Call) -> list[Vdc]:
        """The VDCs that a caller sees, by organization and name."""
        vdcs = self.cse.vcd.site_state.workloads.vdcs()
        found = [one for one in vdcs if call.is_system or one.org == call.org]
        return sorted(found, key=lambda one: (one.org.lower(), one.name.lower()))

    def find(self, call: Call, identity: str) -> Vdc:
        """A VDC by its bare id. Raises the vCD's Refusal for an unknown and for another tenant's."""
        return self.cse.vcd.stock.vdc(call.exchange, identity)

    def place(self, vdc: Vdc) -> Ref:
        """Where a VDC is."""
        return self.cse.vcd.stock.vdc_ref(vdc.id)

    def write(self, call: Call, vdc: Vdc, provider: str) -> Task:
        """Sets the provider: done when the task of the vCD has ended."""
        place = self.place(vdc)
        owner = {
            "path": f"{place.path}{place.id}",
            "id": place.urn,
            "name": vdc.name,
            "type": "application/vnd.vmware.vcloud.vdc+xml",
        }

        def act() -> None:
            self._of[vdc.id] = provider

        text = f"Updating metadata for Virtual Datacenter {vdc.name}({vdc.id})"
        return self.cse.vcd.tasks.start(call.exchange, text, "metadataUpdate", owner, act)

    def href(self, call: Call, task: Task) -> str:
        """What the answer calls `task_href`."""
        return self.cse.vcd.tasks.href(call.exchange, task)
