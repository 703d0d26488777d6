"""Arrays and composites in the two spellings of files: equal where they say the same."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import spellings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#{#string#a#;#string#b c#}#", "[8:string#a,10:string#b c]"),
        ("#{#number#1.0#}#", "[10:number#1.0]"),
        ("#{}#", "[]"),
        ("#[#key#=#string#a#+#n#=#number#1.0#]#", "{3:8:key=string#a,1:10:n=number#1.0}"),
        ("#[#n#=#number#1.0#+#key#=#string#a#]#", "{3:8:key=string#a,1:10:n=number#1.0}"),
        ("#[]#", "{}"),
    ],
)
def test_both_spellings_say_the_same(old: str, new: str) -> None:
    assert spellings.common(old) == spellings.common(new)


@pytest.mark.parametrize(
    "text",
    ["", "a", "#", "{", "[1", "[x:string#a]", "[99:string#a]x", "{3:8:ke=string#a}", "#{a}#", "#{##{#string#a#}##}#",
     '{"json": [1, 2]}', "[5:plain]"],
)  # fmt: skip
def test_what_is_neither_stays_as_it_is(text: str) -> None:
    assert spellings.common(text) == text


def test_nested_arrays_are_told_by_their_lengths() -> None:
    one = "[25:Array/string#[8:string#a]]"
    assert spellings.common(one) == '[["Array/string", [["string", "a"]]]]'
    assert spellings.common(one) != spellings.common(one.replace("#a]", "#b]"))
