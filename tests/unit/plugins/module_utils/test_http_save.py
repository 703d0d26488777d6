"""Documents that go into a file: of any size, whole, and with the same account of failures as any other request."""

from __future__ import annotations

import io
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Http, HttpError, Transport
from tests.unit.plugins.module_utils.serving import Answer, in_turn, says, serving


def saved(answer: Answer, **more: Any) -> tuple[bytes, list[str]]:
    """What arrives in the file, and what was asked."""
    stream = io.BytesIO()
    with serving(in_turn(answer)) as server:
        http = Http(Transport(server.url, timeout=5), secrets=["s3cret-cookie"])
        http.save("bundles/7", stream, query={"cookie": "s3cret-cookie"}, headers={"X-VCAV-Auth": "t"})
        return stream.getvalue(), [asked.target for asked in server.asked]


def failure(answer: Answer) -> HttpError:
    with pytest.raises(HttpError) as problem:
        saved(answer)
    return problem.value


def test_all_of_it_arrives_in_pieces() -> None:
    body = bytes(range(256)) * (10 << 10)
    assert saved(Answer(200, body)) == (body, ["/bundles/7?cookie=s3cret-cookie"])


def test_an_error_is_read_as_everywhere_and_shows_no_secret() -> None:
    problem = failure(says({"message": "The cookie s3cret-cookie has been used."}, 400))
    assert (problem.kind, problem.status, problem.path) == ("status", 400, "/bundles/7")
    assert "s3cret-cookie" not in str(problem) and "has been used" in str(problem)


def test_a_redirection_is_no_document() -> None:
    assert failure(Answer(302, b"<html><title>Log in</title></html>", (("Location", "/login"),))).status == 302


@pytest.mark.parametrize("answer", [Answer(200, b"half", promised=8), Answer(drop=True)])
def test_what_breaks_off_is_no_document(answer: Answer) -> None:
    assert failure(answer).kind == "connection"


def test_a_file_that_takes_no_more_is_not_the_servers_fault() -> None:
    class Full(io.BytesIO):
        def write(self, piece: Any) -> int:
            raise OSError(28, "No space left on device")

    with serving(in_turn(Answer(200, b"content"))) as server, pytest.raises(OSError, match="No space left"):
        Http(Transport(server.url, timeout=5)).save("b", Full(), query=None, headers={})
