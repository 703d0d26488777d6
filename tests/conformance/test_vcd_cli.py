"""vcd-cli 24.1.0 as a person uses it, on the oldest and newest API that it speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.clients import ClientError, CommandLine, Driver
from tests.conformance.conftest import TENANT, Server

Servers = Callable[[str], Server]
CommandLines = Callable[[str, str], CommandLine]
RELEASES = pytest.mark.parametrize("release", ["9.7", "10.3"])


@pytest.fixture
def cli(command_line: CommandLines, server: Servers, release: str) -> CommandLine:
    """vcd-cli, the provider's administrator logged in once for all tests."""
    vcd, made = server(release), command_line(release, "system")
    if not made.logged_in:
        said = made.log_in("System", vcd.user, vcd.password)
        assert f"{vcd.user} logged in, org: 'System'" in said
    return made


@RELEASES
def test_login_is_refused_with_a_wrong_password(command_line: CommandLines, server: Servers, release: str) -> None:
    with pytest.raises(ClientError) as caught:
        command_line(release, "nobody").log_in("System", server(release).user, "wrong")
    assert "logged in" not in caught.value.text


@RELEASES
def test_org_list_names_the_one_in_use(cli: CommandLine) -> None:
    found = {one["name"]: one["logged_in"] for one in cli.json("org", "list")}
    assert found["System"] is True and found[TENANT] is False
    cli.run("org", "use", TENANT)
    assert f"using org: '{TENANT}'" in cli.run("pwd")
    cli.run("org", "use", "System")


@RELEASES
def test_an_organization_from_creation_to_deletion(cli: CommandLine) -> None:
    cli.run("org", "create", "rekall", "Rekall Inc", "--enabled")
    assert "rekall" in [one["name"] for one in cli.json("org", "list")]
    assert "Rekall Inc" in cli.run("org", "info", "rekall")
    cli.run("org", "update", "rekall", "--disable")
    cli.run("org", "delete", "rekall", "--yes", "--recursive", "--force", keys="y\n")
    assert "rekall" not in [one["name"] for one in cli.json("org", "list")]


@RELEASES
def test_system_info_tells_the_build(cli: CommandLine, release: str) -> None:
    assert f"{release}." in cli.run("system", "info")


@RELEASES
def test_search_asks_the_query_service(cli: CommandLine) -> None:
    found = cli.json("search", "organization", "--filter", f"name=={TENANT}")
    assert [one["name"] for one in found] == [TENANT]
    assert "organization" in cli.run("search")


VDC = f"{TENANT} A03 Allocated"
WEB = "tyrell-web-a03"


@pytest.fixture
def tenant(command_line: CommandLines, server: Servers, release: str) -> CommandLine:
    """vcd-cli of a tenant's administrator, logged in once for all tests."""
    made = command_line(release, "tenant")
    if not made.logged_in:
        said = made.log_in(TENANT, "admin", server(release).password)
        assert f"org: '{TENANT}', vdc: '{VDC}'" in said, "the only VDC is chosen at once"
    return made


@RELEASES
def test_a_pinned_version_is_spoken(command_line: CommandLines, server: Servers, release: str) -> None:
    pinned = {"9.7": "31.0", "10.3": "34.0"}[release]
    made = command_line(release, "pinned")
    made.log_in(TENANT, "admin", server(release).password, pinned)
    assert f"using org: '{TENANT}'" in made.run("pwd")
    assert [one["name"] for one in made.json("vdc", "list")] == [VDC]
    made.run("logout")
    with pytest.raises(ClientError):
        made.run("org", "list")


@RELEASES
def test_what_a_tenant_has(tenant: CommandLine) -> None:
    assert [one["name"] for one in tenant.json("org", "list")] == [TENANT]
    assert [one["name"] for one in tenant.json("vdc", "list")] == [VDC]
    assert VDC in tenant.run("vdc", "info", VDC)
    assert [(one["name"], one["status"]) for one in tenant.json("vapp", "list")] == [
        ("tyrell-db-a03", "POWERED_ON"),
        (WEB, "POWERED_ON"),
    ]
    assert f"{WEB}-02" in tenant.run("vapp", "info", WEB)
    info = tenant.run("vm", "info", WEB, f"{WEB}-01")
    assert "4096" in info.replace(",", "")
    (catalog,) = tenant.json("catalog", "list")
    items = tenant.json("catalog", "list", catalog["name"])
    assert {"photon-5.0", "ubuntu-22.04"} <= {str(one.get("entityName") or one.get("name")) for one in items}
    assert [one["name"] for one in tenant.json("network", "routed", "list")] == [f"{TENANT} Servers A03"]
    assert [one["name"] for one in tenant.json("network", "isolated", "list")] == [f"{TENANT} DMZ A03"]
    assert "vApp User" in [one["name"] for one in tenant.json("role", "list")]
    assert [one["name"] for one in tenant.json("user", "list")] == ["admin"]
    on = tenant.json("search", "vm", "--filter", "isVAppTemplate==false;numberOfCpus=gt=3")
    assert [one["name"] for one in on] == ["tyrell-db-a03-01"]


@RELEASES
def test_a_tenant_is_refused_what_is_the_providers(tenant: CommandLine) -> None:
    for words in (("org", "create", "mine", "Mine"), ("system", "extension", "list")):
        with pytest.raises(ClientError):
            tenant.run(*words)


@RELEASES
def test_an_api_extension(cli: CommandLine) -> None:
    filters = "/api/cse, /api/cse/.*"
    cli.run("system", "extension", "create", "cse", "cse-ns", "cse", "vcdext", filters)
    assert "cse" in [one["name"] for one in cli.json("system", "extension", "list")]
    info = cli.run("system", "extension", "info", "cse", "cse-ns")
    assert "/api/cse/.*" in info and "vcdext" in info
    with pytest.raises(ClientError) as caught:
        cli.run("system", "extension", "create", "cse", "cse-ns", "cse", "vcdext", "/api/cse")
    assert "400" in caught.value.text
    cli.run("system", "extension", "delete", "cse", "cse-ns", keys="y\n")
    assert cli.run("system", "extension", "list").strip() == ""


@RELEASES
def test_the_message_broker_is_set(cli: CommandLine) -> None:
    assert "AmqpHost" in cli.run("system", "amqp", "info")


@RELEASES
def test_a_user_and_the_rights_of_a_tenant(tenant: CommandLine, command_line: CommandLines, release: str) -> None:
    rights = [one["name"] for one in tenant.json("right", "list")]
    assert "vApp: Use Console" in rights and "Organization: Edit" not in rights
    shown = [one["name"] for one in tenant.json("role", "list-rights", "vApp User")]
    assert "vApp: Use Console" in shown and "vApp: Delete" not in shown
    tenant.run("user", "create", "leon", "Lab-Only-2", "vApp User", "--enabled")
    assert "leon" in [one["name"] for one in tenant.json("user", "list")]
    leon = command_line(release, "leon")
    leon.log_in(TENANT, "leon", "Lab-Only-2")
    assert [one["name"] for one in leon.json("org", "list")] == [TENANT]
    with pytest.raises(ClientError):
        leon.run("user", "create", "roy", "Lab-Only-2", "vApp User")
    tenant.run("user", "delete", "leon", "--yes")
    with pytest.raises(ClientError):
        leon.run("org", "list")


@RELEASES
def test_a_session_of_somebody_else_is_picked_up(
    pyvcloud: Callable[[str], Driver], command_line: CommandLines, release: str
) -> None:
    short = pyvcloud(release).call("session", who="tenant")["short_token"]
    made = command_line(release, "picked")
    said = made.run("login", made.address, TENANT, "admin", "--session-id", short)
    assert f"org: '{TENANT}'" in said
    assert [one["name"] for one in made.json("vdc", "list")] == [VDC]
