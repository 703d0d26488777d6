"""Requests to real local servers: keep-alive, what is repeated and what never, one exception for every failure."""

from __future__ import annotations

import email.utils
import socket
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Http, HttpError, Transport
from tests.unit.plugins.module_utils.serving import (
    Answer,
    Server,
    free_port,
    in_turn,
    raw_listener,
    says,
    serving,
    until,
)

WRITES = ["POST", "PUT", "PATCH", "DELETE"]


class Sleep:
    """Sleeping that takes no time and is noted."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


def client(server: Server | str, sleep: Sleep | None = None, timeout: float = 5, **more: Any) -> Http:
    url = server if isinstance(server, str) else server.url
    return Http(Transport(url, timeout=timeout), sleep=sleep or Sleep(), **more)


def failing(http: Http, method: str = "GET", path: str = "policies", **more: Any) -> HttpError:
    with pytest.raises(HttpError) as problem:
        http.json(method, path, **more)
    return problem.value


def test_several_requests_of_several_clients_share_one_connection() -> None:
    with serving(in_turn(says([]))) as server:
        for _unused in range(2):
            http = client(server)
            http.json("GET", "policies")
            http.json("POST", "policies", document={"displayName": "gold"})
    assert len(server.asked) == 4
    assert len({asked.connection for asked in server.asked}) == 1


def test_a_document_is_sent_as_json_and_a_query_in_the_url() -> None:
    with serving(in_turn(says({"id": 1}))) as server:
        answer = client(server).json("PUT", "/policies/1", query={"site": "A b"}, document={"a": [1]})
    asked = server.asked[0]
    assert answer == {"id": 1}
    assert (asked.method, asked.path, asked.query, asked.json()) == ("PUT", "/policies/1", {"site": "A b"}, {"a": [1]})
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["User-Agent"] == "vcpp.vcloud"


def test_a_trailing_slash_of_the_endpoint_makes_no_other_path() -> None:
    with serving(in_turn(says([]))) as server:
        http = client(server.url + "/")
        http.json("GET", "policies")
    assert server.asked[0].target == "/policies"
    assert http.endpoint == server.url


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_empty_answer_is_none(status: int) -> None:
    with serving(in_turn(Answer(status))) as server:
        assert client(server).json("DELETE", "sessions") is None


def test_a_page_for_browsers_is_a_failure_with_its_title() -> None:
    with serving(in_turn(Answer(200, b"<html>\n  <title>Please log in</title></html>"))) as server:
        problem = failing(client(server))
    assert (problem.kind, problem.status, problem.path) == ("body", 200, "/policies")
    assert "a page for browsers, 'Please log in'" in str(problem)


def test_an_answer_that_is_not_even_text_is_a_failure_too() -> None:
    with serving(in_turn(Answer(200, b"\xff\xfe\x00\x01"))) as server:
        assert failing(client(server)).kind == "body"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirection_is_followed_nowhere_and_taken_for_no_answer(method: str) -> None:
    with serving(in_turn(Answer(302, b"", (("Location", "https://sso.example.com/login"),)))) as server:
        problem = failing(client(server), method)
    assert len(server.asked) == 1
    assert (problem.kind, problem.status, problem.outcome_unknown) == ("body", 302, False)
    assert "https://sso.example.com/login" in str(problem)


def test_an_error_of_the_server_carries_method_path_status_code_and_message() -> None:
    def read(reply: _http.Reply) -> tuple[str | None, str]:
        body = reply.json()
        return body["code"], body["msg"]

    with serving(in_turn(says({"code": "BadUserInput", "msg": "minRpo is 1."}, 400))) as server:
        http = client(server, read_error=read)
        problem = failing(http, "POST", "policies", document={}, query={"site": "x"})
    assert problem.as_dict() == {
        "kind": "status", "method": "POST", "path": "/policies", "status": 400,
        "code": "BadUserInput", "message": "minRpo is 1.",
    }  # fmt: skip
    assert str(problem) == f"POST /policies at {server.url} was answered 400 BadUserInput: minRpo is 1."
    assert not problem.outcome_unknown and not problem.is_transient


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_get_is_repeated_while_the_service_is_not_ready(status: int) -> None:
    sleep = Sleep()
    with serving(in_turn(Answer(status), Answer(status), says([1]))) as server:
        assert client(server, sleep).json("GET", "policies") == [1]
    assert len(server.asked) == 3 and len(sleep.pauses) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 409, 500])
def test_a_get_is_not_repeated_after_an_answer_that_will_not_change(status: int) -> None:
    with serving(in_turn(Answer(status, b"no"), says([1]))) as server:
        assert failing(client(server)).status == status
    assert len(server.asked) == 1


def test_the_number_of_tries_is_bounded_and_the_last_answer_is_told() -> None:
    sleep = Sleep()
    with serving(in_turn(Answer(503, b"starting"))) as server:
        problem = failing(client(server, sleep))
    assert len(server.asked) == _http.TRIES
    assert len(sleep.pauses) == _http.TRIES - 1, "no pause after the last try"
    assert problem.is_transient and "starting" in str(problem)


def test_one_try_is_one_request() -> None:
    with serving(in_turn(Answer(503))) as server:
        failing(client(server, tries=1))
    assert len(server.asked) == 1


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_refused_for_now_is_repeated(method: str, status: int) -> None:
    with serving(in_turn(Answer(status), says({"id": 1}))) as server:
        assert client(server).json(method, "policies") == {"id": 1}
    assert len(server.asked) == 2


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("status", [502, 504])
def test_a_write_behind_a_bad_gateway_is_not_repeated_and_its_outcome_is_unknown(method: str, status: int) -> None:
    with serving(in_turn(Answer(status), says({}))) as server:
        problem = failing(client(server), method)
    assert len(server.asked) == 1
    assert problem.outcome_unknown


@pytest.mark.parametrize("method", WRITES)
def test_a_write_whose_reply_was_dropped_is_never_repeated(method: str) -> None:
    with serving(in_turn(Answer(drop=True), says({}))) as server:
        problem = failing(client(server), method, document={"displayName": "gold"})
    assert len(server.asked) == 1
    assert (problem.kind, problem.outcome_unknown, problem.status) == ("connection", True, None)


def test_a_write_whose_reply_was_dropped_on_a_kept_connection_is_never_repeated() -> None:
    with serving(in_turn(says([]), Answer(drop=True), says({}))) as server:
        http = client(server)
        http.json("GET", "policies")
        assert failing(http, "POST").outcome_unknown
    assert server.methods == ["GET /policies", "POST /policies"]


def test_a_get_whose_reply_was_dropped_is_repeated() -> None:
    with serving(in_turn(Answer(drop=True), says([1]))) as server:
        assert client(server).json("GET", "policies") == [1]


def test_a_write_that_was_answered_with_nonsense_has_an_unknown_outcome() -> None:
    with serving(in_turn(Answer(200, b"<html>"))) as server:
        assert failing(client(server), "POST").outcome_unknown


def test_a_write_whose_answer_broke_off_has_an_unknown_outcome() -> None:
    with serving(in_turn(Answer(200, b'{"id"', promised=500))) as server:
        problem = failing(client(server), "POST")
    assert problem.outcome_unknown and len(server.asked) == 1


def test_the_server_says_in_seconds_when_to_come_back() -> None:
    sleep = Sleep()
    with serving(in_turn(Answer(429, b"", (("Retry-After", "7"),)), says([]))) as server:
        client(server, sleep).json("POST", "policies")
    assert sleep.pauses == [7]


def test_the_server_says_as_a_date_when_to_come_back() -> None:
    sleep = Sleep()
    moment = email.utils.formatdate(time.time() + 20, usegmt=True)
    with serving(in_turn(Answer(503, b"", (("Retry-After", moment),)), says([]))) as server:
        client(server, sleep).json("GET", "policies")
    assert 0 < sleep.pauses[0] <= 20


@pytest.mark.parametrize(
    ("asked", "longest"),
    [
        ("86400", 30),
        (email.utils.formatdate(4e9, usegmt=True), 30),
        (email.utils.formatdate(1e9, usegmt=True), 0),
        ("soon", 0.5),
        ("-5", 0.5),
        ("1.5", 0.5),
        ("\u00b2", 0.5),
    ],
)
def test_what_the_server_asks_for_is_bounded_and_nonsense_is_ignored(asked: str, longest: float) -> None:
    sleep = Sleep()
    with serving(in_turn(Answer(503, b"", (("Retry-After", asked),)), says([]))) as server:
        client(server, sleep).json("GET", "policies")
    assert 0 <= sleep.pauses[0] <= longest


def test_pauses_double_with_jitter_and_have_an_upper_bound() -> None:
    sleep = Sleep()
    with serving(in_turn(Answer(503))) as server:
        failing(client(server, sleep, tries=11))
    assert len(sleep.pauses) == 10
    for attempt, pause in enumerate(sleep.pauses, start=1):
        full = min(0.25 * 2**attempt, 30)
        assert full / 2 <= pause <= full
    assert len({round(pause, 3) for pause in sleep.pauses[-3:]}) > 1, "several clients must not come back in step"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_again_and_then_told(method: str) -> None:
    sleep = Sleep()
    problem = failing(client(f"http://127.0.0.1:{free_port()}", sleep), method)
    assert (problem.kind, problem.sent, problem.outcome_unknown) == ("refused", False, False)
    assert "refused" in problem.server_message.lower()
    assert len(sleep.pauses) == _http.TRIES - 1
    assert "0x" not in str(problem), "no addresses of objects in a message"


def test_an_unknown_host_is_told_at_once() -> None:
    sleep = Sleep()
    problem = failing(client("http://vcav.invalid", sleep))
    assert (problem.kind, sleep.pauses) == ("dns", [])
    assert str(problem) == "GET /policies at http://vcav.invalid: the host name cannot be resolved (vcav.invalid)"


@pytest.mark.parametrize("url", ["https://", "vcav.example.com", "gopher://vcav.example.com", "https://exa mple"])
def test_an_address_that_is_none_is_told_as_one(url: str) -> None:
    problem = failing(client(url))
    assert problem.kind == "unsent" and f"nothing was sent ({url.rstrip('/')} is not an address" in str(problem)
    assert not problem.sent


@pytest.mark.parametrize("more", [{"headers": {"X-Token": "a\nb"}}, {"headers": {"X-Token": "a\u20acb"}}])
def test_a_request_that_cannot_be_made_up_was_not_sent_and_leaves_nothing_in_doubt(more: dict[str, Any]) -> None:
    sleep = Sleep()
    with serving(in_turn(says([]))) as server:
        problem = failing(client(server, sleep), "POST", **more)
        late = failing(client(server, sleep, timeout=-1), "POST")
    for each in (problem, late):
        assert (each.kind, each.sent, each.outcome_unknown, each.is_transient) == ("unsent", False, False, False)
        assert "nothing was sent" in str(each)
    assert (server.asked, sleep.pauses) == ([], [])


@pytest.mark.parametrize(("body", "said"), [
    ('{"minorErrorCode": "NOT_FOUND", "message": "Nothing\\n is  here.", "stackTrace": null}', "Nothing is here."),
    ('{"msg": "No."}', "No."), ('{"message": "", "msg": "No."}', "No."), ('["x"]', '["x"]'),
    ('{"message": {"a": 1}}', '{"message": {"a": 1}}'), ('{"message": "cut', '{"message": "cut'),
])  # fmt: skip
def test_of_a_json_answer_of_another_product_only_its_message_is_told(body: str, said: str) -> None:
    with serving(in_turn(Answer(404, body.encode()))) as server:
        assert failing(client(server)).server_message == said


@pytest.mark.parametrize(("method", "requests"), [("GET", 2), ("POST", 1)])
def test_a_server_that_says_nothing_is_given_up_after_the_time_out(method: str, requests: int) -> None:
    with serving(in_turn(Answer(hang=True))) as server:
        problem = failing(client(server, timeout=0.03, tries=2), method)
        # The server's threads may see what was sent after the client has given up.
        until(lambda: len(server.asked) >= requests)
        assert len(server.asked) == requests
    assert (problem.kind, problem.outcome_unknown) == ("timeout", method == "POST")
    assert "0.03 seconds" in str(problem)


def test_a_server_that_stops_in_the_middle_of_its_answer_is_given_up_too() -> None:
    with serving(in_turn(Answer(200, b"[", promised=100))) as server:
        problem = failing(client(server, timeout=0.05, tries=1))
    assert problem.kind in ("timeout", "connection")
    assert problem.is_transient


def test_a_connection_that_is_reset_is_a_broken_connection() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with raw_listener(reset) as port:
        problem = failing(client(f"http://127.0.0.1:{port}", tries=1), "POST")
    assert (problem.kind, problem.outcome_unknown) == ("connection", True)


def test_a_server_that_speaks_no_http_is_a_broken_connection() -> None:
    with raw_listener(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")) as port:
        assert failing(client(f"http://127.0.0.1:{port}", tries=1)).kind == "connection"


def test_netrc_puts_no_credentials_into_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(in_turn(says([]))) as server:
        client(server).json("GET", "policies")
    assert "Authorization" not in server.asked[0].headers


def test_cookies_of_one_login_do_not_reach_the_next() -> None:
    with serving(in_turn(says([], Set_Cookie="JSESSIONID=1; Path=/"))) as server:
        client(server).json("GET", "policies")
        client(server).json("GET", "policies")
    assert "Cookie" not in server.asked[1].headers


def test_without_requests_the_client_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "REQUESTS_PROBLEM", "ImportError: no requests")
    with pytest.raises(_http.MissingRequests, match="no requests"):
        client("https://vcav.example.com")
