"""Files of content: read as servers write them, compared without layout, refused where they are something else."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import (
    archives,
    artifacts,
    markup,
    workflow_files,
)
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.artifacts import Package
from tests.unit.plugins.module_utils._vro import package_files
from tests.unit.plugins.module_utils._vro.making import EXPORTED, GREETING, exported, read, workflow


def test_a_workflow_is_read_from_the_zip_of_a_server() -> None:
    found = read(exported())
    assert (found.kind, found.id, found.name, found.version) == ("workflow", GREETING, "Greet", "1.2.0")
    assert found.description == "Says\nhello"
    assert workflow_files.parameters(found) == [{"name": "who", "type": "string", "description": "Whom to greet"}]
    assert workflow_files.parameters(found, "output") == [{"name": "said", "type": "string", "description": ""}]
    assert artifacts.pack(found) == exported()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xml_is_read_in_every_coding_whatever_its_declaration_says(coding: str) -> None:
    assert read(EXPORTED.encode(coding)).content == read(exported()).content


def test_xml_for_git_is_the_same_text_again_and_packs_to_the_same_content() -> None:
    found = read(exported())
    text = artifacts.readable(found)
    again = read(text.encode())
    assert artifacts.readable(again) == text
    assert again.content == found.content and again.mark == found.mark
    packed = artifacts.pack(again)
    assert packed == artifacts.pack(read(text.encode()))
    assert read(packed).content == found.content
    files = archives.unpack(packed)
    assert files["workflow-content"].startswith(b"\xfe\xff")
    assert b"type=workflow" in files["workflow-info"]


def test_xml_for_git_keeps_scripts_as_they_are_and_loses_what_is_volatile_or_secret() -> None:
    text = artifacts.readable(read(exported()))
    assert 'if (who < "a" && who) {\n    said = "hello " + who; // ]]]]><![CDATA[> ü\n}' in text
    assert "7F8E9D" not in text
    assert "allowed-operations" not in text
    assert 'object-name="workflow:name=generic"' in text
    assert text.count('<position x="100.0" y="50.0"/>') == 1


@pytest.mark.parametrize(
    ("what", "by"),
    [
        ('<position y="50.0" x="100.0"></position>', '<position x="7.0" y="8.0"/>'),
        ('allowed-operations="vef" ', ""),
        ('object-name="Workflow:name=generic"', 'object-name="workflow:name=generic" editor-version="2.0"'),
        (' restartMode="1" resumeFromFailedMode="0"', ""),
        ('version="1.2.0"', 'version="3.0.0"'),
        ('name="item0" type="end" end-mode="0"', 'type="end" name="item0"'),
        ("7F8E9D", "0000"),
        ("  <output>", "\n\n<output>"),
    ],
)
def test_what_servers_write_by_themselves_is_no_other_content(what: str, by: str) -> None:
    assert what in EXPORTED
    assert read(EXPORTED.replace(what, by).encode()).content == read(exported()).content


def test_the_order_of_items_is_no_content_and_that_of_inputs_is() -> None:
    head, end, task = EXPORTED.partition('  <workflow-item name="item0"')[0], "", ""
    end, _item, rest = EXPORTED.removeprefix(head).partition('  <workflow-item name="item1"')
    task, _mark, tail = ('  <workflow-item name="item1"' + rest).partition("  <presentation>")
    assert read((head + task + end + "  <presentation>" + tail).encode()).content == read(exported()).content
    two = [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]
    assert workflow(inputs=two).content != workflow(inputs=two[::-1]).content


@pytest.mark.parametrize(
    ("what", "by"),
    [
        ("hello ", "bye "),
        ("Greet]]", "Great]]"),
        ('type="string">', 'type="Array/string">'),
        ("out-name", "catch-name"),
        ("Says\nhello", "Says  hello"),
    ],
)
def test_what_a_workflow_says_and_does_is_content(what: str, by: str) -> None:
    assert what in EXPORTED
    assert read(EXPORTED.replace(what, by).encode()).content != read(exported()).content


def test_a_carriage_return_of_a_script_outlives_the_way_through_xml() -> None:
    script = "a = 1;\r\nb = ']]>';\n"
    found = read(artifacts.pack(workflow(script=script)))
    assert next(node.text for node in found.document.walk() if node.name == "script") == script  # type: ignore[union-attr]


def test_a_built_workflow_is_one_that_every_editor_opens() -> None:
    built = workflow()
    text = artifacts.readable(built)
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<workflow xmlns=")
    document = markup.parse(text)
    items = list(document.named("workflow-item"))
    places = [tuple(each.child("position").attributes.items()) for each in [document, *items]]  # type: ignore[union-attr]
    assert len(set(places)) == 3
    assert all(each.said("description") for each in items if each.attributes["type"] == "task")
    assert all(not each.children for part in document.named("input") for each in part.named("param"))
    assert [each.attributes["type"] for each in items] == ["end", "task"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"inputs": [{"name": "a-b", "type": "string"}]}, "inputs has the name 'a-b'"),
        ({"outputs": [{"name": "a"}]}, "outputs has a without a type"),
        ({"inputs": [{"name": "a", "type": "string"}] * 2}, "inputs has a twice"),
        ({"outputs": [{"name": "who", "type": "string"}]}, "who is both an input and an output"),
        ({"script": "one;\ntwo\x00;"}, "script has the character '\\x00' in line 2"),
    ],
)
def test_what_no_workflow_can_be_built_of_is_refused(more: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as refused:
        workflow(**more)
    assert told in str(refused.value)


def test_an_action_is_built_and_read() -> None:
    built = workflow_files.action_file(
        "greet", "return 'hello ' + who;\n", output_type="string", description="Greets", version="2.1.0",
        inputs=[{"name": "who", "type": "string", "description": "Whom"}],
    )  # fmt: skip
    found = read(artifacts.pack(built))
    assert (found.kind, found.name, found.version, found.description) == ("action", "greet", "2.1.0", "Greets")
    assert found.id == built.id and found.place is None
    assert workflow_files.parameters(found) == [{"name": "who", "type": "string", "description": "Whom"}]
    assert found.content == built.content
    assert artifacts.file_name(replace(found, name="a/b ü.c")) == "a_b_ü.c.action"
    with pytest.raises(InputError, match="name is 'a b'"):
        workflow_files.action_file("a b", "")


def test_a_package_tells_its_elements_with_their_places() -> None:
    held = [
        replace(workflow(), place="Library/Greetings"),
        replace(workflow_files.action_file("greet", "return 1;"), place="com.example.greetings"),
        package_files.resource("r-1", "logo.png", "Web/Pictures", b"\x89PNG", "image/png", "1.0.3"),
    ]
    built = package_files.package_file(
        "com.example.greetings",
        held,
        description="All & more",
        server_version="8.18.1.24",
        used_plugins={"REST": "1.2"},
    )
    found = artifacts.read("file", built.packed)
    assert isinstance(found, Package)
    assert (found.name, found.description, found.server_version) == ("com.example.greetings", "All & more", "8.18.1.24")
    assert found.used_plugins == {"REST": "1.2"}
    assert [(each.kind, each.place, each.version) for each in found.elements] == [
        ("workflow", "Library/Greetings", "1.0.0"),
        ("action", "com.example.greetings", "1.0.0"),
        ("resource_element", "Web/Pictures", "1.0.3"),
    ]
    assert found.elements[0].content == workflow().content
    assert (found.elements[2].data, found.elements[2].mime_type) == (b"\x89PNG", "image/png")
    assert (
        built.packed
        == package_files.package_file(
            "com.example.greetings",
            held,
            description="All & more",
            server_version="8.18.1.24",
            used_plugins={"REST": "1.2"},
        ).packed
    )


def test_what_else_a_package_holds_is_kept_by_its_type() -> None:
    unknown = artifacts.Artifact("ActionEnvironment", "e-1", "python", place="", data=b'{"name":"python"}')
    found = package_files.package_file("com.example", [unknown])
    assert [(each.kind, each.id, each.version) for each in found.elements] == [("ActionEnvironment", "e-1", "0.0.0")]


BOMB = '<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><workflow id="1">&b;</workflow>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is no ZIP, and it is no XML: no element found"),
        (b"hello", "it is no XML: syntax error in line 1"),
        (b"\xfe\xff\x00", "it is no text in UTF-8 or UTF-16"),
        (b"<html/>", "its outermost element is 'html'"),
        (b"<workflow/>", "its workflow has no id"),
        (b"<workflow id='../x'><display-name>x</display-name></workflow>", "its id is '../x'"),
        (b"<workflow id='x'/>", "its workflow has no name"),
        (BOMB.encode(), "it declares entities"),
        (b"<a>" * 300, "nested deeper than 200"),
        (b"<dunes-script-module id='1' name='x'><script encoded='true'>abc</script></dunes-script-module>", "encoded"),
        (archives.pack({"a.txt": b"", "b.txt": b""}), "it is a ZIP with a.txt, b.txt"),
        (archives.pack({"workflow-content": b"<x/>"}), "its workflow-content begins with 'x'"),
        (archives.pack({"workflow-content": b"<x"}), "its workflow-content cannot be read: it is no XML"),
        (archives.pack({"../workflow-content": b"<x/>"}), "points outside of it"),
        (archives.pack({"C:\\x": b"<x/>"}), "points outside of it"),
        (archives.pack({"dunes-meta-inf": b"<properties/>"}), "its dunes-meta-inf has no pkg-name"),
        (exported()[:-30], "it is no ZIP that can be read"),
        (exported().replace(b"\x00", b"\x01", 40), "it is no ZIP that can be read"),
    ],
)
def test_what_is_no_file_of_content_is_refused_with_the_reason(content: bytes, told: str) -> None:
    with pytest.raises(InputError) as refused:
        artifacts.read("path is 'x.workflow'", content)
    assert str(refused.value).startswith("path is 'x.workflow': ")
    assert told in str(refused.value)


def test_a_zip_that_unpacks_to_more_than_it_should_is_not_unpacked() -> None:
    bomb = archives.pack({"workflow-content": b"\0" * 3_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(ValueError, match="unpacks to more than 1 MB"):
        archives.unpack(bomb, 1024 * 1024)


def test_a_zip_that_holds_a_name_twice_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("workflow-content", "<a/>")
        archive.writestr("workflow-content", "<b/>")
    with pytest.raises(InputError, match="two files named 'workflow-content'"):
        artifacts.read("file", target.getvalue())


def package_of(**files: bytes) -> bytes:
    meta = b'<properties><entry key="pkg-name">p</entry></properties>'
    told = b'<properties><entry key="id">1</entry><entry key="type">Workflow</entry></properties>'
    return archives.pack({"dunes-meta-inf": meta, "elements/1/info": told, **files})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (package_of(), "its elements/1/ has no data"),
        (package_of(**{"elements/1/data": b"<x"}), "its elements/1/data cannot be read"),
        (
            package_of(**{"elements/1/data": b"<workflow id='2'><display-name>x</display-name></workflow>"}),
            "its elements/1/info says id 1, its data 2",
        ),
    ],
)
def test_a_package_whose_elements_do_not_hold_together_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(InputError) as refused:
        artifacts.read("file", content)
    assert told in str(refused.value)


def test_a_file_that_is_not_there_is_told_with_the_option(tmp_path: object) -> None:
    with pytest.raises(InputError, match=r"path is '/nowhere/x\.workflow', which cannot be read"):
        artifacts.load("path", "/nowhere/x.workflow")


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("1.0.0", "1.0.0", 0), ("1.0", "1.0.0", 0), ("", "0.0.0", 0), (None, "0.0.1", -1), ("1.10.0", "1.9.9", 1),
     ("2", "10", -1), ("1.0.0-SNAPSHOT", "1.0.0", 0)],
)  # fmt: skip
def test_versions_are_compared_as_numbers(one: str | None, other: str | None, found: int) -> None:
    assert artifacts.compare_versions(one, other) == found


def test_resources_of_a_package_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [package_files.resource(f"r-{n}", f"{n}.bin", "Web", b"\0" * 600_000, "text/plain") for n in range(3)]
    packed = package_files.package_file("com.example", held).packed
    monkeypatch.setattr(archives, "LARGEST", 1024 * 1024)
    with pytest.raises(InputError, match=r"its elements/r-1/data cannot be read: it unpacks to more than"):
        artifacts.read("file", packed)
