"""What the policies of organizations say to replications (contract 4.10), and whether sites are ready for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .errors import failure
from .replication_states import VCENTER, End, Settings, VappReplication

if TYPE_CHECKING:
    from .cloud import CloudService


def check_sites(*clouds: CloudService) -> None:
    """Raises ApiError 500 for a site that is not configured (contract 5.4) or has no license (4.5, INFERRED)."""
    for cloud in clouds:
        if not cloud.is_configured:
            raise failure(f"Site '{cloud.site_name}' is not configured.")
        if not cloud.settings.license.is_valid:
            raise failure(f"Site '{cloud.site_name}' has no valid license.")


def policy_at(cloud: CloudService, org: str) -> dict[str, Any]:
    """The policy that an organization has at a site."""
    return cloud.policies.view(cloud.policies.policy_of(org))


def check_directions(source: End, destination: End, is_migration: bool) -> None:
    """Raises ApiError 500 when a policy forbids a replication in this direction."""
    if source.org is not None:
        policy = policy_at(source.cloud, source.org)
        _check_allowed(policy, source, "Outgoing", is_migration)
        if destination.kind == VCENTER:
            kind = "Migrations" if is_migration else "Protections"
            # 4.5 and 4.6 brought a permission of their own for on-premises destinations, beside the general one.
            if not policy.get(f"allowOutgoingOnprem{kind}", True):
                raise _refused(policy, source, f"outgoing {kind.lower()} to an on-premises site")
    if destination.org is not None:
        _check_allowed(policy_at(destination.cloud, destination.org), destination, "Incoming", is_migration)


def _check_allowed(policy: dict[str, Any], end: End, direction: str, is_migration: bool) -> None:
    kind = "Migrations" if is_migration else "Protections"
    name = f"allow{direction}{kind}"
    if name not in policy:
        name, kind = f"allow{direction}", "replications"
    if not policy[name]:
        raise _refused(policy, end, f"{direction.lower()} {kind.lower()}")


def _refused(policy: dict[str, Any], end: End, what: str) -> Exception:
    name = policy["displayName"]
    return failure(
        f"The policy '{name}' of organization '{end.org}' at site '{end.cloud.site_name}' does not allow {what}."
    )


def check_quota(destination: End, more: int) -> None:
    """Raises ApiError 500 when so many more VMs are too many for the destination's policy."""
    if destination.org is None:
        return
    policy = policy_at(destination.cloud, destination.org)
    most = policy["maxIncoming"]
    present = destination.cloud.replications.incoming(destination.org)
    if 0 <= most < present + more:
        what = f"{present + more} incoming VMs: at most {most} are"
        raise _refused(policy, destination, what + " permitted")


def check_settings(ends: tuple[End, End], settings: Settings, is_tenant: bool) -> None:
    """Raises ApiError 500 for settings that a policy does not allow.

    Which side's policy decides is not recorded; the stricter reading asks both.
    """
    for end in ends:
        if end.org is None:
            continue
        policy = policy_at(end.cloud, end.org)
        if settings.rpo < policy["minRpo"]:
            raise _refused(policy, end, f"an RPO of {settings.rpo} minutes: {policy['minRpo']} is the least")
        count = instances_of(settings)
        if count > policy["maxInstances"]:
            raise _refused(policy, end, f"{count} instances: {policy['maxInstances']} are the most")
        if len(settings.rules) > 1 and not policy.get("allowAdvancedRetentionRules", True):
            raise _refused(policy, end, "more than one retention rule")
        if is_tenant and not policy.get("allowCustomSlaSettings", True):
            raise _refused(policy, end, "settings of a tenant's own")


def instances_of(settings: Settings) -> int:
    """How many instances the retention rules keep at most; without rules the latest one."""
    return max(1, sum(number for number, _distance in settings.rules))


def violations(cloud: CloudService, replications: Iterable[VappReplication]) -> dict[str, dict[str, Any]]:
    """What the status of policies says of organizations that replicate to or from this site (contract 4.10).

    What counts as configured is INFERRED: the incoming VMs, as for the limit; what is against the RPO, the
    instances and the directions of a policy is looked for both ways.
    """
    found: dict[str, dict[str, Any]] = {}
    policies: dict[str, dict[str, Any]] = {}
    split = cloud.product.since("4.1")
    for replication in replications:
        for end, direction in zip(replication.ends(), ("Outgoing", "Incoming"), strict=True):
            if end.cloud is not cloud or end.org is None:
                continue
            item = found.get(end.org)
            if item is None:
                item = found[end.org] = {
                    "configuredReplications": 0,
                    "quotaViolation": False,
                    "nonRpoCompliant": [],
                    "nonInstancesCompliant": [],
                }
                if split:
                    item |= {"migrationViolation": False, "protectionViolation": False}
                policies[end.org] = policy_at(cloud, end.org)
            _judge(item, policies[end.org], replication, direction, split)
    for org, item in found.items():
        item["quotaViolation"] = 0 <= policies[org]["maxIncoming"] < item["configuredReplications"]
    return found


# Who asks, and where


def _judge(
    item: dict[str, Any], policy: dict[str, Any], replication: VappReplication, direction: str, split: bool
) -> None:
    """Adds what one replication has against a policy."""
    kind = "Migrations" if replication.is_migration else "Protections"
    if split and not policy[f"allow{direction}{kind}"]:
        item["migrationViolation" if replication.is_migration else "protectionViolation"] = True
    for one in replication.vms:
        if direction == "Incoming":
            item["configuredReplications"] += 1
        if one.settings.rpo < policy["minRpo"] and one.id not in item["nonRpoCompliant"]:
            item["nonRpoCompliant"].append(one.id)
        most = max(1, sum(number for number, _distance in one.settings.rules))
        if most > policy["maxInstances"] and one.id not in item["nonInstancesCompliant"]:
            item["nonInstancesCompliant"].append(one.id)
