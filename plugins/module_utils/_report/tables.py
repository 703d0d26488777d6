# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as tables for a spreadsheet or a billing system (RFC 4180). Pure: a document in, texts out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def tables(report: Mapping[str, Any]) -> dict[str, str]:
    """{"vms", "organizations", "traffic"}: the tables as CSV; traffic has a row for each organization and day."""
    days = report["traffic"]["days"]
    traffic = [
        {"organization": name, "day": day, "bytes": amount}
        for name, amounts in report["traffic"]["bytes"].items()
        for day, amount in zip(days, amounts, strict=True)
    ]
    return {
        "vms": to_csv(report["vms"], ("organization", "vdc", "storage_policy", "vapp", "vm")),
        "organizations": to_csv(report["organizations"], ("organization", "site")),
        "traffic": to_csv(traffic, ("organization", "day", "bytes")),
    }


def to_csv(rows: Sequence[Mapping[str, Any]], first: Iterable[str]) -> str:
    """Rows of equal keys as CSV; `first` are the columns that come first, and all there are when there is no row."""
    names = list(dict.fromkeys([*first, *(rows[0] if rows else ())]))
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    """A value for a cell: what a spreadsheet would take for a formula stays text, as tenants choose names of VMs."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
