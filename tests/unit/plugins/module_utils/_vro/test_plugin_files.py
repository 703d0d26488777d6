"""Files of plug-ins: what they say of themselves, damaged and hostile ones, and versions as numbers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import plugin_files
from tests.tools.make_vro_plugin import dar, make


def packed(path: Path, files: dict[str, bytes]) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(stream.getvalue())
    return path


def test_a_vmoapp_tells_its_plugins_and_its_agreement(tmp_path: Path) -> None:
    path = make(tmp_path / "both.vmoapp", {"Redis": ("1.0.0", "4711"), "Other": ("2.1", "")})
    package = plugin_files.read(str(path))
    assert sorted(package.plugins) == ["Other", "Redis"] and package.format == "vmoapp"
    redis, other = package.plugins["Redis"], package.plugins["Other"]
    assert (redis.version, redis.build, other.version, other.build) == ("1.0.0", "4711", "2.1", None)
    assert package.agreement == "You may use this for tests."


def test_a_dar_is_one_plugin_without_an_agreement(tmp_path: Path) -> None:
    package = plugin_files.read(str(make(tmp_path / "redis.dar", {"Redis": ("1.0.0", "1")})))
    assert (list(package.plugins), package.format, package.agreement) == (["Redis"], "dar", "")


def test_a_description_may_have_elements_instead_of_attributes_and_a_namespace(tmp_path: Path) -> None:
    text = b'<m xmlns="urn:x"><name>Redis</name><version>1.2</version><build>3</build></m>'
    package = plugin_files.read(str(packed(tmp_path / "x.dar", {"VSO-INF/vso.xml": text})))
    assert package.plugins["Redis"] == plugin_files.Described("Redis", "1.2", "3", "Redis")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"<m name='x'/>", "does not tell name and version"),
        (b"<m", "is no XML"),
        (b"<!DOCTYPE m [<!ENTITY a 'b'>]><m name='x' version='&a;'/>", "declares entities"),
    ],
)
def test_a_description_that_is_none_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        plugin_files.read(str(packed(tmp_path / "x.dar", {"VSO-INF/vso.xml": text})))


def test_what_holds_no_plugin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither VSO-INF/vso.xml nor a .dar file"):
        plugin_files.read(str(packed(tmp_path / "x.vmoapp", {"readme": b"x"})))
    with pytest.raises(InputError, match="no ZIP"):
        plugin_files.read(str(packed(tmp_path / "x.vmoapp", {"a.dar": b"no zip"})))
    outside = packed(tmp_path / "x.vmoapp", {"../evil.dar": dar("x", "1")})
    with pytest.raises(InputError, match="points outside"):
        plugin_files.read(str(outside))
    path = make(tmp_path / "redis.dar", {"Redis": ("1.0.0", "1")})
    with pytest.raises(InputError, match="has to end with .vmoapp or .dar"):
        plugin_files.read(str(path.rename(tmp_path / "redis.zip")))


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        (("1.10", None), ("1.9", None), 1),
        (("1.0", "5"), ("1.0.0", "5"), 0),
        (("1.0.1-SNAPSHOT", None), ("1.0.1", None), 0),
        (("1.0", "100"), ("1.0", "99"), 1),
        (("1.0", "100"), ("1.0", None), 0),
        (("1.0", "100"), ("1.1", "1"), -1),
    ],
)
def test_versions_are_compared_as_numbers(
    one: tuple[str, str | None], other: tuple[str, str | None], order: int
) -> None:
    assert plugin_files.compare(*one, *other) == order == -plugin_files.compare(*other, *one)
