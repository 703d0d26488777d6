"""Installing certificates, and what a new one breaks (contract 4.4)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.simulator.certificates import thumbprint_of, write_pkcs12
from tests.simulator.wire import Reply

from .asking import NORTH, PASSWORD, SOUTH, Estate, problem
from .wizard import Wizard

SECRET = "p12-Secret"
BAD = (400, "BadUserInput")
OCTETS = "application/octet-stream"


def self_made(
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH, days: int = 30, key: bool = True
) -> tuple[bytes, str]:
    """A PKCS#12 file and the thumbprint of its certificate."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vcav.example.test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=60)).not_valid_after(
        now + datetime.timedelta(days=days)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    certificate = builder.sign(private, hashes.SHA256())
    data = pkcs12.serialize_key_and_certificates(
        b"x", private if key else None, certificate, None, BestAvailableEncryption(SECRET.encode())
    )
    return data, "SHA-256:" + certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def upload(estate: Estate, data: bytes, kind: str = "cloud", secret: str | None = SECRET, media: str = OCTETS) -> Reply:
    headers = {"Content-Type": media, **({"Secret": secret} if secret is not None else {})}
    return estate.ask("POST", "/config/certificate", data, kind=kind, headers=headers)


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_a_certificate_is_installed_and_the_service_restarts(estate: Estate, kind: str) -> None:
    estate.log_in(kind=kind)
    data, thumbprint = self_made()
    answer = upload(estate, data, kind).document()
    assert answer["certificate"]["thumbPrint"] == thumbprint
    assert answer["certificate"]["issuedTo"] == {"CN": "vcav.example.test"}
    assert estate.ask("GET", "/config", kind=kind).status == 503
    estate.world.advance(5)
    assert problem(estate.ask("GET", "/config", kind=kind)) == (401, "NotAuthenticated")
    estate.log_in(kind=kind)
    assert estate.ask("GET", "/config/certificate", kind=kind).document()["certificate"]["thumbPrint"] == thumbprint
    (entry,) = estate.world.journal.find(path="config/certificate", write=True)
    assert SECRET not in str(entry.as_dict())


@pytest.mark.parametrize(
    ("given", "secret", "media", "expected", "words"),
    [
        ({}, "wrong", OCTETS, BAD, "password is wrong"),
        ({}, None, OCTETS, BAD, "Secret"),
        ({"usage": None}, SECRET, OCTETS, BAD, "Server Authentication"),
        ({"usage": ExtendedKeyUsageOID.CLIENT_AUTH}, SECRET, OCTETS, BAD, "Server Authentication"),
        ({"key": False}, SECRET, OCTETS, BAD, "private key"),
        ({"days": -1}, SECRET, OCTETS, BAD, "not valid at this time"),
        ({}, SECRET, "application/json", (415, "UnsupportedMediaType"), "octet-stream"),
    ],
)
def test_what_cannot_be_presented_is_refused_and_changes_nothing(
    root: Estate, given: dict[str, Any], secret: str | None, media: str, expected: tuple[int, str], words: str
) -> None:
    before = root.service().certificate.thumbprint
    reply = upload(root, self_made(**given)[0], secret=secret, media=media)
    assert problem(reply) == expected and words in reply.document()["msg"]
    assert root.service().certificate.thumbprint == before
    assert root.ask("GET", "/config").status == 200


def test_rubbish_is_refused(root: Estate) -> None:
    assert problem(upload(root, b"no certificate")) == BAD
    assert problem(upload(root, b"")) == BAD


def test_a_file_of_the_runs_own_authority_can_be_installed(root: Estate) -> None:
    leaf = root.world.authority.leaf(["vcav-north.example.net"])
    assert upload(root, write_pkcs12(leaf, SECRET)).status == 200
    presented = root.service().certificate
    assert presented.thumbprint == thumbprint_of(presented.der)
    root.world.reset()
    assert root.service().certificate.serial == 0


def test_3_does_not_make_new_ones(estate: Estate, version: str) -> None:
    estate.log_in()
    before = estate.service().certificate.thumbprint
    reply = estate.ask("PUT", "/config/certificate")
    assert reply.status == (405 if version.startswith("3") else 200)
    assert (estate.service().certificate.thumbprint == before) == version.startswith("3")


def broken(wizard: Wizard, site: str) -> bool:
    """Whether a site cannot reach the other one."""
    pairing = wizard.service("cloud", site).pairing
    (peer,) = pairing.peers.values()
    return pairing.outgoing_error(peer) is not None


def test_a_new_tunnel_breaks_the_pairing_of_the_other_site_until_that_repairs_it(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.pair()
    wizard.service("tunnel").certificate.renew()
    assert broken(wizard, NORTH) and broken(wizard, SOUTH)
    wizard.register_tunnel()
    wizard.restart("cloud", "replicator")
    assert (broken(wizard, NORTH), broken(wizard, SOUTH)) == (False, True)
    body = wizard.pairing_body(NORTH)
    wizard.log_in(site=SOUTH)
    if version.startswith("3"):
        # No repair in 3.x: unpaired and paired again, from the side that has it wrong.
        wizard.finish(wizard.ask("DELETE", f"/sites/{NORTH}", site=SOUTH), site=SOUTH)
        assert wizard.post("sites", body, site=SOUTH).status == 200
    else:
        body.pop("site")
        task = wizard.finish(wizard.ask("PUT", f"/sites/{NORTH}", body, site=SOUTH), site=SOUTH)
        assert task["state"] == "SUCCEEDED"
    assert (broken(wizard, NORTH), broken(wizard, SOUTH)) == (False, False)


def test_a_management_address_that_is_the_public_name_leads_the_tunnel_astray(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.log_in()
    public = "vcav-north.example.net"
    wizard.post("config/endpoints", {"mgmtAddress": public, "apiPublicAddress": public, "apiPublicPort": 443})
    wizard.register_tunnel()
    wizard.restart("cloud")
    assert wizard.service().group.tunnel_error() is None
    body = wizard.pairing_body()

    def pair() -> str:
        if not version.startswith("3"):
            task = wizard.finish(wizard.post("sites", body))
            return str(task["error"]["msg"]) if task["error"] else ""
        reply = wizard.post("sites", {**body, "remoteRootPassword": PASSWORD})
        return "" if reply.status == 200 else str(reply.document()["msg"])

    assert "redirects management traffic to itself" in pair()
    wizard.post("config/endpoints", {"apiPublicAddress": public, "apiPublicPort": 443})
    wizard.restart("cloud")
    # Set back, but the tunnel has not been told yet.
    assert "redirects management traffic to itself" in pair()
    assert wizard.register_tunnel().status == 200
    assert pair() == ""


def test_a_new_cloud_is_not_trusted_on_premises_until_it_is_paired_anew(root: Estate) -> None:
    customers = root.service().customers
    customers.add("Depot", "Acme")
    assert root.ask("GET", "/vc-sites/Depot/vcenters").status == 200
    root.service().certificate.renew()
    assert not customers.is_online("Depot")
    assert problem(root.ask("GET", "/vc-sites/Depot/vcenters")) == (500, "GeneralServerFailure")
    customers.add("Depot", "Acme")
    assert root.ask("GET", "/vc-sites/Depot/vcenters").status == 200
