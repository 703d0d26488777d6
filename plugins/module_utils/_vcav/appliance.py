# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The appliance under a service: host name, DNS, NTP, ssh, log levels, telemetry, administrators (contract 4.2, 4.5).

Each part of it is read and written by calls of its own; only those parts are read that a task is about.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._http import HttpError
from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from .._remedies import remedy
from . import versions
from .client import Vcav

LEVELS = ("ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF")
_MOST_DNS_SERVERS = 2
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")

FIELDS: dict[str, Field] = {
    "hostname": Field("hostname"),
    "dns_servers": Field("dnsServers"),
    "search_domains": Field("dnsSearchDomains"),
    "ntp_servers": Field("ntpServers"),
    "ssh_enabled": Field("enabled"),
    "log_levels": Field(""),
    "telemetry": Field("enabled"),
    "telemetry_environment": Field("environment"),
    "admin_allow_from": Field("adminAllowFrom", unordered=True),
}
# Where each part is read, and the options that it holds.
_PARTS: dict[str, tuple[str, ...]] = {
    "config/network": ("hostname", "dns_servers", "search_domains"),
    "os/ntp": ("ntp_servers",),
    "os/sshd": ("ssh_enabled",),
    "diagnostics/loglevels": ("log_levels",),
    "config/telemetry": ("telemetry", "telemetry_environment"),
    "config/admin-allow-from": ("admin_allow_from",),
}
_CLOUD = ("telemetry", "telemetry_environment", "admin_allow_from")
_FIRST_ADMIN_ALLOW_FROM = (3, 0, 2)


def check(params: Mapping[str, Any]) -> None:
    """Refuse what no release takes. Raises InputError, which names option and remedy."""
    name = params["hostname"]
    if name is not None and not (len(name) < 254 and all(_HOST.fullmatch(label) for label in name.split("."))):
        raise InputError(f"hostname is {name!r}: give letters, digits and hyphens, with dots between them")
    servers = params["dns_servers"]
    if servers is not None and not 1 <= len(servers) <= _MOST_DNS_SERVERS:
        raise InputError(f"dns_servers has {len(servers)} entries: one or two can be written")
    for server in servers or []:
        try:
            ipaddress.ip_address(server)
        except ValueError:
            raise InputError(f"dns_servers has {server!r}: give addresses, which need no name server") from None
    for option in ("search_domains", "ntp_servers"):
        if any(not entry.strip() for entry in params[option] or []):
            raise InputError(f"{option} has an empty entry: leave it out")
    for logger, level in (params["log_levels"] or {}).items():
        if str(level).upper() not in LEVELS:
            raise InputError(f"log_levels: {logger} is {level!r}; the levels are {', '.join(LEVELS)}")
    if params["telemetry_environment"] is not None and params["telemetry"] is None:
        raise InputError("telemetry_environment goes with telemetry: say there whether it is on")
    for network in params["admin_allow_from"] or []:
        if _network(network) is None:
            raise InputError(f"admin_allow_from has {network!r}: give networks, for example 192.0.2.0/24, or ::/0")


def _network(text: Any) -> str | None:
    """A network in the one spelling in which two are compared; None for what is none."""
    try:
        return str(ipaddress.ip_network(str(text).strip(), strict=False))
    except ValueError:
        return None


def has(api: Vcav, option: str) -> str | None:
    """None if this service has what the option is about, else why not."""
    if option in ("ntp_servers", "ssh_enabled") and not api.has("time_and_ssh"):
        return f"it exists from release {versions.since('time_and_ssh')} on, and this is {versions.text(api.version)}"
    if option in _CLOUD and str(api.facts.get("service")).upper() in ("MANAGER", "REPLICATOR", "TUNNEL"):
        kind = str(api.facts["service"]).lower()
        return f"it belongs to the cloud service, port 443 of the cloud appliance, and this is a {kind} service"
    if option == "admin_allow_from":
        found = re.match(r"(\d+)\.(\d+)\.(\d+)", str(api.facts.get("build")))
        if found and tuple(map(int, found.groups())) < _FIRST_ADMIN_ALLOW_FROM:
            return f"it exists from release 3.0.2 on, and this is {found.group()}"
    return None


def available(api: Vcav) -> list[str]:
    """The options that this service has."""
    return [option for option in FIELDS if has(api, option) is None]


def wanted(api: Vcav, given: Values, present: Values) -> Values:
    """What the user set, with what follows from it. Raises InputError for what this service lacks."""
    for option in given:
        reason = has(api, option)
        if reason:
            raise InputError(f"{option} cannot be set at {api.endpoint}: {reason}. Leave it out. Nothing was changed.")
    values = dict(given)
    if "hostname" in values and present.get("hostname") is None:
        raise InputError(
            f"hostname cannot be compared, because {api.endpoint} does not tell its own. Leave it out. Nothing was "
            "changed."
        )
    if len(present.get("dns_servers") or []) > _MOST_DNS_SERVERS and "search_domains" in values:
        if "dns_servers" not in values and values["search_domains"] != present.get("search_domains"):
            raise InputError(
                f"search_domains: they are written together with at most two name servers, and the appliance has "
                f"{', '.join(present['dns_servers'])}: say in dns_servers which two to keep. Nothing was changed."
            )
    if "log_levels" in values:
        values["log_levels"] = {logger: str(level).upper() for logger, level in values["log_levels"].items()}
    if "admin_allow_from" in values:
        values["admin_allow_from"] = sorted({_network(entry) or entry for entry in values["admin_allow_from"]})
    if values.get("telemetry") and "telemetry_environment" not in values and api.version < (4, 0):
        # What the product's own form sends (contract 6, 21).
        values["telemetry_environment"] = present.get("telemetry_environment") or "PRODUCTION"
    return values


def read(api: Vcav, options: Iterable[str], loggers: Iterable[str] | None = None) -> Values:
    """The parts that hold these options, in the user's words; `loggers` limits log_levels to these.

    The parts are read side by side. Raises HttpError.
    """
    asked = set(options)
    paths = [path for path, names in _PARTS.items() if asked & set(names)]
    answers = {path: answer or {} for path, answer in side_by_side(api.get, paths).items()}
    found: Values = {}
    for path, names in _PARTS.items():
        if path in answers:
            found |= {name: _read(name, answers[path]) for name in names}
    if loggers is not None and "log_levels" in found:
        found["log_levels"] = {name: found["log_levels"].get(name) for name in loggers}
    return {name: found[name] for name in FIELDS if name in found}


def _read(name: str, answer: Any) -> Any:
    if name == "log_levels":
        return _levels(answer)
    value = answer.get(FIELDS[name].wire)
    if name == "admin_allow_from":
        return sorted(_network(part) or part.strip() for part in str(value or "").split(",") if part.strip())
    if name in ("dns_servers", "search_domains", "ntp_servers"):
        return list(value or [])
    return bool(value) if name in ("ssh_enabled", "telemetry") else value


def _levels(answer: Any) -> dict[str, Any]:
    """Logger to level. Whether the product answers with a map or a list is not known (contract 4.2, 6)."""
    if isinstance(answer, Mapping):
        return {str(logger): level for logger, level in sorted(answer.items())}
    rows = [row for row in answer or [] if isinstance(row, Mapping)]
    return {str(row.get("logger") or row.get("name")): row.get("level") for row in rows}


def write(api: Vcav, present: Values, values: Values, spelled: Mapping[str, Any]) -> None:
    """Make each difference by its own call. `values` are the user's, `spelled` networks as the user wrote them.

    Raises HttpError, whose advice says what had been changed before.
    """
    done: list[str] = []
    for names, call in _calls(api, present, values, spelled):
        try:
            call()
        except HttpError as problem:
            if done and not problem.outcome_unknown:
                told = f"Before that, {' and '.join(done)} had been changed; the rest was not. Run the task again."
                problem.advice = f"{told} {remedy(problem)}".rstrip()
            raise
        done.extend(names)


def _calls(
    api: Vcav, present: Values, values: Values, spelled: Mapping[str, Any]
) -> list[tuple[list[str], Callable[[], Any]]]:
    def differs(name: str) -> bool:
        return name in values and values[name] != present.get(name)

    def post(path: str, document: Mapping[str, Any], method: str = "POST") -> Callable[[], Any]:
        return lambda: api.request(method, path, document=document)

    calls: list[tuple[list[str], Callable[[], Any]]] = []
    if differs("hostname"):
        calls.append((["hostname"], post("config/network/hostname", {"hostname": values["hostname"]})))
    names = [name for name in ("dns_servers", "search_domains") if differs(name)]
    if names:
        state = {**present, **values}
        first, second = [*state["dns_servers"], "", ""][:2]
        document = {"dns1": first, "dns2": second, "dnsSearchDomains": state["search_domains"]}
        calls.append((names, post("config/network/dns", document)))
    if differs("ntp_servers"):
        calls.append((["ntp_servers"], post("os/ntp", {"ntpServers": values["ntp_servers"]})))
    if differs("ssh_enabled"):
        # Written under another name than it is read (contract 4.2).
        calls.append((["ssh_enabled"], post("os/sshd", {"enable": values["ssh_enabled"]})))
    names = [name for name in ("telemetry", "telemetry_environment") if differs(name)]
    if names:
        state = {**present, **values}
        document = {"enabled": state["telemetry"], "environment": state["telemetry_environment"]}
        calls.append((names, post("config/telemetry", document)))
    if differs("admin_allow_from"):
        document = {"adminAllowFrom": ",".join(entry.strip() for entry in spelled["admin_allow_from"])}
        calls.append((["admin_allow_from"], post("config/admin-allow-from", document)))
    levels = present.get("log_levels") or {}
    for logger, level in (values.get("log_levels") or {}).items():
        if levels.get(logger) != level:
            document = {"logger": logger, "level": level}
            calls.append(([f"the log level of {logger}"], post("diagnostics/loglevels", document, "PUT")))
    return calls
