"""`/api/cse/system`: what a server says of itself, and its switch (contract sections 1.2, 3.5 and 4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .calls import Call, Problem, missing

if TYPE_CHECKING:
    from .extension import Cse

RUNNING, DISABLED, STOPPING = "Running", "Disabled", "Shutting down"
_DESCRIPTION = "Container Service Extension for VMware vCloud Director"
_CONFIG_FILE = "config.yaml"
_THREADS = {"consumer_threads": 11, "all_threads": 15}


def information(cse: Cse, *, full: bool) -> dict[str, Any]:
    """`GET /api/cse/system`; `full` for a system administrator."""
    release = cse.release
    told: dict[str, Any] = {"product": "CSE", "description": _DESCRIPTION, "version": release.full}
    if release.name in ("3.0", "3.1"):
        told["cse_server_api_version"] = cse.default_api
    if release.name == "3.1":
        told["cse_server_supported_api_versions"] = cse.api_versions
        told["cse_server_running_in_legacy_mode"] = cse.legacy_mode
    if full:
        told["python"] = "3.7.3" if release.name != "1.2" else "3.6.5"
        threads = dict(_THREADS)
        if release.name == "3.1":
            threads["all_consumer_threads"] = threads.pop("consumer_threads")
        told |= threads
        # Only this request is on its way while it is answered (the form of the number is INFERRED).
        told |= {"requests_in_progress": 1, "config_file": _CONFIG_FILE, "status": cse.state}
    return told


def answer(call: Call) -> Reply | None:
    """The calls of `/system`; None for another path. Raises Problem."""
    cse, parts = call.cse, tuple(one.lower() for one in call.parts)
    if parts == ("system", "config") and cse.release.name == "3.1" and not cse.legacy_mode:
        if call.method != "GET":
            raise Problem(405, "Method not allowed")
        return _configuration(call)
    if parts != ("system",):
        return None
    if call.method == "GET":
        return call.reply(information(cse, full=call.is_system))
    if call.method != "PUT":
        if cse.release.name in ("1.2", "2.0"):
            return None
        raise Problem(405, "Method not allowed")
    if cse.release.name in ("1.2", "2.0"):
        return call.reply({"message": _first_switch(call)})
    action = call.merged().get("server_action")
    if action is None:
        raise missing(["server_action"])
    # 3.1.4 lets everybody pass (section 12, 12): `strict` holds it to what was meant.
    if not call.is_system and (cse.release.name != "3.1" or cse.settings.strict):
        raise Problem(401, "Unauthorized to update CSE")
    return call.reply({"message": _switch(cse, str(action))})


def _first_switch(call: Call) -> str:
    """1.2 and 2.0."""
    cse, body = call.cse, call.merged()
    if not call.is_system:
        raise Problem(401, "Unauthorized")
    if "enabled" in body:
        if cse.state == STOPPING and body["enabled"]:
            raise Problem(500, "Cannot enable while being stopped.", 0)
        cse.state = RUNNING if body["enabled"] else DISABLED if cse.state != STOPPING else STOPPING
        return "Updated"
    if body.get("stopped"):
        if cse.state == RUNNING:
            raise Problem(500, "Cannot stop CSE while is enabled. Disable the service first.", 0)
        cse.shut_down()
        return "CSE graceful shutdown started."
    raise Problem(500, "Unknown status", 0)


def _switch(cse: Cse, action: str) -> str:
    """The state machine of 2.5 and later."""
    modern = cse.release.name == "3.1"

    def settled(text: str) -> str:
        if modern:
            return text
        raise Problem(400, text)

    if action not in ("enable", "disable", "stop"):
        raise Problem(400, f"Invalid server action: '{action}'")
    if cse.state == RUNNING:
        if action == "enable":
            return settled("CSE is already enabled and running.")
        if action == "disable":
            cse.state = DISABLED
            return "CSE has been disabled."
        refusal = "CSE must be disabled before it can be stopped."
        old = "Cannot stop CSE while it is enabled. Disable the service first"
        raise Problem(400, refusal if modern else old)
    if cse.state == DISABLED:
        if action == "enable":
            cse.state = RUNNING
            return "CSE has been enabled and is running."
        if action == "disable":
            return settled("CSE is already disabled.")
        cse.shut_down()
        return "Shutting down CSE" if modern else "CSE graceful shutdown started."
    if action == "enable":
        raise Problem(400, "Cannot enable CSE while it is beingstopped.")
    if action == "disable":
        raise Problem(400, "Cannot disable CSE while it is being stopped.")
    return "Shutting down CSE" if modern else "CSE graceful shutdown is in progress."


def _configuration(call: Call) -> Reply:
    """`GET /api/cse/system/config`: what the contract tells of it, secrets redacted."""
    cse = call.cse
    if not call.is_system and cse.settings.strict:
        raise Problem(401, "Unauthorized to access CSE server configuration.")
    host = cse.vcd.site_state.spec.vcd_host
    return call.reply(
        {
            "mqtt": {"verify_ssl": True, "token": "REDACTED", "token_id": "REDACTED"},
            "vcd": {"host": host, "port": 443, "username": "administrator", "password": "REDACTED", "verify": True},
            "vcs": [],
            "service": {
                "enforce_authorization": cse.settings.enforce_authorization,
                "legacy_mode": cse.legacy_mode,
                "rde_version_in_use": cse.rde_versions[-1] if cse.rde_versions else "",
                "supported_api_versions": cse.api_versions,
                "default_api_version": cse.default_api,
            },
            "broker": {"catalog": "cse", "org": "System"},
            "feature_flags": {"legacy_api": cse.legacy_mode, "non_legacy_api": not cse.legacy_mode},
        }
    )
