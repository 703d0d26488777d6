"""What a write of an organization sends: in XML all that was read goes back, with what is wanted changed."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import admin_orgs
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.documents import parse

UUID = "c196c6f0-5c31-4929-a626-b29b2c9ff5ab"
NAMESPACE = "{http://www.vmware.com/vcloud/v1.5}"
# As vCloud Director sends one: with links, leases, a limit and a directory that are nobody's business here.
DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<AdminOrg xmlns="http://www.vmware.com/vcloud/v1.5" xmlns:x="http://example.test/x" name="acme"
    id="urn:vcloud:org:{UUID}" href="https://vcd.example.test/api/admin/org/{UUID}">
  <Link rel="edit" href="https://vcd.example.test/api/admin/org/{UUID}"/>
  <Tasks/>
  <FullName>Acme</FullName>
  <IsEnabled>true</IsEnabled>
  <Settings>
    <Link rel="down" href="https://vcd.example.test/api/admin/org/{UUID}/settings"/>
    <OrgGeneralSettings>
      <CanPublishCatalogs>false</CanPublishCatalogs>
      <DeployedVMQuota>40</DeployedVMQuota>
    </OrgGeneralSettings>
    <VAppLeaseSettings><DeploymentLeaseSeconds>1209600</DeploymentLeaseSeconds></VAppLeaseSettings>
    <OrgLdapSettings><OrgLdapMode>SYSTEM</OrgLdapMode><CustomUsersOu>ou=ä&amp;ö</CustomUsersOu></OrgLdapSettings>
  </Settings>
  <Users/>
  <x:Extension>kept</x:Extension>
</AdminOrg>""".encode()


class Older:
    """A client that speaks API 35.2 and notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes, str]] = []

    def has(self, feature: str) -> bool:
        assert feature == "openapi_organization_writes"
        return False

    def xml(self, method: str, path: str, *, body: bytes, content_type: str) -> None:
        self.sent.append((method, path, body, content_type))


def texts(body: bytes) -> dict[str, str]:
    """The texts of a document by the path of their elements."""
    found: dict[str, str] = {}

    def walk(element: ElementTree.Element, path: str) -> None:
        for child in element:
            here = f"{path}/{child.tag.rpartition('}')[2]}"
            found[here] = (child.text or "").strip()
            walk(child, here)

    walk(parse(body), "")
    return found


def sent(values: dict[str, Any]) -> bytes:
    """The body of an update with these values."""
    api: Any = Older()
    present = admin_orgs.Organization({}, {}, f"urn:vcloud:org:{UUID}", parse(DOCUMENT))
    admin_orgs.update(api, present, values)
    ((method, path, body, content_type),) = api.sent
    assert (method, path) == ("PUT", f"api/admin/org/{UUID}")
    assert content_type == "application/vnd.vmware.admin.organization+xml"
    return bytes(body)


def test_an_update_keeps_all_that_nobody_asked_to_change() -> None:
    before = texts(DOCUMENT)
    after = texts(sent({"full_name": "Acme <&> Söhne", "can_publish": True}))
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert changed == {"/FullName", "/Settings/OrgGeneralSettings/CanPublishCatalogs"}
    assert after["/FullName"] == "Acme <&> Söhne"
    assert after["/Settings/OrgGeneralSettings/DeployedVMQuota"] == "40"
    assert after["/Settings/OrgLdapSettings/CustomUsersOu"] == "ou=ä&ö"
    assert after["/Extension"] == "kept"


def test_what_was_missing_is_put_where_the_schema_wants_it() -> None:
    root = parse(sent({"description": "Now with words", "enabled": False}))
    order = [child.tag.rpartition("}")[2] for child in root]
    assert order[:5] == ["Link", "Description", "Tasks", "FullName", "IsEnabled"]
    assert texts(sent({"description": "Now with words"}))["/Description"] == "Now with words"
    assert texts(sent({"enabled": False}))["/IsEnabled"] == "false"


def test_settings_that_an_organization_does_not_have_yet_come_first() -> None:
    api: Any = Older()
    bare = b'<AdminOrg xmlns="http://www.vmware.com/vcloud/v1.5" name="a"><FullName>A</FullName></AdminOrg>'
    admin_orgs.update(api, admin_orgs.Organization({}, {}, UUID, parse(bare)), {"can_publish": True})
    assert texts(api.sent[0][2]) == {
        "/FullName": "A", "/Settings": "", "/Settings/OrgGeneralSettings": "",
        "/Settings/OrgGeneralSettings/CanPublishCatalogs": "true",
    }  # fmt: skip


def test_quotas_stand_where_the_schema_wants_them() -> None:
    general = next(parse(sent({"stored_vm_quota": 7})).iter(f"{NAMESPACE}OrgGeneralSettings"))
    assert [(each.tag.removeprefix(NAMESPACE), each.text) for each in general] == [
        ("CanPublishCatalogs", "false"), ("DeployedVMQuota", "40"), ("StoredVmQuota", "7"),
    ]  # fmt: skip


def test_a_new_organization_is_the_smallest_document_that_says_it_all() -> None:
    api: Any = Older()
    values = {"name": "acme", "full_name": "Acme", "description": "", "enabled": True, "can_publish": False}
    admin_orgs.create(api, values)
    ((method, path, body, _media),) = api.sent
    assert (method, path) == ("POST", "api/admin/orgs")
    root = parse(body)
    assert (root.tag, root.get("name")) == (f"{NAMESPACE}AdminOrg", "acme")
    order = [child.tag.removeprefix(NAMESPACE) for child in root]
    assert order == ["Description", "FullName", "IsEnabled", "Settings"]


@pytest.mark.parametrize(
    "counts, told",
    [
        ({"vdc_count": 2, "catalog_count": 1}, "2 organization VDCs and 1 catalog"),
        ({"vdc_count": 1, "vapp_count": 14, "disk_count": 1}, "1 organization VDC, 14 vApps and 1 named disk"),
    ],
)
def test_the_message_counts_what_is_in_an_organization(counts: dict[str, int | None], told: str) -> None:
    present = admin_orgs.Organization({"name": "acme"}, counts, UUID, {})
    with pytest.raises(InputError, match=f"it holds {told}. Set recursive"):
        admin_orgs.before_delete(None, present, recursive=False, force=True)  # type: ignore[arg-type]


def test_users_alone_do_not_make_an_organization_one_that_holds_something() -> None:
    counts = {"vdc_count": 0, "catalog_count": None, "vapp_count": 0, "disk_count": 0, "user_count": 7}
    present = admin_orgs.Organization({"name": "acme"}, counts, UUID, {})
    admin_orgs.before_delete(None, present, recursive=False, force=False)  # type: ignore[arg-type]
