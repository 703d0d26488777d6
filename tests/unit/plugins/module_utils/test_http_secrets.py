"""No secret in any message, also where the server, or a library, repeats it."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Http, HttpError, Reply, Transport
from tests.unit.plugins.module_utils.serving import Answer, in_turn, says, serving

SECRET = 'Pass"word\\ /€  end'


def told(answer: Answer, secret: str = SECRET, vcav: bool = True, **more: object) -> HttpError:
    def read(reply: Reply) -> tuple[str | None, str]:
        body = reply.json()
        return body["code"], body["msg"]

    with serving(in_turn(answer)) as server:
        reading = {"read_error": read} if vcav else {}
        http = Http(Transport(server.url), secrets=[secret], tries=1, **reading)  # type: ignore[arg-type]
        with pytest.raises(HttpError) as problem:
            http.json("POST", "sessions", document={"localPassword": secret})
    return problem.value


def shown(problem: HttpError) -> str:
    return json.dumps([str(problem), repr(problem), problem.as_dict()], ensure_ascii=False)


def test_a_password_that_the_server_repeats_is_blotted_out() -> None:
    problem = told(says({"code": f"X{SECRET}", "msg": f"No user root with {SECRET}!"}, 401))
    assert problem.server_message == "No user root with ********!"
    assert problem.code == "X********"
    assert "word" not in shown(problem)


@pytest.mark.parametrize(
    "form", [SECRET, json.dumps(SECRET), json.dumps(SECRET, ensure_ascii=False), quote(SECRET), quote(SECRET, safe="")]
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_password_is_blotted_out_of_a_page_in_every_spelling(form: str, status: int) -> None:
    problem = told(Answer(status, f"<html>You sent {form}; why?</html>".encode()), vcav=False)
    assert "word" not in shown(problem)
    assert "why?" in str(problem)


@pytest.mark.parametrize("before", [80, 110, 116, 290, 296, 1990])
@pytest.mark.parametrize("status", [200, 400])
def test_no_half_of_a_password_is_left_where_a_long_answer_is_cut(before: int, status: int) -> None:
    problem = told(Answer(status, b"x" * before + b"TopSecret" + b"y" * 2000), "TopSecret", vcav=False)
    assert "Top" not in shown(problem)


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it() -> None:
    with serving(in_turn(Answer(400, b"you sent abcdef"))) as server:
        http = Http(Transport(server.url), secrets=["abc", "abcdef"])
        with pytest.raises(HttpError) as problem:
            http.request("GET", "x")
    assert problem.value.server_message == "you sent ********"


def test_a_token_with_the_line_end_of_its_file_is_not_told_by_the_library_that_refuses_it() -> None:
    token = "bm90IGEgdG9rZW4=\n"
    http = Http(Transport("http://127.0.0.1:1"), secrets=[token], tries=1)
    with pytest.raises(HttpError) as problem:
        http.request("GET", "x", headers={"X-VCAV-Auth": token})
    assert "bm90" not in shown(problem.value)


def test_empty_secrets_blot_nothing_out() -> None:
    with serving(in_turn(Answer(400, b"as it is"))) as server:
        http = Http(Transport(server.url), secrets=["", " "])
        with pytest.raises(HttpError) as problem:
            http.request("GET", "x")
    assert problem.value.server_message == "as it is"


def test_a_query_is_in_no_message() -> None:
    with serving(in_turn(Answer(400, b"no"))) as server:
        with pytest.raises(HttpError) as problem:
            Http(Transport(server.url)).request("GET", "x", query={"cookie": "hidden"})
    assert "hidden" not in shown(problem.value)
