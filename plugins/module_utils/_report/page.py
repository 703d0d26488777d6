# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report page: one HTML file with totals, data per day, organizations and VMs. Pure: a report in, text out.

Totals and organizations are plain HTML, readable without JavaScript. The VMs are JSON inside the page; the script draws
a hundred of them at a time, so ten thousand cost what a hundred cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from .._page import document, escape
from .._vcav.report import CLOUD_TO_CLOUD, CLOUD_TO_ONPREM, ONPREM_TO_CLOUD
from .assets import SCRIPT, STYLE

# Columns of the VMs in the page's data, in this order; the script knows them by these names.
COLUMNS = (
    "organization", "vdc", "storage_policy", "vapp", "vm", "source_site", "destination_site", "direction", "migration",
    "rpo_minutes", "rpo_violation_minutes", "paused", "quiesced", "recovery_state", "last_instance",
    "last_transfer_bytes", "last_transfer_seconds", "data_connection", "health", "instances",
    "average_transfer_bytes_per_day", "space_required_bytes",
)  # fmt: skip
ALL = ("", False)
# (direction, whether it is a migration): the column of the summary.
WAYS = {
    (way, migration): f"{way[0].upper()}{way[1:]}, {'migrated' if migration else 'protected'}"
    for way in (CLOUD_TO_CLOUD, ONPREM_TO_CLOUD, CLOUD_TO_ONPREM)
    for migration in (False, True)
}
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def size(value: float | None) -> str:
    """Bytes for people: binary factors and one decimal, as the product's own reports have them."""
    if value is None:
        return ""
    for unit in UNITS:
        if value < 1024 or unit == UNITS[-1]:
            break
        value /= 1024
    return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"


def to_html(report: Mapping[str, Any], *, title: str, generated: str, missing: Iterable[str] = ()) -> str:
    """The whole page. `missing` are sites that should be in it and are not; `generated` is a UTC moment."""
    missing = list(missing)
    vms = report["vms"]
    mood, sign, headline = _verdict(report, missing)
    return document(
        title=f"{headline} - {title}",
        maker="vcpp.vcloud.vcav_report_page",
        style=STYLE,
        script=SCRIPT,
        body=f"""<a class="skip" href="#vms">Skip to the VMs</a>
<header class="top {mood}"><div class="wide">
<div class="bar"><p class="what">{escape(title)}</p></div>
<div class="verdict"><span class="mark" aria-hidden="true">{sign}</span>
<div><h1>{escape(headline)}</h1><p>{escape(_sentence(report))}</p></div></div>
<p class="when"><span>made {escape(_moment(generated))}</span>{_sites(report)}</p>
</div></header>
<main>
{_notes(report, missing)}
{_tiles(report)}
{_chart(report)}
{_organizations(report)}
{_vms(vms)}
</main>
<footer class="wide"><p>Made by vcpp.vcloud.vcav_report_page. Sizes are binary: 1 KiB is 1,024 bytes. Data per day of a
VM is the mean of its instances times how many its recovery point objective makes a day; on its first day that is too
much, because its first instance is the whole disk.</p></footer>""",
        data=_data(report),
    )


def _moment(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"


def _violations(vms: Iterable[Mapping[str, Any]]) -> int:
    return sum(vm["rpo_violation_minutes"] > 0 for vm in vms)


def _verdict(report: Mapping[str, Any], missing: list[str]) -> tuple[str, str, str]:
    """Mood (good, drift, bad), its sign, the headline."""
    vms = report["vms"]
    late, red = _violations(vms), sum(vm["health"] == "RED" for vm in vms)
    if red:
        return "bad", "!", f"{red:,} of {len(vms):,} VMs {'is' if red == 1 else 'are'} not healthy"
    if late:
        return "drift", "\u2260", f"{late:,} of {len(vms):,} VMs {'misses' if late == 1 else 'miss'} the objective"
    if missing:
        return "bad", "!", f"{len(missing)} of {len(missing) + len(report['sites'])} sites did not answer"
    if not vms:
        return "empty", "?", "Nothing is replicated"
    return "good", "\u2713", f"All {len(vms):,} VMs are healthy and within their objective" if len(vms) > 1 else (
        "The one VM is healthy and within its objective"
    )  # fmt: skip


def _sentence(report: Mapping[str, Any]) -> str:
    vms = report["vms"]
    used = len({vm["organization"] for vm in vms})
    moved = sum(vm["migration"] for vm in vms)
    return (
        f"{len(vms) - moved:,} protected and {moved:,} being migrated, of {used:,} organization{'s' * (used != 1)} in "
        f"{len(report['sites'])} site{'s' * (len(report['sites']) != 1)}."
    )


def _sites(report: Mapping[str, Any]) -> str:
    return "".join(
        f"<span>{escape(site['site'])}: {site['vms']:,} VMs, read {escape(_moment(site['generated']))}</span>"
        for site in report["sites"]
    )


def _notes(report: Mapping[str, Any], missing: list[str]) -> str:
    texts = [f"{name} did not answer: its VMs are not in this report." for name in missing] + report["warnings"]
    if not texts:
        return ""
    rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<section class="wide" aria-label="To be known"><ul class="card remarks">{rows}</ul></section>'


def _tiles(report: Mapping[str, Any]) -> str:
    vms, traffic = report["vms"], report["traffic"]
    late, red = _violations(vms), sum(vm["health"] == "RED" for vm in vms)
    paused = sum(vm["paused"] for vm in vms)
    moved = sum(map(sum, traffic["bytes"].values()))
    tiles = [
        ("", "VMs", f"{len(vms):,}", f"{sum(vm['migration'] for vm in vms):,} being migrated, {paused:,} paused"),
        ("warn" if late else "", "Objective missed", f"{late:,}", "recovery point objective"),
        ("bad" if red else "", "Not healthy", f"{red:,}", "an error, or no connection"),
        ("", "Space required", size(sum(vm["space_required_bytes"] or 0 for vm in vms)), "at the destinations"),
        (
            "",
            "Data per day",
            size(sum(vm["average_transfer_bytes_per_day"] or 0 for vm in vms)),
            "mean of instances",
        ),
    ]
    if traffic["days"]:
        tiles.append(("", "Transferred", size(moved), f"in {len(traffic['days'])} days"))
    cells = "".join(
        f'<div class="tile {mood}"><dt>{name}</dt><dd><b>{value}</b><small>{small}</small></dd></div>'
        for mood, name, value, small in tiles
    )
    return f'<section class="wide" aria-label="Totals"><dl class="tiles">{cells}</dl></section>'


def _chart(report: Mapping[str, Any]) -> str:
    days = report["traffic"]["days"]
    if not days:
        return ""
    without = report["without_traffic"]
    note = f" Without {', '.join(without)}, whose release keeps no history." if without else ""
    return f"""<section class="wide" aria-labelledby="chart-title"><div class="card chart">
<h2 id="chart-title">Data per day</h2><p id="chart-note">{escape(days[0])} to {escape(days[-1])}.{escape(note)}</p>
<noscript><p>The chart needs JavaScript. The figures are in the table of traffic.</p></noscript>
<div id="chart"></div></div></section>"""


def _organizations(report: Mapping[str, Any]) -> str:
    """Per organization what it replicates, at either end, and what it takes at the destination.

    Those without a replication are only counted.
    """
    used: dict[str, dict[str, Any]] = {}
    for vm in report["vms"]:
        for name in {vm["organization"], vm["source_organization"]} - {None}:
            row = used.setdefault(name, _nothing())
            for key in (ALL, (vm["direction"], vm["migration"])):
                row["vms"][key] += 1
                row["vapps"][key].add(vm["vapp_replication"])
            if name == vm["organization"]:
                row["late"] += vm["rpo_violation_minutes"] > 0
                row["space"] += vm["space_required_bytes"] or 0
                row["day"] += vm["average_transfer_bytes_per_day"] or 0
    moved = {name: sum(amounts) for name, amounts in report["traffic"]["bytes"].items()}
    history = bool(report["traffic"]["days"])
    idle = len({row["organization"] for row in report["organizations"]} - used.keys())
    rest = f"<p>{idle:,} organization{'s' * (idle != 1)} without a replication.</p>" if idle else ""
    if not used:
        return f'<section class="wide" aria-label="Organizations"><div class="card remarks">{rest}</div></section>'
    columns = ["vApps", "VMs", *WAYS.values(), "Objective missed", "Space required", "Data per day"]
    columns += ["Transferred"] if history else []
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button" class="link">{name}</button></th>'
        for name in ["Organization", *columns]
    )
    rows = []
    for name, row in sorted(used.items()):
        cells = [(len(row["vapps"][ALL]), f"{len(row['vapps'][ALL]):,}"), (row["vms"][ALL], f"{row['vms'][ALL]:,}")]
        cells += [(row["vms"][way], _both(row, way)) for way in WAYS]
        cells += [(row["late"], f"{row['late']:,}"), (row["space"], size(row["space"])), (row["day"], size(row["day"]))]
        cells += [(moved.get(name, 0), size(moved.get(name, 0)))] if history else []
        texts = "".join(f'<td data-value="{value}">{text}</td>' for value, text in cells)
        rows.append(
            f'<tr><th scope="row" data-value="{escape(name)}"><button type="button" class="link" '
            f'data-organization="{escape(name)}">{escape(name)}</button></th>{texts}</tr>'
        )
    return f"""<section class="wide" aria-labelledby="organizations-title">
<h2 id="organizations-title">Organizations</h2><p>Of each direction: vApps / VMs.</p>{rest}
<div class="card scroll tall"><table class="rows" id="organizations"><thead><tr>{heads}</tr></thead>
<tbody>{"".join(rows)}</tbody></table></div></section>"""


def _nothing() -> dict[str, Any]:
    return {"late": 0, "space": 0, "day": 0, "vms": defaultdict(int), "vapps": defaultdict(set)}


def _both(row: Mapping[str, Any], way: tuple[str, bool]) -> str:
    number = row["vms"].get(way, 0)
    return f"{len(row['vapps'][way]):,} / {number:,}" if number else ""


def _vms(vms: list[Mapping[str, Any]]) -> str:
    if not vms:
        return ""
    return """<section id="vms" class="wide" aria-labelledby="vms-title" tabindex="-1">
<h2 id="vms-title">VMs</h2>
<noscript><p class="card remarks">The list of VMs needs JavaScript. The tables hold the same VMs.</p></noscript>
<form id="filters" class="filters" role="search" hidden>
<div><label for="q">Search</label>
<input id="q" type="search" autocomplete="off" spellcheck="false" placeholder="VM, vApp, organization VDC"></div>
<div><label for="organization">Organization</label>
<input id="organization" type="search" list="organization-names" autocomplete="off" placeholder="All organizations">
<datalist id="organization-names"></datalist></div>
<div><label for="site">Destination</label><select id="site"><option value="">All sites</option></select></div>
<div><label for="show">Show</label><select id="show"><option value="">All VMs</option>
<option value="late">Objective missed</option><option value="red">Not healthy</option>
<option value="paused">Paused</option><option value="migration">Migrations</option></select></div>
</form>
<p id="shown" role="status"></p>
<div class="card scroll"><table class="rows" id="vm-rows"><thead></thead><tbody></tbody></table></div>
<p id="pager" hidden><button type="button" class="quiet" id="back">Back</button>
<button type="button" class="quiet" id="next">Next</button> <span id="where"></span></p>
</section>"""


def _data(report: Mapping[str, Any]) -> dict[str, Any]:
    """VMs as rows of numbers: texts are places in one table, because most of them repeat."""
    texts: dict[str, int] = {}

    def cell(value: Any) -> Any:
        if isinstance(value, bool):
            return int(value)
        # Negative numbers are places in the table of texts; sizes and minutes are never negative.
        return -1 - texts.setdefault(value, len(texts)) if isinstance(value, str) else value

    rows = [[cell(vm[name]) for name in COLUMNS] for vm in report["vms"]]
    return {"columns": COLUMNS, "texts": list(texts), "rows": rows, "traffic": report["traffic"]}
