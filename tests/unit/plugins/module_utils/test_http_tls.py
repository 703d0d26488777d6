"""Whom the client trusts: authorities, names, dates, thumbprints, and nobody else's settings."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Http, HttpError, Transport
from tests.unit.plugins.module_utils.certificates import Identity, authority
from tests.unit.plugins.module_utils.serving import Server, in_turn, raw_listener, says, serving

OTHER = "SHA-256:" + ":".join(["AB"] * 32)


@pytest.fixture(name="identity", scope="module")
def an_identity() -> Identity:
    return authority().issue("127.0.0.1")


@pytest.fixture(name="server")
def a_tls_server(identity: Identity) -> Iterator[Server]:
    with serving(in_turn(says({"fine": True})), identity) as server:
        yield server


def asking(url: str, **trust: Any) -> Any:
    return Http(Transport(url, timeout=5, **trust), sleep=lambda seconds: None).json("GET", "about")


def refused(url: str, kind: str = "tls", **trust: Any) -> HttpError:
    with pytest.raises(HttpError) as problem:
        asking(url, **trust)
    assert problem.value.kind == kind
    assert not problem.value.sent and not problem.value.is_transient
    return problem.value


def test_an_authority_that_nobody_named_is_not_trusted(server: Server) -> None:
    problem = refused(server.url)
    assert "certificate was not accepted" in str(problem)
    assert "unable to get local issuer certificate" in str(problem)
    assert server.asked == []


def test_an_authority_in_ca_path_is_trusted(server: Server) -> None:
    assert asking(server.url, ca_path=authority().ca_path) == {"fine": True}


def test_a_folder_of_authorities_is_trusted(server: Server, tmp_path: Path) -> None:
    refused(server.url, ca_path=str(tmp_path))
    _http._contexts.clear()
    _http._pools.clear()
    # OpenSSL looks for files that are named by the hash of the authority's subject.
    digest = subprocess.run(
        ["openssl", "x509", "-noout", "-subject_hash", "-in", authority().ca_path],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    (tmp_path / f"{digest}.0").write_bytes(Path(authority().ca_path).read_bytes())
    assert asking(server.url, ca_path=str(tmp_path)) == {"fine": True}


def test_a_certificate_that_has_expired_is_not_trusted() -> None:
    with serving(in_turn(says({})), authority().issue("127.0.0.1", expired=True)) as server:
        assert "expired" in str(refused(server.url, ca_path=authority().ca_path))


def test_a_certificate_of_another_host_is_not_trusted() -> None:
    with serving(in_turn(says({})), authority().issue("vcav.example.com")) as server:
        assert "127.0.0.1" in str(refused(server.url, ca_path=authority().ca_path))


@pytest.mark.parametrize("spelling", [str, str.lower, lambda text: text.removeprefix("SHA-256:").replace(":", "")])
def test_the_right_thumbprint_is_trusted_in_any_spelling(server: Server, identity: Identity, spelling: Any) -> None:
    assert asking(server.url, thumbprint=spelling(identity.thumbprint)) == {"fine": True}


def test_the_right_thumbprint_outweighs_an_expired_certificate_of_another_host() -> None:
    identity = authority().issue("vcav.example.com", expired=True)
    with serving(in_turn(says({"fine": True})), identity) as server:
        assert asking(server.url, thumbprint=identity.thumbprint) == {"fine": True}


@pytest.mark.parametrize("trust", [{}, {"validate_certs": False}, {"ca_path": "authority"}])
def test_the_wrong_thumbprint_is_not_trusted_whatever_else_is_set(server: Server, trust: dict[str, Any]) -> None:
    if "ca_path" in trust:
        trust = {"ca_path": authority().ca_path}
    refused(server.url, thumbprint=OTHER, **trust)
    assert server.asked == []


@pytest.mark.parametrize("thumbprint", ["SHA-256:XY", "A1:B2", "ab" * 20, "ab" * 16])
def test_a_thumbprint_that_is_no_sha256_is_refused_before_anything_is_sent(server: Server, thumbprint: str) -> None:
    assert "nothing was sent (thumbprint " in str(refused(server.url, "unsent", thumbprint=thumbprint))
    assert server.asked == []


def test_switching_verification_off_trusts_anybody(server: Server) -> None:
    assert asking(server.url, validate_certs=False) == {"fine": True}


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_in_the_environment_does_not_switch_verification_back_on(
    server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, authority().issue("other.example.com").pem.as_posix())
    assert asking(server.url, validate_certs=False) == {"fine": True}


def test_a_bundle_in_the_environment_is_trusted_where_nothing_else_is_said(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority().ca_path)
    assert asking(server.url) == {"fine": True}


def test_ca_path_outweighs_the_bundle_in_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority().issue("other.example.com").pem.as_posix())
    assert asking(server.url, ca_path=authority().ca_path) == {"fine": True}


def test_trust_in_one_task_does_not_leak_into_the_next(server: Server) -> None:
    assert asking(server.url, validate_certs=False) == {"fine": True}
    assert asking(server.url, ca_path=authority().ca_path) == {"fine": True}
    refused(server.url)
    refused(server.url, thumbprint=OTHER)


@pytest.mark.parametrize("content", [None, "", "no certificate in here"])
def test_a_ca_path_that_cannot_be_used_is_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)
    problem = refused("https://127.0.0.1:1", "unsent", ca_path=str(path))
    words = f"nothing was sent (there is nothing to check the server's certificate with: ca_path is {str(path)!r}: "
    assert words in str(problem) and "not accepted" not in str(problem)


def test_https_requests_share_one_connection_too(server: Server) -> None:
    for _unused in range(3):
        asking(server.url, ca_path=authority().ca_path)
    assert len({asked.connection for asked in server.asked}) == 1


def test_a_port_without_tls_is_told() -> None:
    with serving(in_turn(says({}))) as server:
        assert refused(server.url.replace("http:", "https:")).server_message


def test_a_handshake_that_is_cut_off_is_a_broken_connection_and_not_a_bad_certificate() -> None:
    def hang_up(connection: Any) -> None:
        connection.recv(1000)

    with raw_listener(hang_up) as port, pytest.raises(HttpError) as problem:
        asking(f"https://127.0.0.1:{port}")
    assert problem.value.kind == "connection" and problem.value.is_transient
