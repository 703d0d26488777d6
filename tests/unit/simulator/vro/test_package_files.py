"""Packages as files: what is in one, who signed it, and what makes one unusable (contract section 13.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulator.vro import element_files
from tests.simulator.vro.file_markup import BadFile, parse, read_properties
from tests.simulator.vro.package_files import (
    META,
    PackageFile,
    PackedElement,
    Signer,
    certificate_info,
    is_valid_now,
    open_package,
    save_package,
)
from tests.tools import make_vro_files as files

NAME = "com.example.greetings"
SIGNER = Signer.of("tests.example.com")


def made(**more: bool) -> bytes:
    """The file of the package that the tests use."""
    return save_package(files.package(NAME, used_plugins=["REST#1.0.0", "VC#7.6.0"]), SIGNER, **more)


def test_the_parts_of_a_file() -> None:
    parts = element_files.open_archive(made())
    meta = read_properties(parts[META])
    assert (meta["pkg-name"], meta["pkg-description"]) == (NAME, "Greetings for everybody")
    assert meta["pkg-owner"] == meta["pkg-signer"] == "OU=Unknown,O=VMware,CN=tests.example.com"
    assert meta["used-plugins"] == "REST#1.0.0,VC#7.6.0"
    folder = f"elements/{files.identity('workflow', 'Greet')}"
    names = {name.removeprefix(f"{folder}/") for name in parts if name.startswith(folder)}
    assert names == {"info", "data", "categories", "tags", "version-history", "content-signature"}
    assert read_properties(parts[f"{folder}/info"])["type"] == "Workflow"
    assert [one.get("name") for one in parse(parts[f"{folder}/categories"]).all("category")] == list(files.FOLDER)
    for name in ("data", "categories"):
        assert parts[f"{folder}/{name}"].startswith(b"\xfe\xff")
    # Every file but the signatures themselves has one, of the length of the key.
    signed = {name.removeprefix("signatures/") for name in parts if name.startswith("signatures/")}
    assert signed == {name for name in parts if not name.startswith("signatures/")}
    assert {len(parts[f"signatures/{name}"]) for name in signed} == {256}


def test_what_is_written_is_read() -> None:
    package = open_package(made())
    assert (package.name, package.verified) == (NAME, True)
    assert package.used_plugins == [{"name": "REST", "version": "1.0.0"}, {"name": "VC", "version": "7.6.0"}]
    assert [one.type for one in package.elements] == [
        "Workflow",
        "ScriptModule",
        "ConfigurationElement",
        "ResourceElement",
    ]
    assert package.elements[0].tags == ["greetings"]
    assert package.elements[1].path == [files.MODULE]
    assert package.certificate is not None
    assert is_valid_now(package.certificate)
    info = certificate_info(package.certificate)
    assert (info["commonName"], info["publicKeyAlgorithm"]) == ("tests.example.com", "RSA")
    assert len(info["fingerprintSHA1"].split(":")) == 20


def test_tags_and_history_can_stay_away() -> None:
    parts = element_files.open_archive(made(tags=False, history=False))
    assert not [name for name in parts if name.endswith(("/tags", "/version-history"))]


def test_forms_and_whatever_else_an_element_has_are_kept() -> None:
    element = PackedElement("e1", "Workflow", b"data", ["A"], [], '{"a":1}', {"input_form_item2": b"x"})
    again = open_package(save_package(PackageFile("p", "i", "", [element]), SIGNER)).elements[0]
    assert (again.form, again.files) == ('{"a":1}', {"input_form_item2": b"x"})


def test_signatures_are_held_against_what_they_are_of() -> None:
    assert not open_package(files.corrupted(made(), "signature")).verified
    parts = element_files.open_archive(made())
    place = next(name for name in parts if name.endswith("/data") and not name.startswith("signatures"))
    assert not open_package(element_files.make_archive({**parts, place: parts[place] + b"\0 "})).verified
    # Elements without signatures may come beside, and a package may have none at all.
    more = {"elements/x/info": parts[place.replace("/data", "/info")], "elements/x/data": b"x"}
    assert open_package(element_files.make_archive({**parts, **more})).verified
    bare = {name: one for name, one in parts.items() if not name.startswith(("signatures/", "certificates/"))}
    assert open_package(element_files.make_archive(bare)).verified
    unknown = {name: one for name, one in parts.items() if not name.startswith("certificates/")}
    assert not open_package(element_files.make_archive(unknown)).verified


@pytest.mark.parametrize("how", ["archive", "meta"])
def test_broken_files(how: str) -> None:
    with pytest.raises(BadFile):
        open_package(files.corrupted(made(), how))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({META: b"<properties><entry key='pkg-id'>x</entry></properties>"}, "no pkg-name"),
        ({META: b"<nothing/>"}, "where properties belong"),
        ({"elements/x/data": b"x"}, "element x has no info"),
        ({"certificates/a.cer": b"x"}, "is no certificate"),
    ],
)
def test_bad_parts(change: dict[str, bytes], words: str) -> None:
    parts = {
        name: one
        for name, one in element_files.open_archive(made()).items()
        if not name.startswith(("certificates", "signatures"))
    }
    with pytest.raises(BadFile, match=words):
        open_package(element_files.make_archive({**parts, **change}))


def test_no_two_exports_are_equal_byte_by_byte_or_need_to_be() -> None:
    def told(content: bytes) -> list[tuple[str, str, list[str]]]:
        # Resources are archives in the archive, and each has times in it.
        return [(one.id, one.type, one.path) for one in open_package(content).elements]

    assert told(made()) == told(made())


def test_the_maker_writes_each_kind(tmp_path: Path) -> None:
    for name in ("a.workflow", "a.action", "a.vsoconf", "com.example.a.package"):
        assert files.main([str(tmp_path / "made" / name)]) == 0
    assert element_files.open_workflow((tmp_path / "made/a.workflow").read_bytes(), "").name == "Greet"
    assert element_files.open_action((tmp_path / "made/a.action").read_bytes(), "").name == "shout"
    assert element_files.read_configuration((tmp_path / "made/a.vsoconf").read_bytes(), "").name == "Greetings"
    assert open_package((tmp_path / "made/com.example.a.package").read_bytes()).name == "com.example.a"
    with pytest.raises(ValueError, match="ending"):
        files.make(tmp_path / "a.zip")
    with pytest.raises(ValueError, match="no signatures"):
        files.make(tmp_path / "b.workflow", corrupt="signature")
