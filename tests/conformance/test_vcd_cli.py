"""vcd-cli 24.1.0 as a person uses it, on the oldest and newest API that it speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.clients import ClientError, CommandLine
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
