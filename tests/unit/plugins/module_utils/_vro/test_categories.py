"""Categories by path, with and without a server that tells paths in its list, and making those that are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import categories
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from tests.unit.plugins.module_utils._vcd.scripted import Script, Step
from tests.unit.plugins.module_utils._vro.talking import API, basic_login, link, options

Server = Callable[..., Script]
W = categories.WORKFLOW


def listed(*rows: dict[str, Any], kind: str = W) -> Step:
    return Step("GET", f"{API}/categories?categoryType={kind}", {"link": list(rows), "total": len(rows)})


def one(identifier: str, name: str, path: str, *rows: dict[str, Any], kind: str = W) -> Step:
    document = {"id": identifier, "name": name, "type": kind, "path": path, "relations": {"link": list(rows)}}
    return Step("GET", f"{API}/categories/{identifier}", document)


def test_a_path_of_the_list_leads_straight_to_the_category_and_what_is_in_it(server: Server) -> None:
    rows = [link(id="1", name="C", type=W, path="A/C"), link(id="2", name="C", type=W, path="/B/C")]
    inside = [
        link("up", id="9", name="B", type=W),
        link(id="3", name="D", type=W),
        link(id="w", name="Run", type="Workflow"),
    ]
    server(*basic_login(), listed(*rows), one("2", "C", "/B/C", *inside))
    with connect(options()) as api:
        found = categories.find(api, W, "B/C/")
    assert found is not None
    assert (found.id, found.path, [row["name"] for row in found.children]) == ("2", "B/C", ["D"])
    assert [row["id"] for row in found.elements] == ["w"]


def test_without_paths_the_namesakes_are_read(server: Server) -> None:
    rows = [link(id="1", name="C", type=W), link(id="2", name="C", type=W), link(id="3", name="D", type=W)]
    server(*basic_login(), listed(*rows), one("1", "C", "A/C"), one("2", "C", "B/C"))
    with connect(options()) as api:
        found = categories.find(api, W, "B/C")
    assert found is not None
    assert found.id == "2"


def test_a_category_that_is_not_there_is_none_and_another_type_is_another_tree(server: Server) -> None:
    server(*basic_login(), listed(link(id="1", name="A", type=W, path="A")),
           listed(link(id="1", name="A", type=W, path="A"), kind=categories.RESOURCE))  # fmt: skip
    with connect(options()) as api:
        assert categories.find(api, W, "a") is None
        assert categories.find(api, categories.RESOURCE, "A") is None


def test_missing_categories_are_made_from_the_top(server: Server) -> None:
    server(
        *basic_login(),
        listed(link(id="1", name="A", type=W, path="A")),
        one("1", "A", "A"),
        Step("POST", f"{API}/categories/1", {"id": "2"}, status=201),
        Step("POST", f"{API}/categories/2", b"", status=201, headers={"Location": f"https://x{API}/categories/3/"}),
    )
    with connect(options()) as api:
        assert categories.ensure(api, W, "A/B/C") == "3"


def test_a_module_is_one_category_whose_name_has_dots(server: Server) -> None:
    server(*basic_login(), listed(kind=categories.MODULE), Step("POST", f"{API}/categories", {"id": "m"}, status=201))
    with connect(options()) as api:
        assert categories.ensure(api, categories.MODULE, "com.example.lib") == "m"


def test_a_category_that_was_made_without_an_id_is_an_error(server: Server) -> None:
    server(*basic_login(), Step("POST", f"{API}/categories", b"", status=201))
    with connect(options()) as api, pytest.raises(HttpError, match="no id"):
        categories.create(api, W, "A", None)


def test_the_whole_tree_is_read_side_by_side_and_sorted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(categories, "side_by_side", lambda work, items: {item: work(item) for item in items})
    rows = [link(id="1", name="B", type=W), link(id="2", name="A", type=W)]
    server(*basic_login(), listed(*rows), one("1", "B", "B"), one("2", "A", "A"))
    with connect(options()) as api:
        assert [each.path for each in categories.walk(api, W)] == ["A", "B"]


def test_a_path_with_an_empty_part_is_refused() -> None:
    assert categories.read_path("category", "/Library/HTTP-REST/ ") == "Library/HTTP-REST"
    for wrong in ("", "/", "A//B"):
        with pytest.raises(InputError, match="category is"):
            categories.read_path("category", wrong)


def test_a_category_that_somebody_else_makes_in_the_same_moment_is_that_one(server: Server) -> None:
    taken = Step("POST", f"{API}/categories", {"message": "Folder 'A' already exists"}, status=409)
    there = [listed(link(id="1", name="A", type=W, path="A")), one("1", "A", "A")]
    server(*basic_login(), listed(), taken, *there)
    with connect(options()) as api:
        assert categories.ensure(api, W, "A") == "1"
    server(*basic_login(), listed(), taken, listed())
    with connect(options()) as api, pytest.raises(HttpError) as failed:
        categories.ensure(api, W, "A")
    assert "already exists" in str(failed.value)
