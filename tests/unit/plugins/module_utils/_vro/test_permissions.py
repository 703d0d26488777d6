"""Rules as options, in the server's spelling, and changed so that nobody is locked out, however the server takes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, Reply
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import permissions

ROY, PRIS = "KIWI\\roy", "pris@kiwi"


class Server:
    """Keeps rules; `merges`: a rule for a principal that has one changes that instead of coming beside it."""

    def __init__(self, merges: bool, *rules: tuple[str, str]) -> None:
        self.rules, self.merges, self.next = dict(enumerate(rules)), merges, len(rules)
        self.log: list[str] = []

    def get(self, _path: str) -> Any:
        told = [
            {
                "permission": {
                    "principal": who,
                    "rights": rights,
                    "href": f"https://x/vco/api/categories/1/permissions/{key}/",
                }
            }
            for key, (who, rights) in self.rules.items()
        ]
        return {"permissions": told}

    def send(self, method: str, path: str, *, json: Any = None) -> Reply:
        self.log.append(method)
        if method == "DELETE":
            del self.rules[int(path.rpartition("/")[2])]
        else:
            rule = json["permissions"][0]["permission"]
            same = [key for key, (who, _rights) in self.rules.items() if who == rule["principal"]]
            key = same[0] if same and self.merges else self.next
            self.next += 1
            self.rules[key] = (rule["principal"], rule["rights"])
        return Reply(200, {}, b"")

    def unexpected(self, method: str, path: str, status: int, message: str) -> HttpError:
        return HttpError("body", method, "https://x", path, status=status, message=message)


def rule(principal: str, *rights: str) -> dict[str, Any]:
    return {"principal": principal, "rights": list(rights)}


def test_letters_are_names_and_rules_of_one_principal_are_one() -> None:
    server: Any = Server(False, (ROY, "rx"), (PRIS, "cai"), (ROY, "i"))
    found = permissions.read(server, "categories", "1")
    assert found == [rule(ROY, "view", "execute", "inspect"), rule(PRIS, "inspect", "edit", "admin")]


@pytest.mark.parametrize("merges", [False, True])
def test_the_rules_become_these_and_no_others_and_new_ones_come_first(merges: bool) -> None:
    server: Any = Server(merges, (ROY, "rx"), ("gone", "a"))
    wanted = permissions.aligned(
        [rule("kiwi\\ROY", "edit", "view"), rule(PRIS, "view")], permissions.read(server, "x", "1")
    )
    assert wanted == [rule(ROY, "view", "edit"), rule(PRIS, "view")]
    permissions.apply(server, "categories", "1", wanted)
    assert sorted(server.rules.values()) == [(ROY, "rc"), (PRIS, "r")]
    assert server.log == sorted(server.log, reverse=True)
    server.log.clear()
    permissions.apply(server, "categories", "1", wanted)
    assert server.log == []
    permissions.apply(server, "categories", "1", [])
    assert server.rules == {}


def test_rules_that_say_nothing_are_refused() -> None:
    for given, message in (
        ([rule(" ", "view")], "principal is empty"),
        ([rule(ROY)], "rights is empty"),
        ([rule("a", "view"), rule("A", "edit")], "A twice"),
    ):
        with pytest.raises(InputError, match=message):
            permissions.check(given)
    permissions.check(None)


def test_what_is_no_list_of_rules_is_an_error() -> None:
    server: Any = Server(False)
    server.get = lambda _path: json.loads('{"permissions": [{"permission": {"rights": "r"}}]}')
    with pytest.raises(HttpError, match="no list of permissions"):
        permissions.read(server, "categories", "1")
