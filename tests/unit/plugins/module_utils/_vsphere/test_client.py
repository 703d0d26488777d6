"""The client of vCenter: connection options, shared logins, faults, and the connections below it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _sessions
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere import client
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.channel import Trust
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.channel import connect as open_connection
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.inventory import by_path, path_of, vm_path
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.vm import answers
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed
from tests.unit.plugins.module_utils.certificates import authority
from tests.unit.plugins.module_utils.serving import Answer, proxying, serving
from tests.unit.plugins.modules.vcenters import Vcenter, vcenter


def params(**more: Any) -> dict[str, Any]:
    return {
        "vsphere_hostname": "vc.example.com", "vsphere_port": 443, "vsphere_user": "a@vsphere.local",
        "vsphere_password": "p", "validate_certs": True, "ca_path": None, "thumbprint": None, "timeout": 5, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def vc() -> Iterator[Vcenter]:
    with vcenter() as running:
        yield running


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("vc.example.com", "https://vc.example.com:443"),
        (" 192.0.2.1 ", "https://192.0.2.1:443"),
        ("::1", "https://[::1]:443"),
        ("[2001:db8::1]", "https://[2001:db8::1]:443"),
    ],
)
def test_a_name_or_an_address_makes_the_endpoint(host: str, endpoint: str) -> None:
    assert client.connection(params(vsphere_hostname=host)).endpoint == endpoint


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"vsphere_hostname": "https://vc.example.com"}, "alone"),
        ({"vsphere_hostname": "user:s3cret@vc"}, "alone"),
        ({"vsphere_hostname": "vc/sdk"}, "alone"),
        ({"vsphere_port": 0}, "vsphere_port is 0"),
        ({"timeout": 0}, "timeout is 0"),
    ],
)
def test_a_host_that_is_none_is_refused_before_anything_is_sent(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        client.connection(params(**options))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("missing", ["vsphere_user", "vsphere_password"])
def test_both_credentials_are_needed(missing: str) -> None:
    with pytest.raises(InputError, match="vsphere_user and vsphere_password"):
        client.credentials(params(**{missing: None}))


def test_names_with_the_signs_of_a_path_are_written_by_their_number() -> None:
    assert vm_path({"datacenter": "a/DC", "folder": "/x/y/", "name": "50% a/b\\c"}) == "a/DC/vm/x/y/50%25 a%2fb%5cc"
    assert path_of("DC", "host", "cluster") == "DC/host/cluster"


def test_a_fault_tells_its_message_and_its_details_once() -> None:
    fault = SimpleNamespace(
        msg="It failed", faultMessage=[SimpleNamespace(message="because")], property="ip0", name="It"
    )
    assert client.said(fault) == "It failed; because; property: ip0"
    assert client.said(SimpleNamespace(msg=None)) == "no explanation"


def test_one_login_serves_all_tasks_of_a_run_and_is_closed_at_its_end(
    vc: Vcenter, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _sessions.RunStore(str(tmp_path))
    monkeypatch.setattr(_sessions, "_run", run)
    vc.calls_since()
    for _task in range(3):
        with client.connect(params(**vc.options)) as api:
            assert by_path(api, "DC0") is not None
    calls = vc.calls_since()
    assert (calls.count("Login"), calls.count("Logout"), calls.count("FindByInventoryPath")) == (1, 0, 3)
    assert vc.options["vsphere_password"] not in "".join(path.read_text() for path in tmp_path.iterdir())
    vc.calls_since()
    run.close()
    assert vc.calls_since() == ["Logout"]


def test_a_session_that_somebody_ended_is_renewed_once(vc: Vcenter) -> None:
    with client.connect(params(**vc.options)) as api:
        assert by_path(api, "DC0") is not None
        with vc.content() as content:
            ours = content.sessionManager.currentSession.key
            others = [session.key for session in content.sessionManager.sessionList if session.key != ours]
            content.sessionManager.TerminateSession(others)
        assert by_path(api, "DC0") is not None
    assert vc.sessions() == 0


def test_a_task_of_the_server_that_fails_is_told_with_its_own_words(vc: Vcenter) -> None:
    with client.connect(params(**vc.options)) as api:
        machine = by_path(api, "DC0/vm/DC0_H0_VM0")
        with pytest.raises(TaskFailed, match="removing it: InvalidPowerState: .*") as late:
            api.task(api.call(machine, "Destroy_Task"), "removing it", {"timeout": 5, "interval": 1})
        assert late.value.error["code"] == "InvalidPowerState"
        with pytest.raises(HttpError) as refused:
            how = api.vim.OvfManager.ParseDescriptorParams(locale="", deploymentOption="")
            api.call(api.manager("ovfManager"), "ParseDescriptor", "<x/>", how, about="a.ovf")
        assert (refused.value.status, refused.value.code, refused.value.path) == (500, "MethodNotFound", "a.ovf")


@pytest.mark.parametrize(("host", "kind"), [("127.0.0.1", "refused"), ("vcenter.invalid", "dns")])
def test_a_vcenter_that_cannot_be_reached_is_told_with_the_options_that_name_it(
    host: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_http, "FIRST_PAUSE", 0.01)
    with (
        pytest.raises(HttpError) as refused,
        client.connect(params(vsphere_hostname=host, vsphere_port=1)),
    ):
        pass
    assert refused.value.kind == kind and f"vsphere_hostname ({host}) and vsphere_port (1)" in refused.value.advice


def test_what_is_no_vcenter_is_told() -> None:
    with serving(lambda asked: Answer(200, b"<html>hello</html>"), authority().issue("127.0.0.1")) as server:
        with (
            pytest.raises(HttpError, match="no list of versions"),
            client.connect(params(vsphere_hostname="127.0.0.1", vsphere_port=server.port, ca_path=authority().ca_path)),
        ):
            pass


def test_the_proxy_of_the_environment_leads_to_vcenter_and_no_proxy_past_it(
    vc: Vcenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying(vc.port) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with client.connect(params(**vc.options)) as api:
            assert by_path(api, "DC0") is not None
        assert len(proxy.tunnels) >= 2
        count = len(proxy.tunnels)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with client.connect(params(**vc.options)) as api:
            assert by_path(api, "DC0") is not None
        assert len(proxy.tunnels) == count


def test_a_proxy_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(None, refuse=403) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(HttpError, match="the proxy refused.*403"):
            open_connection(urlsplit("https://host.example/nfc"), Trust(), 5, "POST")


@pytest.mark.parametrize(("status", "answer"), [(200, 200), (302, 302), (404, 404), (500, None), (503, None)])
def test_a_service_answers_with_any_status_that_does_not_say_not_ready(status: int, answer: int | None) -> None:
    with serving(lambda asked: Answer(status), authority().issue("127.0.0.1")) as server:
        assert answers(f"{server.url}/docs?x=1", 5) == answer
        assert server.asked[0].target == "/docs?x=1"


def test_a_service_that_hangs_up_is_not_ready_yet() -> None:
    with serving(lambda asked: Answer(drop=True), authority().issue("127.0.0.1")) as server:
        with pytest.raises(HttpError):
            answers(server.url, 5)
