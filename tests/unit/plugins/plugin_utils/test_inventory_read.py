"""Reading the servers of an inventory source: what is asked, what a failure means, what comes out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_options as options
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_read as reader
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._inventory_options import Address

PRIMARY = [Address("primary")]
COMMON = {"vcd_user": "administrator@system", "vcd_password": "s3cret"}


def settings(*entries: dict[str, Any], **more: Any) -> options.Settings:
    config = {"plugin": "vcpp.vcloud.vcloud", **COMMON, "endpoints": list(entries), **more}
    return options.read(config, ["plugin", *options.names()])


def machine(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"id{number}", "name": f"vm{number}", "network": "Front", "ip_address": None, **more}


class World:
    """Servers by their address: what machines they have, or how they fail; and who was asked for what."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.machines: dict[str, Any] = {}
        self.open: list[str] = []
        self.closed: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.named: list[tuple[str, str]] = []
        self.details: list[str] = []
        self.is_provider = True
        monkeypatch.setattr(reader.vcd_client, "connect", self.connect)
        monkeypatch.setattr(reader.machines, "read", self.read)
        monkeypatch.setattr(reader.details, "nics", self.nics)
        monkeypatch.setattr(reader.details, "metadata", lambda api, one: {"of": one})

    @contextlib.contextmanager
    def connect(self, params: dict[str, Any]) -> Iterator[Any]:
        url = params["vcd_url"]
        self.open.append(url)
        try:
            yield type("Api", (), {"url": url, "site": f"site of {url}", "is_provider": self.is_provider})()
        finally:
            self.closed.append(url)

    def read(self, api: Any, *, options: tuple[str, str], **chosen: Any) -> list[dict[str, Any]]:
        self.named.append(options)
        self.asked.append((api.url, {name: value for name, value in chosen.items() if value}))
        found = self.machines[api.url]
        if isinstance(found, Exception):
            raise found
        return [dict(row) for row in found]

    def nics(self, _api: Any, identity: str) -> list[dict[str, Any]]:
        self.details.append(identity)
        return [{"index": 0, "primary": True, "ip_address": f"address of {identity}"}]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def fault(kind: str, status: int | None = None) -> HttpError:
    return HttpError(kind, "GET", "https://c00", "/api/query", status=status, message="no")


def test_rows_come_in_the_order_of_the_file_and_every_login_is_closed(world: World) -> None:
    world.machines = {"https://a": [machine(1)], "https://c": [machine(2)]}
    found = reader.read(settings({"vcd_url": "https://c", "site": "C00"}, {"vcd_url": "https://a"}, address_from=[]))
    assert [(row["kind"], row["site"], row["name"]) for row in found.rows] == [
        ("vm", "C00", "vm2"),
        ("vm", "site of https://a", "vm1"),
    ]
    assert sorted(world.open) == sorted(world.closed) == ["https://a", "https://c"]
    assert json.dumps(found.rows), "a cache can keep them"


def test_two_entries_for_one_server_and_user_share_a_login(world: World) -> None:
    world.machines = {"https://a": [machine(1)]}
    reader.read(settings({"vcd_url": "https://a", "orgs": ["x"]}, {"vcd_url": "https://a", "orgs": ["y"]}))
    assert world.open == ["https://a"]
    assert [chosen["orgs"] for _url, chosen in world.asked] == [["x"], ["y"]]


def test_what_is_chosen_goes_to_the_server(world: World) -> None:
    world.machines = {"https://a": []}
    chosen = {"orgs": ["o"], "vdcs": ["v*"], "vapps": ["a"], "vms": ["web*"], "power_states": ["powered_on"]}
    reader.read(settings({"vcd_url": "https://a", **chosen}))
    chosen["names"] = chosen.pop("vms")
    assert world.asked == [("https://a", chosen)]


def test_keys_of_metadata_are_asked_for_with_the_list(world: World) -> None:
    world.machines = {"https://a": [machine(1, metadata={"role": "front"})]}
    (row,) = reader.read(settings({"vcd_url": "https://a"}, address_from=[], metadata=["role"])).rows
    assert world.asked == [("https://a", {"metadata": ("role",)})]
    assert row["metadata"] == {"role": "front"}


def test_nodes_know_their_cluster_and_clusters_are_asked_for_where_there_may_be_nodes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        reader.cluster_vapps, "identities", lambda api: asked.append(api.url) or {"vapp1": "urn:vcloud:entity:x"}
    )
    nodes = [
        machine(1, name="mstr-x4nb", vapp="k8s", vapp_id="vapp1"),
        machine(2, name="node-va8f", vapp="no-cluster", vapp_id="vapp2"),
        machine(3, name="jump", vapp="k8s", vapp_id="vapp1"),
    ]
    world.machines = {"https://a": [machine(1)], "https://c": nodes}
    rows = reader.read(settings({"vcd_url": "https://a"}, {"vcd_url": "https://c"}, address_from=[])).rows
    assert asked == ["https://c"]
    assert [(row["cluster"], row["cluster_id"], row["cluster_role"]) for row in rows] == [
        (None, None, None),
        ("k8s", "urn:vcloud:entity:x", "control_plane"),
        (None, None, None),
        (None, None, None),
    ]


def test_whoever_acts_for_an_organization_reads_that_one(world: World) -> None:
    world.machines = {"https://a": []}
    reader.read(settings({"vcd_url": "https://a", "vcd_tenant": "Tyrell"}))
    assert world.asked == [("https://a", {"orgs": ["Tyrell"]})]


def test_what_is_wrong_is_told_with_the_option_of_the_file(world: World) -> None:
    world.machines = {"https://a": []}
    for chosen, option in (({"orgs": ["Tyrell"]}, "orgs"), ({"vcd_tenant": "Tyrell"}, "vcd_tenant")):
        reader.read(settings({"vcd_url": "https://a", **chosen}))
        assert world.named.pop() == (option, "vdcs")


@pytest.mark.parametrize(
    ("ways", "told", "row", "expected"),
    [
        (PRIMARY, True, machine(1, ip_address="10.0.0.1"), False),
        (PRIMARY, True, machine(1), False),
        (PRIMARY, False, machine(1), True),
        ([], False, machine(1), False),
        ([Address("nic", "1"), *PRIMARY], True, machine(1, ip_address="10.0.0.1"), True),
        ([Address("network", "Front")], True, machine(1, ip_address="10.0.0.1"), False),
        ([Address("network", "Back"), *PRIMARY], True, machine(1, ip_address="10.0.0.1"), True),
        ([*PRIMARY, Address("nic", "1")], True, machine(1, ip_address="10.0.0.1"), False),
        ([*PRIMARY, Address("nic", "1")], True, machine(1), True),
    ],
)
def test_nics_are_read_only_where_the_record_does_not_tell(
    ways: list[Address], told: bool, row: dict[str, Any], expected: bool
) -> None:
    assert reader.needs_nics(row, ways, told) is expected


def test_details_are_asked_for_the_machines_that_need_them(world: World) -> None:
    world.is_provider = False
    world.machines = {"https://a": [machine(1, ip_address="10.0.0.1"), machine(2)]}
    ways = ["primary", "nic:1"]
    first, second = reader.read(settings({"vcd_url": "https://a"}, address_from=ways, metadata=["*"])).rows
    assert world.details == ["id2"]
    assert ("nics" in first, "nics" in second) == (False, True)
    assert (first["ip_address"], second["ip_address"]) == ("10.0.0.1", "address of id2")
    assert (first["metadata"], second["metadata"]) == ({"of": "id1"}, {"of": "id2"})


@pytest.mark.parametrize(
    ("problem", "away"),
    [
        (fault("refused"), True),
        (fault("dns"), True),
        (fault("timeout"), True),
        (fault("status", 503), True),
        (fault("tls"), False),
        (fault("status", 401), False),
        (fault("status", 403), False),
        (InputError("orgs is 'x': there is no such organization"), False),
    ],
)
def test_only_a_server_that_is_away_may_be_left_out(world: World, problem: Exception, away: bool) -> None:
    world.machines = {"https://a": [machine(1)], "https://c": problem}
    entries = ({"vcd_url": "https://a"}, {"vcd_url": "https://c", "site": "C00"})
    with pytest.raises(reader.Unreadable, match="^C00: ") as raised:
        reader.read(settings(*entries))
    assert raised.value.away is away
    lenient = settings(*entries, on_unreachable="warn")
    if not away:
        with pytest.raises(reader.Unreadable):
            reader.read(lenient)
        return
    found = reader.read(lenient)
    assert [row["name"] for row in found.rows] == ["vm1"]
    assert list(found.missing) == ["C00"]
    assert world.closed.count("https://c") == 2


def test_a_source_of_which_every_server_is_away_fails_whatever_it_says(world: World) -> None:
    world.machines = {"https://a": fault("refused"), "https://c": fault("timeout")}
    with pytest.raises(reader.Unreadable, match="Is the service running"):
        reader.read(settings({"vcd_url": "https://a"}, {"vcd_url": "https://c"}, on_unreachable="warn"))


def test_a_mistake_of_our_own_is_not_taken_for_a_server_that_is_away(world: World) -> None:
    world.machines = {"https://a": KeyError("bug")}
    with pytest.raises(KeyError):
        reader.read(settings({"vcd_url": "https://a"}, on_unreachable="warn"))
