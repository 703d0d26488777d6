"""The verbs of the command line that change a vRealize Operations behind everybody's back (vrops/changes.py)."""

from __future__ import annotations

from .change_verbs import Add


def add_vrops_verbs(add: Add) -> None:
    """Adds the verbs; an instance is called by its name."""
    add(
        "adapter-set",
        "Change an adapter instance.",
        "instance",
        fields="name, description, minutes, state, or an identifier",
    )
    add("adapter-remove", "Remove an adapter instance.", "instance")
    made = add(
        "adapter-target",
        "Let a monitored host answer or not, or give it a new certificate, whose thumbprint is told.",
        "host",
    )
    made.add_argument("does", choices=("answer", "silence", "new-certificate"))
