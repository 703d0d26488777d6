"""Which CSE is there, what its calls carry, and what its refusals mean (contract cse-api.md, 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import errors, releases, waiting
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.client import connect
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, Reply
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.documents import read_error
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed
from tests.unit.plugins.module_utils._vcd.scripted import (
    JWT,
    SESSION_XML,
    SHORT,
    Script,
    Step,
    login,
    logout,
    negotiation,
    options,
)

Server = Callable[..., Script]
TASK = "7d1c0000-0000-4000-8000-000000000001"
SYSTEM = {"product": "CSE", "version": "3.1.4", "cse_server_api_version": "36.0"}
MODERN = {
    **SYSTEM,
    "cse_server_supported_api_versions": ["35.0", "36.0"],
    "cse_server_running_in_legacy_mode": False,
}


@pytest.mark.parametrize(
    ("told", "spoken", "expected"),
    [
        ({"version": "1.2.7"}, (31, 0), ("first", None, "")),
        ({"version": "2.0.0"}, (31, 0), ("first", None, "")),
        ({"version": "2.6.1"}, (34, 0), ("second", None, "")),
        ({"version": "3.0.5", "cse_server_api_version": "34.0"}, (34, 0), ("second", (34, 0), "")),
        ({"version": "3.0.5", "cse_server_api_version": "35.0"}, (35, 2), ("native", (35, 0), "1.0.0")),
        (MODERN, (35, 2), ("native", (35, 0), "1.0.0")),
        (MODERN, (37, 0), ("native", (36, 0), "2.1.0")),
        ({**MODERN, "version": "3.1.2"}, (36, 0), ("native", (36, 0), "2.0.0")),
        (
            {
                **MODERN,
                "cse_server_supported_api_versions": ["33.0", "34.0"],
                "cse_server_running_in_legacy_mode": True,
            },
            (34, 0),
            ("second", (34, 0), ""),
        ),
    ],
)
def test_a_release_is_known_by_what_it_tells(
    told: dict[str, Any], spoken: tuple[int, int], expected: tuple[Any, ...]
) -> None:
    found = releases.of_system(told, spoken)
    assert (found.kind, found.api, found.rde) == expected


@pytest.mark.parametrize("version", ["1.0.0", "4.0.0", "", "new"])
def test_a_release_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(InputError, match=r"is not known|are known|which is none"):
        releases.of_system({"version": version}, (36, 0))


def test_a_server_that_serves_only_newer_numbers_is_refused() -> None:
    with pytest.raises(InputError, match=r"serves API 35\.0, 36\.0, and 34\.0 is spoken"):
        releases.of_system(MODERN, (34, 0))


def test_4x_is_known_by_the_newest_of_its_types() -> None:
    found = releases.of_types(["1.1.0", "1.3.0", "1.2.0", "9.9.9"])
    assert found is not None
    assert (found.version, found.kind, found.rde) == ("4.2", "polled", "1.3.0")
    assert releases.of_types(["1.0.0"]) is None


def test_calls_carry_the_number_of_the_server(server: Server) -> None:
    server(
        negotiation("36.0", "37.0"),
        login(version="37.0"),
        Step("GET", "/api/cse/system", MODERN, sends={"Accept": "application/*+json;version=37.0"}),
        Step("GET", "/api/cse/3.0/clusters", [], sends={"Accept": "application/*+json;version=36.0"}),
        logout(version="37.0"),
    )
    with connect(options()) as cse:
        assert cse.get("3.0/clusters") == []
        assert cse.system["version"] == "3.1.4"


def test_old_servers_get_both_tokens_and_are_asked_for_them_once(server: Server) -> None:
    both = {"x-vcloud-authorization": SHORT, "Authorization": f"Bearer {JWT}"}
    told = {"x-vcloud-authorization": SHORT, "X-VMWARE-VCLOUD-ACCESS-TOKEN": JWT}
    server(
        negotiation("31.0"),
        Step("POST", "/api/sessions", SESSION_XML, headers=told),
        Step("GET", "/api/session", SESSION_XML, headers=told),
        Step("GET", "/api/cse/system", {"version": "1.2.7"}, sends=both),
        Step("GET", "/api/cse/k8s/info", {"name": "k8s"}, sends=both),
        Step("DELETE", "/api/session", status=204),
    )
    with connect(options()) as cse:
        assert cse.get("k8s/info") == {"name": "k8s"}


def test_a_renewed_login_brings_both_tokens_anew(server: Server) -> None:
    new = SHORT[::-1]
    server(
        negotiation("31.0"),
        Step("POST", "/api/sessions", SESSION_XML, headers={"X-VMWARE-VCLOUD-ACCESS-TOKEN": JWT}),
        Step("GET", "/api/session", SESSION_XML, headers={"x-vcloud-authorization": SHORT}),
        Step("GET", "/api/cse/system", {"version": "1.2.7"}),
        Step("GET", "/api/cse", status=401),
        negotiation("31.0"),
        Step("POST", "/api/sessions", SESSION_XML, headers={"X-VMWARE-VCLOUD-ACCESS-TOKEN": f"{JWT}x"}),
        Step("GET", "/api/cse", status=401),
        Step("GET", "/api/session", SESSION_XML, headers={"x-vcloud-authorization": new}),
        Step("GET", "/api/cse", [], sends={"x-vcloud-authorization": new}),
        Step("DELETE", "/api/session", status=204),
    )
    with connect(options()) as cse:
        assert cse.get("") == []


def test_no_extension_and_no_type_is_no_cse(server: Server) -> None:
    error = '<Error xmlns="http://www.vmware.com/vcloud/v1.5" message="no" majorErrorCode="404"/>'
    server(
        negotiation("37.0"),
        login(version="37.0"),
        Step("GET", "/api/cse/system", error, status=404),
        Step(
            "GET",
            "/cloudapi/1.0.0/entityTypes?filter=vendor%3D%3Dvmware%3Bnss%3D%3DcapvcdCluster&page=1&pageSize=128",
            {"values": [], "resultTotal": 0, "pageCount": 0},
        ),
        logout(version="37.0"),
    )
    with pytest.raises(InputError, match="there is no Container Service Extension at"), connect(options()):
        pass


ENVELOPES = [
    (b'{"message": {"reason": "a", "description": "a, b", "stacktrace": ["secret"]}}', (None, "a, b")),
    (b'{"message": "\'status_code\'"}', (None, "'status_code'")),
    (b'{"message": {"minor error code": -1, "error description": "text"}}', (None, "text")),
    (b'{"message": {"minor error code": 4008, "error description": "text"}}', ("4008", "text")),
]


@pytest.mark.parametrize(("body", "expected"), ENVELOPES)
def test_envelopes_of_errors(body: bytes, expected: tuple[str | None, str]) -> None:
    assert read_error(Reply(500, {}, body)) == expected


def refusal(status: int, text: str) -> HttpError:
    return HttpError("status", "GET", "https://vcd", "/api/cse/x", status=status, message=text, sent=True)


@pytest.mark.parametrize(
    ("status", "text", "missing"),
    [
        (500, "Cluster 'k8s' not found.", True),
        (500, "Cluster 'k8s' not found", True),
        (500, "Cluster k8s not found.", True),
        (500, "Cluster k8s not found either in vCD or PKS", True),
        (500, "Node 'node-1' not found in cluster 'k8s'", True),
        (403, "[ 1 ] RDE_CANNOT_ACCESS the entity does not exist", True),
        (500, "Template 'x' at revision 1 not found.", False),
        (500, "'status_code'", False),
        (404, "no such thing", True),
        (401, "Cluster 'k8s' not found.", False),
    ],
)
def test_a_missing_cluster_is_known_by_its_text(status: int, text: str, missing: bool) -> None:
    assert errors.is_missing(refusal(status, text)) is missing


def test_refusals_have_remedies() -> None:
    assert "start it" in errors.advice(refusal(504, "External service 'cse' failed to respond"))
    assert "CSE NATIVE DEPLOY RIGHT" in errors.advice(refusal(500, "Access Forbidden. Missing required rights."))
    assert errors.advice(refusal(500, "what nobody has seen")) == ""


def test_tasks_of_answers() -> None:
    href = f"https://vcd/api/task/{TASK}"
    for answer in (
        {"task_href": href},
        {"entity": {"status": {"task_href": href}}},
        {"entity": {"status": {"taskHref": href}}},
    ):
        assert waiting.task_of(answer) == TASK
    assert waiting.task_of({"entity": {"status": None}}) is None
    assert waiting.task_of([]) is None


def task(status: str, operation: str, error: str = "") -> Step:
    fault = f'<Error message="{error}" majorErrorCode="500"/>' if error else ""
    return Step(
        "GET",
        f"/api/task/{TASK}",
        f'<Task xmlns="http://www.vmware.com/vcloud/v1.5" id="urn:vcloud:task:{TASK}" status="{status}" '
        f'operation="{operation}">{fault}</Task>',
    )


@pytest.mark.parametrize("end", ["error", "aborted", "canceled"])
def test_a_task_that_fails_says_where_it_was_and_why(server: Server, end: str) -> None:
    server(
        negotiation("36.0"),
        login(),
        Step("GET", "/api/cse/system", MODERN),
        task("running", "Creating cluster vApp"),
        task(end, "Creating cluster vApp", "no address left in the pool"),
        logout(),
    )
    heard: list[str] = []
    with connect(options()) as cse, pytest.raises(TaskFailed) as failed:
        waiting.finish(cse, TASK, "creating cluster k8s", {"timeout": 9, "interval": 0}, heard.append)
    text = str(failed.value)
    assert text == (
        f"creating cluster k8s: its task {TASK} ended with {end}: no address left in the pool. "
        "It was at: Creating cluster vApp."
    )
    assert heard == ["creating cluster k8s: Creating cluster vApp"]


def test_a_task_that_goes_on_after_the_time_is_told(server: Server) -> None:
    server(
        negotiation("36.0"),
        login(),
        Step("GET", "/api/cse/system", MODERN),
        task("running", "Initializing cluster"),
        logout(),
    )
    with connect(options()) as cse, pytest.raises(TaskFailed, match=r"\(Initializing cluster\). It goes on at the"):
        waiting.finish(cse, TASK, "creating cluster k8s", {"timeout": 0, "interval": 0})
