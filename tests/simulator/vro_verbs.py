"""The verbs of the command line that change an orchestrator behind everybody's back (vro/changes.py)."""

from __future__ import annotations

from .change_verbs import Add, spread

_FOLDER = ("type", "path")
_ELEMENT = ("kind", "element")


def add_vro_verbs(add: Add) -> None:
    """Adds the verbs."""
    add(
        "vro-setting",
        "Set how an orchestrator behaves.",
        fields="internal_hrefs=true (addresses carry its own name), external_organizations=A,B (turned away by a 9.x)",
        given=spread,
    )
    add("vro-category-add", "Add a folder of an orchestrator (type: WorkflowCategory ...).", *_FOLDER)
    add("vro-category-remove", "Remove a folder of an orchestrator with everything in it.", *_FOLDER)
    add(
        "vro-element-set",
        "Change an element of an orchestrator (kind: Workflow, Action ...; element: name, id or module/name).",
        *_ELEMENT,
        fields="name, description, version; of an action also script, output_type",
    )
    add("vro-element-remove", "Remove an element of an orchestrator.", *_ELEMENT)
    add("vro-rest-host-add", "Add a REST host to an orchestrator.", "host", "url")
    add("vro-rest-host-set", "Change a REST host of an orchestrator.", "host", fields="name, url")
    add("vro-rest-host-remove", "Remove a REST host of an orchestrator.", "host")
    add("vro-package-remove", "Remove a package of an orchestrator; its members stay.", "package")
    add(
        "vro-plugin-set",
        "Change a plug-in of an orchestrator, or add one.",
        "plugin",
        fields="version, build, enabled, display_name",
    )
    add("vro-plugin-remove", "Remove a plug-in of an orchestrator.", "plugin")
    add(
        "vro-attribute-set",
        "Change values of a configuration element of an orchestrator.",
        "element",
        fields="names of attributes; null takes the value away",
    )
    add(
        "vro-plan",
        "Say what runs of a workflow of an orchestrator come to, whatever its schema says.",
        "workflow",
        fields="seconds, logs (lines), outputs (by name), exception (a text), questions (name to type), wait=true",
    )
    add("vro-unplan", "Let runs of a workflow of an orchestrator do again what it says.", "workflow")
