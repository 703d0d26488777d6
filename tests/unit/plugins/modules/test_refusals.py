"""What the modules refuse before anything is sent, and what they warn about: no server is needed for either."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import health
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_health import Health
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy import Policy
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments import Assignments
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing
from tests.unit.plugins.module_utils.running import run_module

# Nobody listens there: whatever were sent would end in another message.
CONNECTION = {"vcav_url": "https://127.0.0.1:1", "vcav_password": "s3cret-w0rd"}
PARTNER = {"site": "Site-B", "public_endpoint": "https://vcav-b.example.com"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "options", "words"), [
    (Policy, {"name": ""}, "name is ''"),
    (Policy, {"name": " "}, "name is ' '"),
    (Policy, {"name": "gold", "onprem_data_cap": -1}, "onprem_data_cap is -1: give 0 or more"),
    (Policy, {"name": "gold", "timeout": 0}, "timeout is 0: give a number of seconds, 1 to 10000000"),
    (Assignments, {"assignments": [{"org": "", "policy": "gold"}]}, "assignments[0]: organization is ''"),
    (Assignments, {"assignments": [{"orgs": ["a", ""], "policy": "gold"}]}, "assignments[0]: organization is ''"),
    (Assignments, {"assignments": [{"org": "a", "policy": ""}]}, "assignments[0].policy is ''"),
    (Pairing, {**PARTNER, "site": ""}, "site is ''"),
    (Pairing, {**PARTNER, "wait_timeout": -1}, "wait_timeout is -1: give a number of seconds, 0 to 10000000"),
    (Pairing, {**PARTNER, "wait_interval": -1}, "wait_interval is -1: give a number of seconds, 0 to 10000000"),
    (Health, {"wait_timeout": -1}, "wait_timeout is -1: give a number of seconds, 0 to 10000000"),
    (Health, {"ignore": ["manger"]}, "ignore names 'manger': no check is called so; did you mean 'manager'?"),
    (Health, {"ignore": ["xyzzy"]}, "ignore names 'xyzzy': no check is called so; the checks are database, lookup"),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_check_mode_and_in_a_run(
    module: type[Definition], options: dict[str, Any], words: str, check: bool
) -> None:
    result = run_module(module(), {**CONNECTION, **options}, check)
    assert result["failed"] and words in result["msg"], result


def test_every_check_can_be_ignored() -> None:
    document = {"lsError": None, "managerHealth": {
        "onlineReplicators": [{"site": "A"}, {"site": "B"}], "localReplicatorsHealth": [{"lwdError": None}],
    }}  # fmt: skip
    rows = health.checks(document, "CLOUD", "A")
    assert {"replicators", "replicators of paired sites", "replication engine"} <= {row["check"] for row in rows}
    health.check_ignored([row["check"] for row in rows])


class Site:
    """A site with one policy, as far as the module of policies asks it. `sent` are the documents of all writes."""

    site, endpoint = "Site-A", "https://127.0.0.1:1"

    def __init__(self, version: tuple[int, int]) -> None:
        self.version = version
        self.policy: dict[str, Any] = {"id": "7", "displayName": "gold", "minRpo": 15, "orgs": 0}
        self.sent: list[dict[str, Any]] = []

    def get(self, path: str) -> list[dict[str, Any]]:
        return [self.policy]

    def request(self, method: str, path: str, document: dict[str, Any] | None = None) -> None:
        self.sent.append(document or {})
        self.policy = {**self.policy, **{key: value for key, value in self.sent[-1].items() if key != "onpremDataCap"}}


def warnings_of(version: tuple[int, int], check: bool, **options: Any) -> tuple[list[str], Site]:
    site = Site(version)

    @contextlib.contextmanager
    def connect(params: Any) -> Iterator[Site]:
        yield site

    policy = Policy()
    policy.connect = connect  # type: ignore[method-assign]
    warnings: list[str] = []
    with pytest.MonkeyPatch.context() as patch:  # ansible-core collects the warnings of a whole process
        patch.setattr(AnsibleModule, "warn", lambda self, text: warnings.append(text))
        result = run_module(policy, {**CONNECTION, "name": "gold", **options}, check)
    assert not result.get("failed"), result
    return warnings, site


@pytest.mark.parametrize("check", [True, False])
def test_a_change_without_the_cap_warns_that_the_cap_is_dropped(check: bool) -> None:
    (warning,), site = warnings_of((4, 7), check, min_rpo=30)
    assert "onprem_data_cap is not given: changing the policy drops the cap" in warning
    assert len(site.sent) == (0 if check else 1)


@pytest.mark.parametrize(("version", "options"), [
    ((4, 7), {"min_rpo": 30, "onprem_data_cap": 0}),  # the cap goes along
    ((4, 7), {"min_rpo": 15}),  # nothing is written
    ((4, 0), {"min_rpo": 15, "onprem_data_cap": 100}),  # nothing else differs: the documentation says it
    ((3, 5), {"min_rpo": 30}),  # there is no cap
    ((4, 7), {"name": "silver", "min_rpo": 30}),  # a new policy has none
    ((4, 7), {"state": "absent", "onprem_data_cap": 5, "name": "silver"}),
])  # fmt: skip
def test_nothing_is_told_of_the_cap_where_it_is_not_in_doubt(version: tuple[int, int], options: dict[str, Any]) -> None:
    assert warnings_of(version, True, **options)[0] == []
