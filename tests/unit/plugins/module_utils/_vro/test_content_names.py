"""Names as files and back, names that differ in case only, and YAML that is the same each time."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import content_names
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.content_names import (
    distinct,
    dump,
    file_name,
    load,
    name_of,
)

NAMES = {
    "Größe": "Größe",
    "a/b": "a%2Fb",
    "100%": "100%25",
    "%41": "%2541",
    ".hidden": "%2Ehidden",
    "~backup": "%7Ebackup",
    "end.": "end%2E",
    "end ": "end%20",
    "CON": "%43ON",
    "lpt1.txt": "%6Cpt1.txt",
    "console": "console",
    'q"u?e*s:t<i>o|n\\': "q%22u%3Fe%2As%3At%3Ci%3Eo%7Cn%5C",
    "e\u0301": "e%CC%81",
    "line\nfeed": "line%0Afeed",
}


@pytest.mark.parametrize(("name", "file"), NAMES.items())
def test_every_name_is_a_file_and_every_file_the_same_name_again(name: str, file: str) -> None:
    assert file_name(name) == file
    assert name_of(file, "it") == name


def test_a_system_that_takes_accents_apart_changes_no_name() -> None:
    assert name_of("Gro\u0308ße", "it") == "Größe"


@pytest.mark.parametrize("file", ["100%", "%4", "%zz", "%FF", "a\udcff"])
def test_what_is_no_encoding_is_refused(file: str) -> None:
    with pytest.raises(InputError, match="^'?it'?: "):
        name_of(file, "it")


def test_names_that_differ_in_case_only_are_files_that_do_not() -> None:
    found = distinct(["foo", "Foo", "FOO", "bar"])
    assert found == {"FOO": "FOO", "Foo": "%46oo", "bar": "bar", "foo": "%66oo"}
    assert {name_of(file, "it") for file in found.values()} == set(found)


DOCUMENT: dict[str, Any] = {
    "description": "", "yes": "yes", "number": "1.0", "day": "2026-09-11", "lines": "a\n  b\nc", "end": "a\n",
    "trailing": "a \nb", "first": " a\nb", "return": "a\r\nb", "umlaut": "Größe", "colon": "a: b # c", "tab": "\ta",
    "list": [{"name": "a", "value": [1, 2.5, True, None]}], "empty": [], "none": {}, "long": "word " * 60 + "end",
}  # fmt: skip


def test_a_document_comes_back_and_is_the_same_bytes_each_time() -> None:
    made = dump(DOCUMENT)
    assert load("it", made) == DOCUMENT == yaml.safe_load(made)
    assert dump(load("it", made)) == made
    text = made.decode()
    assert "lines: |-\n  a\n    b\n  c\n" in text and "umlaut: Größe" in text and "list:\n  - name: a\n" in text
    assert max(map(len, text.splitlines())) > 300  # a text is never broken, so that git shows it as one


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [", "is no YAML"),
        (b"\xff", "is no YAML"),
        (b"a: 1\na: 2\n", "'a' twice"),
        (b"l:\n  - {b: 1, b: 2}\n", "'b' twice"),
        (b"a: !!python/object/apply:os.system [id]\n", "is no YAML"),
    ],
)
def test_yaml_that_cannot_be_read_is_told_with_its_file(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match="^it is no YAML") as told:
        load("it", content)
    assert message in str(told.value)


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_names, "_MISSING", "ModuleNotFoundError: No module named 'yaml'")
    with pytest.raises(content_names.MissingYaml) as told:
        dump({})
    assert told.value.library == "PyYAML"
