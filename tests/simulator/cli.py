"""The command line: `serve` runs a simulator, every other verb talks to a running one through its state file."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from .change_verbs import Run, Verb, adder, pairs, spread
from .client import ControlClient, ControlError
from .cse.releases import CHOICES as CSE_CHOICES
from .cse_verbs import add_cse_verbs
from .entity_verbs import add_entity_verbs
from .estate import SUPPORTED_VERSIONS, BadEstate, read_estate
from .faults import REQUEST_KINDS, STATE_KINDS, TASK_KINDS
from .portal_verbs import add_portal_verbs
from .vcd.versions import RELEASES
from .vro.versions import RELEASES as VRO_RELEASES
from .vro_verbs import add_vro_verbs
from .vrops.releases import RELEASES as VROPS_RELEASES
from .vrops_verbs import add_vrops_verbs
from .world import CONFIGURED, STARTS

_DESCRIPTION = """\
A stateful simulator of a cloud provider's estate: vCloud Availability 3.0, 3.5, 4.3 and 4.7 (cloud, manager,
replicator and tunnel services), vCloud Director, vRealize Orchestrator and vRealize Operations, with TLS on every port
and a certificate for every service."""

_EXAMPLES = """\
examples:
  python -m tests.simulator serve --estate estate.yml --state /tmp/sim.json --organizations 5000
  python -m tests.simulator status --state /tmp/sim.json
  python -m tests.simulator journal --writes --state /tmp/sim.json
  python -m tests.simulator faults add too_many_requests --path 'policies*' --times 2 --set retry_after=1 --state ...
  python -m tests.simulator policy-set A03-Auckland 'DRaaS - Basic Policy' minRpo=60 --state /tmp/sim.json
  python -m tests.simulator inventory --state /tmp/sim.json > overlay.yml
  python -m tests.simulator stop --state /tmp/sim.json

"<verb> --help" explains a verb. Service names look like A03-Auckland/vdev-a03-vcam/cloud and A03-Auckland/vcd;
patterns with * are accepted wherever a service is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; answers the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.verb == "serve":
            return _serve(options)
        run: Run = options.run
        _show(run(ControlClient.from_state(options.state), options), options)
    except (ControlError, BadEstate, OSError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return 0


def _serve(options: argparse.Namespace) -> int:
    # Imported here: the other verbs should answer at once.
    import uvloop

    from .runtime import Simulator

    simulator = Simulator(
        read_estate(options.estate, options.product_version, options.vcd_version)
        .with_vrops(options.vrops_version)
        .with_vro(options.vro_version)
        .with_cse(options.cse_version),
        options.organizations,
        options.base_port,
        options.start,
        options.vsphere,
        options.vms,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_arguments: simulator.stop())
    print(f"Simulating {', '.join(simulator.sites)}; state file {options.state}", flush=True)
    uvloop.run(simulator.serve(options.state))
    return 0


def _show(answer: Any, options: argparse.Namespace) -> None:
    if options.verb == "inventory":
        print(yaml.safe_dump(answer, sort_keys=False), end="")
    elif options.verb == "journal" and not options.json and isinstance(answer, list):
        for entry in answer:
            mark = "W" if entry["write"] else " "
            fault = f"  [{entry['fault']}]" if entry["fault"] else ""
            line = f"{entry['sequence']:6} {mark} {entry['status']:3} {entry['method']:6} {entry['path']}"
            print(f"{line}  {entry['service']}{fault}")
    else:
        print(json.dumps(answer, indent=2))


def _journal(client: ControlClient, options: argparse.Namespace) -> Any:
    if options.clear:
        client.clear_journal()
        return {"cleared": True}
    write = True if options.writes else None
    if options.count:
        return client.count(options.service, options.method, options.path, write, options.since)
    return client.journal(options.service, options.method, options.path, write, options.since, options.last)


def _add_fault(client: ControlClient, options: argparse.Namespace) -> Any:
    number = client.add_fault(
        options.kind, options.service, options.method, options.path, options.times, **pairs(options.set)
    )
    return {"id": number}


def _scale(client: ControlClient, options: argparse.Namespace) -> Any:
    if options.vms is not None:
        return client.scale_vms(options.vms, options.site)
    if options.replications is None:
        return client.scale(options.organizations, options.site)
    more = pairs(options.set)
    if options.site:
        more["site"] = options.site
    return client.scale_replications(options.replications, vms_per_vapp=options.vms_per_vapp, **more)


def _time(client: ControlClient, options: argparse.Namespace) -> Any:
    if options.task_seconds is not None:
        client.task_seconds(options.task_seconds)
    if options.restart_seconds is not None:
        client.restart_seconds(options.restart_seconds)
    if options.advance is not None:
        client.advance(options.advance)
    return {name: client.status()[name] for name in ("now", "task_seconds")}


def _appliance(client: ControlClient, options: argparse.Namespace) -> Any:
    given = {"root_password": options.root_password} if options.root_password else {}
    return client.appliance(options.do, options.site, options.name, **given)


def _certificate(client: ControlClient, options: argparse.Namespace) -> Any:
    if options.do == "new":
        return client.new_certificate(options.service)
    if options.output is None or not options.secret:
        raise ControlError("make needs --output and --secret.")
    options.output.write_bytes(client.make_pkcs12(options.service, options.secret))
    return {"written": str(options.output)}


def _customer(client: ControlClient, options: argparse.Namespace) -> Any:
    given = {name: getattr(options, name) for name in ("user", "password", "allow_access")}
    return client.customer_site(options.do, options.name, **{k: v for k, v in given.items() if v is not None})


def _done(action: Callable[[ControlClient, argparse.Namespace], None]) -> Run:
    def run(client: ControlClient, options: argparse.Namespace) -> Any:
        action(client, options)
        return {"done": options.verb}

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state", type=Path, default=Path(".simulator.json"), help="state file of the simulator (default: %(default)s)"
    )

    def verb(name: str, help: str, run: Run | None = None, epilog: str | None = None) -> argparse.ArgumentParser:
        made = verbs.add_parser(
            name,
            help=help,
            description=help,
            epilog=epilog,
            parents=[common],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    _add_serve(verb("serve", "Run a simulator in the foreground; it is ready once the state file is there."))
    verb("status", "Show clock, services, sites, policies and open sessions.", lambda client, _o: client.status())
    _add_journal(verb("journal", "Show, count or clear the requests that were answered.", _journal))
    _add_faults(verb("faults", "Make something go wrong."), common)

    made = verb(
        "scale",
        "Make sure of N organizations tenant-00001 ... in one site or in all, or of so many VMs or VM replications.",
        _scale,
        "example:\n  python -m tests.simulator scale --replications 10000 --vms-per-vapp 2 --set state=mixed\n"
        "--set takes destination, orgs, state, rpo, instances, age_days, vm_gib and migrations (see README.md).",
    )
    made.add_argument("organizations", type=int, metavar="N", nargs="?", default=0)
    made.add_argument("--site", help="only in this site; of replications: their source")
    made.add_argument("--vms", type=int, metavar="N", help="VMs of all organizations together, in the site or in each")
    made.add_argument("--replications", type=int, metavar="N", help="VM replications altogether")
    made.add_argument("--vms-per-vapp", type=int, metavar="N", default=1, help="VMs of one vApp replication")
    made.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="more about the replications")

    made = verb("time", "Let simulated time pass, or set how long tasks take.", _time)
    made.add_argument("--advance", type=float, metavar="SECONDS", help="so much simulated time passes at once")
    made.add_argument("--task-seconds", type=float, metavar="SECONDS", help="duration of tasks from now on")
    made.add_argument("--restart-seconds", type=float, metavar="SECONDS", help="duration of all restarts and boots")

    made = verb(
        "refuse-writes",
        "Refuse every write with 403 (logging in and out still works); refused writes are in the journal.",
        _done(lambda client, options: client.refuse_writes(options.switch == "on")),
    )
    made.add_argument("switch", choices=("on", "off"))

    _add_changes(verb)
    made = verb("appliance", "Switch an appliance on or off, or remove it, as its vCenter would.", _appliance)
    made.add_argument("do", choices=("power-on", "power-off", "remove"))
    made.add_argument("--site", required=True)
    made.add_argument("--name", required=True)
    made.add_argument("--root-password", metavar="P", help="of one that was not there (default: the estate's initial)")
    made = verb("certificate", "Replace certificates behind everybody's back, or make one to install.", _certificate)
    made.add_argument("do", choices=("new", "make"))
    made.add_argument("--service", required=True, help="pattern for the services")
    made.add_argument("--secret", default="", help="make: password of the PKCS#12 file")
    made.add_argument("--output", type=Path, metavar="FILE", help="make: where the file goes")
    made = verb("customer-site", "Pair a customer's site with the cloud or unpair it, as its wizard would.", _customer)
    made.add_argument("do", choices=("pair", "unpair"))
    made.add_argument("--name", required=True)
    made.add_argument("--user", help="of the organization (default: admin)")
    made.add_argument("--password", metavar="P", help="his password (default: the estate's)")
    made.add_argument(
        "--allow-access",
        action=argparse.BooleanOptionalAction,
        help="whether the cloud may act there (default: as the estate says)",
    )
    made = verb("reset", "Go back to the estate, as at the start.", _done(lambda client, o: client.reset(o.start)))
    made.add_argument("--start", choices=STARTS, help="another state than that of the start")
    verb(
        "inventory",
        "Print an Ansible inventory overlay (YAML) that leads the estate's hosts to the simulator.",
        lambda client, _o: client.inventory(),
        "example:\n  python -m tests.simulator inventory > overlay.yml\n"
        "  ansible-playbook -i inventory -i overlay.yml ...",
    )
    verb("stop", "End the simulator.", _done(lambda client, _o: client.stop()))
    return parser


def _add_serve(made: argparse.ArgumentParser) -> None:
    made.add_argument("--estate", type=Path, required=True, help="estate file (YAML)")
    made.add_argument("--organizations", type=int, default=0, metavar="N", help="add tenant-00001 ... in every site")
    made.add_argument("--vms", type=int, default=0, metavar="N", help="add so many VMs in every site")
    made.add_argument("--product-version", choices=SUPPORTED_VERSIONS, help="for all sites, whatever the estate says")
    made.add_argument(
        "--vcd-version",
        choices=tuple(RELEASES),
        metavar="RELEASE",
        help="of the vCloud Director of all sites, 9.0 to 10.6.1, whatever the estate says "
        "(default: the estate's, else the one beside the vCloud Availability)",
    )
    made.add_argument(
        "--vro-version",
        choices=tuple(VRO_RELEASES),
        metavar="RELEASE",
        help="of the vRealize Orchestrator of all sites: 7.3, 7.6, 8.18 or 9.1, whatever the estate says "
        "(default: the estate's, else the one beside the vCloud Availability)",
    )
    made.add_argument(
        "--vrops-version",
        choices=VROPS_RELEASES,
        metavar="RELEASE",
        help="of the vRealize Operations of all sites: 6.7, 8.18 (the default) or 9.1, whatever the estate says",
    )
    made.add_argument(
        "--cse-version",
        choices=CSE_CHOICES,
        metavar="RELEASE",
        help="of the Container Service Extension of all sites: 1.2, 2.0, 2.6, 3.0, 3.1, 4.0, 4.1, 4.2 or none, "
        "whatever the estate says (default: the estate's, else none)",
    )
    made.add_argument("--base-port", type=int, metavar="PORT", help="consecutive ports from here (default: free ports)")
    made.add_argument(
        "--start",
        choices=STARTS,
        default=CONFIGURED,
        help="configured: sites that work, but are not paired; first-boot: appliances that were just switched on; "
        "nothing: no appliance is there (default: %(default)s)",
    )
    made.add_argument(
        "--vsphere", action="store_true", help="give every site a vCenter to deploy appliances to (needs `make vcsim`)"
    )


def _add_journal(made: argparse.ArgumentParser) -> None:
    made.add_argument("--service", help="pattern for the service")
    made.add_argument("--method", help="GET, POST ...")
    made.add_argument("--path", help="pattern for the path, for example 'policies/*'")
    made.add_argument("--writes", action="store_true", help="only requests that would change something")
    made.add_argument("--since", type=int, metavar="SEQUENCE", help="only entries after this one")
    made.add_argument("--last", type=int, metavar="N", help="only the last N")
    made.add_argument("--count", action="store_true", help="print the number only")
    made.add_argument("--clear", action="store_true", help="forget all entries")
    made.add_argument("--json", action="store_true", help="print JSON")


def _add_faults(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    def kinds(title: str, which: Any) -> str:
        return title + "\n" + "\n".join(f"  {name:20} {text}" for name, text in which.items())

    actions = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser(
        "add",
        help="add a fault",
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(
            (
                kinds("kinds that meet requests:", REQUEST_KINDS),
                kinds("kinds that meet tasks:", TASK_KINDS),
                kinds("kinds that hold until cleared:", STATE_KINDS),
                "example: faults add same_certificate --service '*/vdev-c00-vcam/cloud'"
                " --set of=A03-Auckland/vdev-a03-vcam/cloud",
            )
        ),
    )
    add.add_argument("kind", choices=[*REQUEST_KINDS, *TASK_KINDS, *STATE_KINDS], metavar="KIND")
    add.add_argument("--service", help="pattern for the service")
    add.add_argument("--method", help="only this method")
    add.add_argument("--path", help="pattern for the path")
    add.add_argument("--times", type=int, metavar="N", help="only the next N requests (default: until cleared)")
    add.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="parameter of the kind")
    add.set_defaults(run=_add_fault)
    show = actions.add_parser("list", help="show what waits or holds", parents=[common])
    show.set_defaults(run=lambda client, _options: client.faults())
    clear = actions.add_parser("clear", help="remove one fault or all", parents=[common])
    clear.add_argument("id", type=int, nargs="?")
    clear.set_defaults(run=lambda client, options: {"cleared": client.clear_faults(options.id)})


def _add_changes(verb: Verb) -> None:
    """The verbs that change the estate behind everybody's back."""
    add = adder(verb)
    made = add("policy-set", "Change fields of a policy (displayName renames it).", "policy")
    made.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="for example minRpo=60 allowIncoming=false")
    made = add("policy-add", "Add a policy that nobody ordered.", "policy")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE")
    add("policy-remove", "Remove a policy; its organizations fall back to the default one.", "policy")
    add("assign", "Give an organization another policy.", "org", "policy")
    add("unpair", "Make one side forget the other one.", "peer")
    add("organization-add", "Add an organization.", "org")
    add("organization-remove", "Remove an organization.", "org")
    made = add("replication-problem", "Give a replication a trouble.", "replication", "problem")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="message of error, minutes of rpo-violation")
    add("replication-clear", "End a replication's troubles, and let go of an operation that hangs.", "replication")
    made = add("vapp-add", "Give a tenant a vApp.", "org", "vapp")
    made.add_argument("fields", nargs="*", metavar="VM=GIB", help="its VMs, with the size of their disk")
    add("vapp-remove", "Delete a vApp with its VMs.", "vapp")
    made = add("vapp-set", "Change name, description, owner or metadata of a vApp.", "vapp")
    made.add_argument("fields", nargs="+", metavar="FIELD=VALUE")
    add("vapp-power", "Switch all VMs of a vApp on or off, or give the vApp a state by its word.", "vapp", "power")
    made = add("vm-add", "Put a VM into a vApp.", "vapp", "vm")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="gib: size of its disk, default 4; see vm-set")
    made = add("vm-set", "Change a VM.", "vm")
    made.add_argument(
        "fields",
        nargs="+",
        metavar="FIELD=VALUE",
        help="name, description, os, cpus, cores_per_socket, memory_mb, hardware, tools, power, metadata (JSON), gib, "
        "storage_profile, networks (names with commas), nics (JSON), primary",
    )
    add("vm-power", "Put a VM into a state: on, off, suspended, or a word of the vCD.", "vm", "power")
    add("vm-remove", "Delete a VM; what replicates it has lost its source.", "vm")
    made = add("vdc-add", "Give an organization another VDC.", "org", "vdc")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="allocation: AllocationPool, Flex ...")
    add("catalog-add", "Give an organization a catalog.", "org", "catalog")
    add("catalog-remove", "Delete a catalog with the templates in it.", "catalog")
    made = add("template-add", "Put a template of one VM into a catalog.", "catalog", "template")
    made.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="os: its guest")
    made = add("vdc-set", "Enable or disable an organization VDC.", "org", "vdc")
    made.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="enabled=false")
    add("vdc-remove", "Delete an organization VDC with the vApps in it.", "org", "vdc")
    add_portal_verbs(add)
    add_entity_verbs(add)
    add_vrops_verbs(add)
    add_vro_verbs(add)
    add_cse_verbs(add)
    made = add("setting", "Set something of a cloud service, or of its network entry.", given=spread)
    made.add_argument(
        "fields",
        nargs="+",
        metavar="NAME=VALUE",
        help="admin_allow_from= (admits no administrator), mgmt_address=public (the entry turned into the public name)",
    )
