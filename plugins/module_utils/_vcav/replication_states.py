# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operation is permitted in which state of a replication, and where it leads (contract vcav-api.md, 5.2). Pure.

A state is that of one VM replication; a vApp replication is as far as its VMs are, which may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

NOT_STARTED, IN_PROGRESS, TEST, COMPLETE = "not_started", "in_progress", "test", "complete"

# What to do about one VM: nothing, the operation, wait for somebody else's, or tell the user why not.
READY, PERFORM, JOIN, REFUSE = "ready", "perform", "join", "refuse"

# operation: method and the last part of the path (contract 4.12.1)
CALLS: dict[str, tuple[str, str]] = {
    "sync": ("POST", "sync"),
    "pause": ("POST", "pause"),
    "resume": ("POST", "resume"),
    "failover_test": ("POST", "failover-test"),
    "cleanup": ("DELETE", "failover-test"),
    "failover": ("POST", "failover"),
    "migrate": ("POST", "migrate"),
    "reverse": ("POST", "reverse"),
}
RECOVERING = ("failover_test", "failover", "migrate")  # those that take failover settings

_CLEAN_UP = "its test is still there; clean it up first with operation: cleanup"
_RUNNING = "a recovery or its clean-up is in progress; wait for it, see vcpp.vcloud.vcav_task_info, and run again"
_RECOVERED = "it has been failed over; protect it again with operation: reverse"
_PAUSED = "it is paused; resume it first with operation: resume"
_NOT_RECOVERED = "it has not been failed over; only then can it be reversed. Use operation: failover or migrate first"


@dataclass(frozen=True)
class State:
    """How far one VM replication is. `recovery` is one of the four words above, or the server's where it is another."""

    recovery: str = NOT_STARTED
    paused: bool = False
    source_site: str | None = None
    destination_site: str | None = None

    def words(self) -> dict[str, Any]:
        """The state in the words of results and differences."""
        return {
            "recovery_state": self.recovery,
            "paused": self.paused,
            "source_site": self.source_site,
            "destination_site": self.destination_site,
        }


@dataclass(frozen=True)
class Verdict:
    """What is to be done about one VM, and for REFUSE the reason with the next step."""

    action: str
    reason: str = ""


def read(vm: Mapping[str, Any], source_site: str | None = None, destination_site: str | None = None) -> State:
    """The state of a VM replication as the server tells it; what is missing has not begun."""
    recovery = ((vm.get("destinationState") or {}).get("recoveryInfo") or {}).get("recoveryState")
    word = str(recovery or NOT_STARTED).lower()
    return State(word, bool(vm.get("isPaused")), source_site, destination_site)


def judge(operation: str, state: State, destination_site: str | None = None) -> Verdict:
    """What an operation means for a VM in this state.

    `destination_site` is where the user says that the VM is replicated to: one whose direction is the other one has
    been reversed already. Where the contract leaves open what the server does, the stricter reading is taken.
    """
    if state.recovery not in (NOT_STARTED, IN_PROGRESS, TEST, COMPLETE):
        return Verdict(REFUSE, f"its state {state.recovery!r} is not known; look at it in the portal first")
    if operation == "reverse" and destination_site not in (None, state.destination_site):
        if state.recovery == IN_PROGRESS:
            return Verdict(JOIN)
        return Verdict(READY)
    if state.recovery == IN_PROGRESS:
        return Verdict(JOIN) if operation in ("failover", "migrate") else Verdict(REFUSE, _RUNNING)
    return _JUDGES[operation](state)


def _pause(state: State) -> Verdict:
    if state.paused:
        return Verdict(READY)
    return Verdict(REFUSE, _RECOVERED) if state.recovery == COMPLETE else Verdict(PERFORM)


def _resume(state: State) -> Verdict:
    if state.recovery == COMPLETE:
        return Verdict(REFUSE, _RECOVERED)
    return Verdict(PERFORM if state.paused else READY)


def _sync(state: State) -> Verdict:
    if state.recovery == COMPLETE:
        return Verdict(REFUSE, _RECOVERED)
    return Verdict(REFUSE, _PAUSED) if state.paused else Verdict(PERFORM)


def _test(state: State) -> Verdict:
    if state.recovery == COMPLETE:
        return Verdict(REFUSE, _RECOVERED)
    return Verdict(READY if state.recovery == TEST else PERFORM)


def _cleanup(state: State) -> Verdict:
    return Verdict(PERFORM if state.recovery == TEST else READY)


def _recover(state: State) -> Verdict:
    # One client lets a migration begin while a test is there; whether the server does is not known.
    if state.recovery == TEST:
        return Verdict(REFUSE, _CLEAN_UP)
    return Verdict(READY if state.recovery == COMPLETE else PERFORM)


def _reverse(state: State) -> Verdict:
    if state.recovery == COMPLETE:
        return Verdict(PERFORM)
    return Verdict(REFUSE, _CLEAN_UP if state.recovery == TEST else _NOT_RECOVERED)


def stop(state: State) -> Verdict:
    """Whether a replication may be removed: not while a test or a recovery is under way."""
    if state.recovery == TEST:
        return Verdict(REFUSE, _CLEAN_UP)
    return Verdict(REFUSE, _RUNNING) if state.recovery == IN_PROGRESS else Verdict(PERFORM)


def configure(state: State) -> Verdict:
    """Whether the settings of a replication may be changed."""
    return Verdict(REFUSE, _RUNNING) if state.recovery == IN_PROGRESS else Verdict(PERFORM)


_JUDGES = {
    "sync": _sync,
    "pause": _pause,
    "resume": _resume,
    "failover_test": _test,
    "cleanup": _cleanup,
    "failover": _recover,
    "migrate": _recover,
    "reverse": _reverse,
}


def outcome(operation: str, state: State) -> State:
    """The end state of an operation, as the contract states it; for a synchronisation it is the present one."""
    ends = {"failover_test": TEST, "cleanup": NOT_STARTED, "failover": COMPLETE, "migrate": COMPLETE}
    if operation in ends:
        return replace(state, recovery=ends[operation])
    if operation == "reverse":
        return State(NOT_STARTED, False, state.destination_site, state.source_site)
    if operation in ("pause", "resume"):
        return replace(state, paused=operation == "pause")
    return state


def reached(operation: str, before: State, now: State | None) -> bool:
    """True if a VM is where an operation leads; None stands for a replication that is not found any more."""
    if now is None:
        return False
    if operation in ("pause", "resume"):
        return now.paused == (operation == "pause")
    if operation == "sync":
        return True
    wanted = outcome(operation, before)
    turned = operation != "reverse" or now.destination_site in (wanted.destination_site, None)
    return now.recovery == wanted.recovery and turned


def agree(states: Iterable[State]) -> bool:
    """True if all VMs of a vApp are equally far, so that one request for the vApp means the same for each."""
    return len(set(states)) <= 1


def about(task: Mapping[str, Any], operation: str) -> bool:
    """True if a task carries out this operation. The spelling of its type is not known: only letters are compared."""
    kind = str((task.get("workflowInfo") or {}).get("type"))
    return _letters(kind) in (_letters(operation), _letters(CALLS[operation][1]) * (operation != "cleanup"))


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalpha())
