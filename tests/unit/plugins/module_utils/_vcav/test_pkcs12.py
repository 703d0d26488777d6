"""PKCS#12 files before they are sent: which are right, and what is said of those that are not."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import certificates, pkcs12
from tests.tools.make_pkcs12 import Authority, make

SECRET = "p4ss-Phrase"
NAMES = ["vcav.example.com", "*.cloud.example.com", "192.0.2.44"]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def refusal(path: Path, passphrase: str = SECRET) -> str:
    with pytest.raises(InputError) as refused:
        pkcs12.load(str(path), passphrase)
    text = str(refused.value)
    assert str(path) in text and text.endswith("Nothing was changed.") and passphrase not in text
    return text


def test_a_right_file_is_known_by_its_thumbprint_and_names(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "portal.p12"
    thumbprint = make(path, SECRET, NAMES, authority=authority)
    found = pkcs12.load(str(path), SECRET)
    assert (found.thumbprint, found.names, found.warnings) == (thumbprint, tuple(NAMES), ())
    assert found.data == path.read_bytes() and SECRET not in repr(found)


@pytest.mark.parametrize(("wrong", "words"), [
    ({"with_key": False}, "it holds no"),
    ({"usage": ()}, "lacks the extended key usage Server Authentication"),
    ({"usage": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, "lacks the extended key usage Server Authentication"),
    ({"begins": -400}, "the certificate expired on "),
    ({"begins": 2}, "the certificate is not valid before "),
])  # fmt: skip
def test_what_a_service_would_refuse_is_refused_here(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    path = tmp_path / "wrong.p12"
    make(path, SECRET, NAMES, **wrong)
    assert words in refusal(path)


def test_a_wrong_passphrase_and_a_file_of_another_kind_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "portal.p12"
    make(path, SECRET, NAMES)
    assert "Either pkcs12_passphrase is not its passphrase, or the file is no PKCS#12" in refusal(path, "0ther")
    path.write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    assert "the file is no PKCS#12" in refusal(path)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    assert "No such file or directory" in refusal(tmp_path / "missing.p12")
    assert "Is a directory" in refusal(tmp_path)


def test_a_certificate_that_is_not_of_the_chain_is_refused(tmp_path: Path, authority: Authority) -> None:
    path, stranger = tmp_path / "portal.p12", Authority("A stranger")
    make(path, SECRET, NAMES, authority=authority, chain=[authority.certificate, stranger.certificate])
    assert "CN=A stranger in it did not issue CN=Authority of the tests" in refusal(path)
    # The same name, another key: the signature tells.
    make(path, SECRET, NAMES, authority=authority, chain=[Authority().certificate])
    assert "CN=Authority of the tests in it did not issue CN=vcav.example.com" in refusal(path)


def test_an_expired_authority_in_the_chain_is_refused(tmp_path: Path) -> None:
    path, authority = tmp_path / "portal.p12", Authority()
    authority.certificate = authority.sign(authority.name, authority.key.public_key(), -20, 10, [], True)
    make(path, SECRET, NAMES, authority=authority)
    assert "CN=Authority of the tests of its chain expired on " in refusal(path)


def test_a_file_without_its_authority_is_taken_with_a_warning(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "portal.p12"
    make(path, SECRET, NAMES, authority=authority, chain=[])
    (warning,) = pkcs12.load(str(path), SECRET).warnings
    assert "CN=Authority of the tests" in warning


@pytest.mark.parametrize("passphrase", ["", " p4ss", "p4ss\n", "pässword"])
def test_a_passphrase_that_no_header_carries_is_refused_without_reading(passphrase: str) -> None:
    with pytest.raises(InputError, match="pkcs12_passphrase is empty, or holds characters"):
        certificates.load({"pkcs12_path": "/nowhere", "pkcs12_passphrase": passphrase})


def test_without_the_library_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "portal.p12"
    make(path, SECRET, NAMES)
    imported = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError("No module named 'cryptography'")
        return imported(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError) as refused:
        pkcs12.load(str(path), SECRET)
    assert "cryptography is missing in " + sys.executable in str(refused.value)
    assert pkcs12.names_in(b"\x30\x00") is None


@pytest.mark.parametrize(("pattern", "host", "fits"), [
    ("vcav.example.com", "VCAV.example.com", True), ("*.example.com", "vcav.example.com", True),
    ("*.example.com", "a.b.example.com", False), ("*.example.com", "example.com", False),
    ("vcav.example.com", "vcav.example.org", False),
])  # fmt: skip
def test_a_wildcard_is_one_label(pattern: str, host: str, fits: bool) -> None:
    assert pkcs12.covers(pattern, host) is fits


def test_a_service_that_comes_back_with_another_certificate_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[str] = []

    class Service:
        def request(self, *arguments: Any, **more: Any) -> Any:
            return {"certificate": {"thumbPrint": "SHA-256:A1"}}

        def trust(self, thumbprint: str) -> None:
            trusted.append(thumbprint)

    def refuse(*arguments: Any, **more: Any) -> None:
        raise HttpError("tls", "GET", "https://vcav.example.com", "/sessions", message="its thumbprint is SHA-256:B2")

    monkeypatch.setattr(certificates.services, "await_gone", lambda *arguments, **more: None)
    monkeypatch.setattr(certificates.services, "await_return", refuse)
    api: Any = Service()
    with pytest.raises(HttpError) as problem:
        certificates.regenerate(api, {"timeout": 1, "interval": 1})
    assert "what it shows is not what it was given" in problem.value.advice and trusted == ["SHA-256:A1"]


def test_what_is_no_certificate_has_no_thumbprint() -> None:
    assert certificates.thumbprint_of_encoded(None) is None
    assert certificates.thumbprint_of_encoded("no base 64!") is None
    assert certificates.read(certificates.Shown(None, None, None, None))["names"] == []
