"""NICs and metadata of a VM, as the product's documents have them."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import details

VM = """
<Vm xmlns="http://www.vmware.com/vcloud/v1.5" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" name="web01">
  <NetworkConnectionSection ovf:required="false"><ovf:Info>Specifies the available VM network connections</ovf:Info>
    <PrimaryNetworkConnectionIndex>1</PrimaryNetworkConnectionIndex>
    <NetworkConnection network="Front" needsCustomization="false"><NetworkConnectionIndex>1</NetworkConnectionIndex>
      <IpAddress>10.0.1.1</IpAddress><ExternalIpAddress>203.0.113.1</ExternalIpAddress><IsConnected>true</IsConnected>
      <MACAddress>00:50:56:01:00:01</MACAddress></NetworkConnection>
    <NetworkConnection network="none" needsCustomization="true"><NetworkConnectionIndex>0</NetworkConnectionIndex>
      <IsConnected>false</IsConnected><MACAddress>00:50:56:01:00:00</MACAddress></NetworkConnection>
  </NetworkConnectionSection>
</Vm>"""
METADATA = """
<Metadata xmlns="http://www.vmware.com/vcloud/v1.5" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Link rel="up" href="https://vcd/api/vApp/vm-1"/>
  <MetadataEntry><Domain visibility="READONLY">SYSTEM</Domain><Key>tier</Key>
    <TypedValue xsi:type="MetadataStringValue"><Value>gold</Value></TypedValue></MetadataEntry>
  <MetadataEntry><Key>tier</Key>
    <TypedValue xsi:type="MetadataStringValue"><Value>platinum</Value></TypedValue></MetadataEntry>
  <MetadataEntry><Key>count</Key>
    <TypedValue xsi:type="vcloud:MetadataNumberValue"><Value>-3</Value></TypedValue></MetadataEntry>
  <MetadataEntry><Key>backup</Key>
    <TypedValue xsi:type="MetadataBooleanValue"><Value>true</Value></TypedValue></MetadataEntry>
  <MetadataEntry><Key>since</Key>
    <TypedValue xsi:type="MetadataDateTimeValue"><Value>2020-01-01T00:00:00Z</Value></TypedValue></MetadataEntry>
  <MetadataEntry><Key>old</Key><Value>plain</Value></MetadataEntry>
</Metadata>"""


class Api:
    """Answers by path; an answer that is an exception is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers, self.asked = answers, []  # type: ignore[var-annotated]

    def xml(self, method: str, path: str) -> Any:
        self.asked.append((method, path))
        answer = self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return ElementTree.fromstring(answer) if answer else None


def refused(status: int) -> HttpError:
    return HttpError("status", "GET", "https://vcd", "/api/vApp/vm-2", status=status)


def test_nics_are_read_in_the_order_of_their_indexes() -> None:
    api: Any = Api({"api/vApp/vm-1": VM})
    assert details.nics(api, "1") == [
        {
            "index": 0, "primary": False, "network": None, "ip_address": None, "external_address": None,
            "mac_address": "00:50:56:01:00:00", "connected": False,
        },
        {
            "index": 1, "primary": True, "network": "Front", "ip_address": "10.0.1.1",
            "external_address": "203.0.113.1", "mac_address": "00:50:56:01:00:01", "connected": True,
        },
    ]  # fmt: skip


@pytest.mark.parametrize("document", ["", '<Vm xmlns="http://www.vmware.com/vcloud/v1.5"/>'])
def test_a_machine_without_network_section_has_no_nics(document: str) -> None:
    api: Any = Api({"api/vApp/vm-1": document})
    assert details.nics(api, "1") == []


def test_metadata_keeps_its_types_and_the_provider_goes_before_the_tenant() -> None:
    api: Any = Api({"api/vApp/vm-1/metadata": METADATA})
    assert details.metadata(api, "1") == {
        "backup": True, "count": -3, "old": "plain", "since": "2020-01-01T00:00:00Z", "tier": "gold",
    }  # fmt: skip


@pytest.mark.parametrize("status", [403, 404])
def test_a_machine_that_has_gone_meanwhile_is_left_out(status: int) -> None:
    api: Any = Api({"api/vApp/vm-1": VM, "api/vApp/vm-2": refused(status)})
    assert list(details.of_each(details.nics, api, ["1", "2"])) == ["1"]


def test_any_other_failure_is_one() -> None:
    api: Any = Api({"api/vApp/vm-2": refused(500)})
    with pytest.raises(HttpError):
        details.of_each(details.nics, api, ["2"])
