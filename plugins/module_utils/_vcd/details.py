# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What no record of the query service tells by itself of a virtual machine: its NICs and all its metadata.

The VM is the document of contract 4.4; its NetworkConnectionSection and the Metadata below it are those of the
published schema (vcloud/vApp.xsd, vcloud/common.xsd), as the product's own clients read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from .._http import HttpError
from .._parallel import in_flight
from .client import Vcd
from .documents import child_text, is_true, local, named

Answer = TypeVar("Answer")


def nics(api: Vcd, machine_id: str) -> list[dict[str, Any]]:
    """The NICs of a VM by index. Raises HttpError.

    Each has `index`, `primary`, `network`, `ip_address`, `external_address` (where a vApp network translates it),
    `mac_address`, `connected`. What a NIC does not have is None.
    """
    document = api.xml("GET", f"api/vApp/vm-{machine_id}")
    section = None if document is None else next(named(document, "NetworkConnectionSection"), None)
    if section is None:
        return []
    primary = child_text(section, "PrimaryNetworkConnectionIndex") or "0"
    found = []
    for connection in named(section, "NetworkConnection"):
        index = child_text(connection, "NetworkConnectionIndex") or "0"
        network = connection.get("network")
        found.append(
            {
                "index": int(index),
                "primary": index == primary,
                "network": network if network != "none" else None,  # what the product calls a NIC without one
                "ip_address": child_text(connection, "IpAddress") or None,
                "external_address": child_text(connection, "ExternalIpAddress") or None,
                "mac_address": child_text(connection, "MACAddress") or None,
                "connected": is_true(child_text(connection, "IsConnected")),
            }
        )
    return sorted(found, key=lambda nic: nic["index"])


def metadata(api: Vcd, machine_id: str) -> dict[str, Any]:
    """The metadata of a VM: values by key, numbers and booleans as such. Raises HttpError.

    Where the provider (domain SYSTEM) and the tenant use the same key, the provider's value is taken: the tenant
    cannot have written that one.
    """
    document = api.xml("GET", f"api/vApp/vm-{machine_id}/metadata")
    return {} if document is None else entries(document)


def entries(document: Element) -> dict[str, Any]:
    """The metadata in a document, or in a record of the query service that was asked for `metadata:<key>`."""
    found: dict[str, tuple[bool, Any]] = {}
    for entry in named(document, "MetadataEntry"):
        key = child_text(entry, "Key")
        if key is None:
            continue
        by_provider = (child_text(entry, "Domain") or "").upper() == "SYSTEM"
        if key not in found or by_provider:
            found[key] = (by_provider, _value(entry))
    return {key: value for key, (_by_provider, value) in sorted(found.items())}


def _value(entry: Any) -> Any:
    """The typed value of an entry; before API 5.1 there was a plain one."""
    typed = next((child for child in entry if local(child) == "TypedValue"), None)
    if typed is None:
        return child_text(entry, "Value") or ""
    text = child_text(typed, "Value") or ""
    # The type is an attribute of XML Schema, in a namespace of its own; the prefix of its value is the server's.
    kind = next((value for name, value in typed.attrib.items() if name.endswith("}type")), "").rpartition(":")[2]
    if kind == "MetadataBooleanValue":
        return is_true(text)
    if kind == "MetadataNumberValue":
        return int(text) if text.lstrip("-").isdecimal() else text
    return text


def of_each(read: Callable[[Vcd, str], Answer], api: Vcd, machine_ids: Iterable[str]) -> dict[str, Answer]:
    """{id: what `read` answers} for these VMs, side by side. One that has gone meanwhile is not in it.

    The product answers 403 for an object that is not there (contract 1.1). Raises HttpError for any other failure.
    """
    found: dict[str, Answer] = {}
    for machine_id, answer, fault in in_flight(lambda each: read(api, each), machine_ids):
        if fault is None:
            found[machine_id] = answer  # type: ignore[assignment]  # without a fault there is an answer
        elif not (isinstance(fault, HttpError) and fault.status in (403, 404)):
            raise fault
    return found
