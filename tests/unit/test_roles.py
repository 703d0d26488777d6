"""What holds for every role: yes and no given on the command line mean yes and no.

`-e vcav_site_gate=false` sets a word, and in an expression a word that is not empty is true. A module's option makes a
boolean of it, so the variable alone is fine there; in an expression it needs the filter `bool`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = sorted((Path(__file__).resolve().parents[2] / "roles").iterdir())


def booleans(role: Path) -> set[str]:
    """The options of a role that are yes or no, of all of its entry points."""
    document = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = [option for entry in document["argument_specs"].values() for option in entry.get("options", {}).items()]
    return {name for name, about in options if about.get("type") == "bool"}


def expressions(value: Any, key: str = "") -> list[str]:
    """The conditions and templates in a piece of YAML, without those that only pass a variable on."""
    if isinstance(value, dict):
        return [text for name, child in value.items() for text in expressions(child, str(name))]
    if isinstance(value, list):
        return [text for child in value for text in expressions(child, key)]
    if not isinstance(value, str):
        return []
    found = [value] if key in ("when", "that", "until", "changed_when", "failed_when") else re.findall(
        r"\{[{%](.*?)[}%]\}", value, flags=re.DOTALL
    )  # fmt: skip
    return [text for text in found if not re.fullmatch(r"\s*\w+(\s*\|\s*default\([^)]*\))*\s*", text) or key == "when"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role.name))
def test_a_boolean_in_an_expression_is_made_one(role: Path) -> None:
    wrong, names = [], booleans(role)
    for file in [*role.glob("tasks/*.yml"), *role.glob("vars/*.yml")]:
        for text in expressions(yaml.safe_load(file.read_text(encoding="utf-8"))):
            for name in names:
                # Whether it is set, and handing it on, are no questions for yes or no.
                if re.search(rf"\b{name}\b(?!\s*(\|\s*(bool|default)|is\s+(not\s+)?defined))", text):
                    wrong.append(f"{file.parent.name}/{file.name}: {name} in {text.strip()}")
    assert not wrong, "Write `| bool` after it:\n" + "\n".join(wrong)
