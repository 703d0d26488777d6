"""Where a workflow is, as each release tells it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import categories, workflows
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.categories import Category

HOST = "https://inner.example.test:8281/vco/api"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the categories that are read; each is at `at/<id>`."""
    asked: list[str] = []

    def one(_api: Any, identifier: str) -> Category:
        asked.append(identifier)
        return Category(identifier, identifier, categories.WORKFLOW, f"at/{identifier}", "")

    monkeypatch.setattr(categories, "read", one)
    return asked


def up(href: str) -> dict[str, Any]:
    return {"id": "w-1", "relations": {"link": [{"rel": "remove", "href": "x"}, {"rel": "up", "href": href}]}}


def test_newer_releases_name_the_category(read: list[str]) -> None:
    assert workflows.place(None, {"id": "w-1", "category-id": "c-1"}) == "at/c-1"  # type: ignore[arg-type]
    assert read == ["c-1"]


def test_older_ones_lead_up_to_it(read: list[str]) -> None:
    assert workflows.place(None, up(f"{HOST}/categories/c-2/")) == "at/c-2"  # type: ignore[arg-type]
    assert read == ["c-2"]


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("folder%2540x/sub/", "folder@x/sub"),
        ("My%2BFolder/a%252Bb/", "My Folder/a+b"),
        ("Gr%25C3%25B6%25C3%259Fe", "Größe"),
    ],
)
def test_a_path_of_the_inventory_is_encoded_twice(read: list[str], href: str, path: str) -> None:
    document = up(f"{HOST}/inventory/System/Workflows/{href}")
    assert workflows.place(None, document) == path  # type: ignore[arg-type]
    assert read == []


def test_else_every_category_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [
        Category("c-1", "a", categories.WORKFLOW, "a", "", elements=({"id": "w-2"},)),
        Category("c-2", "b", categories.WORKFLOW, "a/b", "", elements=({"id": "w-1"},)),
    ]
    monkeypatch.setattr(categories, "walk", lambda _api, _kind: held)
    assert workflows.place(None, {"id": "w-1"}) == "a/b"  # type: ignore[arg-type]
