"""What holds for every request: media types, spellings, errors, readiness (contract 1.3, 3.1, 3.3, 9)."""

from __future__ import annotations

import pytest

from .asking import Estate, problem

PLAIN = "application/json;charset=UTF-8"


def vendor(version: str) -> str:
    return f"application/vnd.vmware.h4-v{version}+json"


API = {"3.0": "3", "3.5": "3.5", "4.3": "4.3", "4.7": "4.7"}
NEWER = {"3.0": "3.5", "3.5": "4", "4.3": "4.4", "4.7": "4.8"}


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json;charset=UTF-8"])
def test_plain_json_is_served_to_whoever_asks_for_it(root: Estate, accept: str | None) -> None:
    reply = root.ask("GET", "/sites", headers={"Accept": accept} if accept else {})
    assert (reply.status, reply.header("content-type")) == (200, PLAIN)


@pytest.mark.parametrize("asked", ["own", "1", "2", "3"])
def test_the_own_and_older_vendor_types_are_echoed(root: Estate, version: str, asked: str) -> None:
    accept = vendor(API[version] if asked == "own" else asked)
    reply = root.ask("GET", "/sites", headers={"Accept": accept + ";charset=UTF-8"})
    assert (reply.status, reply.header("content-type")) == (200, accept + ";charset=UTF-8")


def test_newer_vendor_types_are_refused(root: Estate, version: str) -> None:
    assert root.ask("GET", "/sites", headers={"Accept": vendor(NEWER[version])}).status == 406
    assert root.ask("GET", "/sites", headers={"Accept": "text/html"}).status == 406


def test_errors_come_in_the_media_type_that_was_asked_for(root: Estate) -> None:
    reply = root.ask("GET", "/nowhere", headers={"Accept": vendor("3")})
    assert problem(reply) == (404, "NotFound")
    assert reply.header("content-type") == vendor("3") + ";charset=UTF-8"


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_the_readiness_probe_needs_no_login(estate: Estate, kind: str) -> None:
    reply = estate.ask("GET", "/docs/api-guide.html", kind=kind, headers={"Accept": "text/html"})
    assert reply.status == 200
    assert b"<html" in reply.body


@pytest.mark.parametrize("target", ["//sites", "/sites?", "/sites?&x=1", "/sites/"])
def test_the_spellings_of_real_clients_are_tolerated(root: Estate, target: str) -> None:
    assert root.ask("GET", target).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "url=https://vcav-south.example.net:443",
        "url=https%3A%2F%2Fvcav-south.example.net%3A443&viaTunnel=False",
        "&url=https://vcav-south.example.net:443/",
        "url=https://vcav-south.example.net",
        "url=https://vcav-south.example.net:443&viaTunnel=true",
    ],
)
def test_remote_certificates_are_found_however_the_url_is_written(root: Estate, query: str) -> None:
    reply = root.ask("GET", f"/config/remote-certificate?{query}")
    assert reply.status == 200
    document = reply.document()
    assert document == root.sites["South"].cloud.certificate.info
    assert set(document["certificate"]) == {"thumbPrint", "issuedTo", "expiresOn"}
    assert document["certificate"]["thumbPrint"].startswith("SHA-256:")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/config/remote-certificate?url=https://nowhere.example.net", (500, "GeneralServerFailure")),
        ("/config/remote-certificate?url=ftp://x", (500, "GeneralServerFailure")),
        ("/config/remote-certificate", (400, "BadUserInput")),
        ("/nowhere", (404, "NotFound")),
        ("/config/site", (405, "MethodNotAllowed")),
        ("/config/nowhere", (404, "NotFound")),
        ("/policies/unknown", (404, "NotFound")),
        ("/policies/unknown/status", (404, "NotFound")),
        ("/tasks/unknown", (404, "NotFound")),
        ("/inventory/orgs?limit=many", (400, "BadUserInput")),
        ("/inventory/orgs?offset=-1", (400, "BadUserInput")),
        ("/inventory/orgs?site=Nowhere", (404, "NotFound")),
    ],
)
def test_what_cannot_be_answered_is_told_in_the_one_error_shape(
    root: Estate, target: str, expected: tuple[int, str]
) -> None:
    assert problem(root.ask("GET", target)) == expected


def test_an_unreachable_address_is_named_in_the_message(root: Estate) -> None:
    reply = root.ask("GET", "/config/remote-certificate?url=https://nowhere.example.net:8443")
    assert "nowhere.example.net" in reply.document()["msg"]


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/policies"), ("PUT", "/sites"), ("POST", "/policies/default")]
)
def test_wrong_methods_are_told_which_ones_are_right(root: Estate, method: str, path: str) -> None:
    reply = root.ask(method, path)
    assert problem(reply) == (405, "MethodNotAllowed")
    assert reply.header("Allow")


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/policies"), ("OPTIONS", "/sites"), ("HEAD", "/config")])
def test_wrong_methods_tell_nothing_to_strangers(estate: Estate, method: str, path: str) -> None:
    """A missing or expired token is 401 with its header (contract 3.3), whatever it was sent with."""
    reply = estate.ask(method, path)
    assert reply.status == 401 and reply.header("WWW-Authenticate") == "Authentication Token Required"
    assert estate.ask("PUT", "/sessions").status == 405


def test_head_is_answered_as_get_is(root: Estate) -> None:
    """The server leaves out the body (RFC 9110)."""
    assert root.ask("HEAD", "/docs/api-guide.html").status == 200
    head, get = root.ask("HEAD", "/sites"), root.ask("GET", "/sites")
    assert (head.status, head.headers, head.body) == (200, get.headers, get.body)
    assert problem(root.ask("HEAD", "/config/site"))[0] == 405
    assert not any(entry.write for entry in root.world.journal.find(method="HEAD"))


def test_unknown_paths_tell_nothing_to_strangers(estate: Estate) -> None:
    assert problem(estate.ask("GET", "/nowhere")) == (401, "NotAuthenticated")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff"])
def test_bodies_that_are_no_objects_are_refused(root: Estate, body: bytes) -> None:
    assert problem(root.ask("POST", "/policies", body)) == (400, "BadUserInput")
    assert problem(root.ask("POST", "/sites", body)) == (400, "BadUserInput")


def test_restarting_services_answer_503_and_forget_their_sessions(root: Estate) -> None:
    assert root.ask("POST", "/os/reboot-services").status == 200
    assert root.ask("GET", "/sites").status == 503
    assert root.ask("GET", "/docs/api-guide.html", kind="manager").status == 503
    assert root.ask("GET", "/docs/api-guide.html", kind="tunnel").status == 200
    root.world.advance(3)
    assert root.ask("GET", "/docs/api-guide.html").status == 200
    assert root.ask("GET", "/sites").status == 401
