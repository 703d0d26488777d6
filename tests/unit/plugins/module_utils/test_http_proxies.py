"""Proxies are those of the environment, as every other program has them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Http, HttpError, Transport
from tests.unit.plugins.module_utils.certificates import authority
from tests.unit.plugins.module_utils.serving import free_port, in_turn, proxying, says, serving


def asking(url: str, **trust: Any) -> Any:
    transport = Transport(url, ca_path=authority().ca_path, timeout=5, **trust)
    return Http(transport, sleep=lambda seconds: None).json("GET", "about")


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(in_turn(says({"fine": True})), authority().issue("vcav.invalid")) as server,
        proxying(server.port) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy.url)
        assert asking("https://vcav.invalid:8441") == {"fine": True}
    assert proxy.tunnels == ["vcav.invalid:8441"]


def test_the_certificate_behind_a_proxy_is_checked_by_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = authority().issue("somebody.else")
    with serving(in_turn(says({"fine": True})), identity) as server, proxying(server.port) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(HttpError) as problem:
            asking("https://vcav.invalid")
        assert problem.value.kind == "tls"
        assert asking("https://vcav.invalid", thumbprint=identity.thumbprint) == {"fine": True}
        assert asking("https://vcav.invalid", validate_certs=False) == {"fine": True}


def test_hosts_in_no_proxy_are_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    with serving(in_turn(says({"fine": True})), authority().issue("127.0.0.1")) as server:
        assert asking(server.url) == {"fine": True}


def test_a_proxy_that_appears_later_is_used_by_the_same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(in_turn(says({})), authority().issue("127.0.0.1")) as server, proxying(server.port) as proxy:
        asking(server.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        asking(server.url)
    assert len(proxy.tunnels) == 1


@pytest.mark.parametrize("refusal", [403, 407, 502])
def test_a_proxy_that_refuses_is_told_as_the_proxys_refusal(refusal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(None, refuse=refusal) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(HttpError) as problem:
            asking("https://vcav.invalid")
    assert problem.value.kind == "refused" and not problem.value.sent
    assert "proxy" in str(problem.value) and str(refusal) in str(problem.value)


def test_a_proxy_that_is_unknown_is_not_told_as_an_unknown_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    with pytest.raises(HttpError) as problem:
        asking("https://127.0.0.1")
    assert "proxy" in str(problem.value)


def test_the_password_of_a_proxy_is_sent_to_it_and_told_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(None, refuse=407) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//me:proxysecret@"))
        with pytest.raises(HttpError) as problem:
            asking("https://vcav.invalid")
    assert proxy.credentials[0] is not None
    assert "proxysecret" not in str(problem.value)
