# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report: which there are, and what is in each. Pure but for the clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._moments import now, written
from .page import to_html
from .tables import tables

FORMATS = ("html", "csv", "json")


def render(
    report: Mapping[str, Any], formats: Iterable[str], *, title: str, missing: Iterable[str] = ()
) -> dict[str, str]:
    """{file name: content} for a merged report (see merge.py)."""
    generated = written(now())
    missing = list(missing)
    files: dict[str, str] = {}
    for kind in FORMATS:
        if kind not in formats:
            continue
        if kind == "html":
            files["report.html"] = to_html(report, title=title, generated=generated, missing=missing)
        elif kind == "csv":
            files.update({f"{name}.csv": text for name, text in tables(report).items()})
        else:
            document = {"title": title, "generated": generated, "missing": missing, **report}
            files["report.json"] = json.dumps(document, separators=(",", ":")) + "\n"
    return files
