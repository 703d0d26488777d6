# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health checks of Ceph and what to do about each, in plain words, in one place (contract 3.1 and Ceph's own names)."""

from __future__ import annotations

_REMEDIES = {
    "AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED": "Once all clients are of 2021 or newer: ceph config set mon "
    "auth_allow_insecure_global_id_reclaim false.",
    "AUTH_INSECURE_GLOBAL_ID_RECLAIM": "Update the clients that the detail names, then switch "
    "auth_allow_insecure_global_id_reclaim off.",
    "MON_DOWN": "Start the monitors that the detail names (systemctl start ceph-mon@HOST) and look at their logs; as "
    "long as one more is down than may be, nobody can work.",
    "MON_CLOCK_SKEW": "Let chrony keep the clocks of all monitors' hosts; see ceph time-sync-status.",
    "MON_MSGR2_NOT_ENABLED": "ceph mon enable-msgr2, and open port 3300 between all hosts.",
    "MON_DISK_LOW": "Free room on the file system of the monitor's store (/var/lib/ceph/mon); below "
    "mon_data_avail_crit the monitor stops itself.",
    "MON_DISK_CRIT": "Free room on the file system of the monitor's store (/var/lib/ceph/mon) at once: it stops "
    "itself.",
    "MON_DISK_BIG": "ceph tell mon.NAME compact; a store that stays big waits for placement groups to become clean.",
    "MGR_DOWN": "Start a manager (systemctl start ceph-mgr@HOST); without one nothing is counted or balanced.",
    "MGR_MODULE_DEPENDENCY": "Install the Python packages that the detail names for the managers, or switch the "
    "module off (ceph mgr module disable NAME).",
    "MGR_MODULE_ERROR": "Look at the manager's log for the module that the detail names; ceph mgr fail lets another "
    "manager take over.",
    "TOO_FEW_OSDS": "Add OSDs: a pool wants as many as it has copies (osd_pool_default_size), each on a host of its "
    "own.",
    "TOO_FEW_PGS": "Let the autoscaler choose: pg_autoscale_mode on.",
    "TOO_MANY_PGS": "Let the autoscaler choose (pg_autoscale_mode on), or add OSDs.",
    "OSD_DOWN": "Start the OSDs that the detail names (systemctl start ceph-osd@ID on their hosts); where a disk is "
    "broken, replace it.",
    "OSD_HOST_DOWN": "Start the host, or its network; then its OSDs come back by themselves.",
    "OSD_ORPHAN": "Take the OSDs that the detail names out of the CRUSH map: ceph osd purge ID.",
    "OSD_NEARFULL": "Add OSDs or remove data before it is full; see ceph osd df for the fullest ones.",
    "OSD_BACKFILLFULL": "Add OSDs or remove data: nothing can be moved to the fullest OSDs any more.",
    "OSD_FULL": "Nobody can write: add OSDs, or remove images; ceph osd set-full-ratio 0.97 gives room for that, for "
    "once.",
    "OSDMAP_FLAGS": "Somebody set flags, for maintenance mostly: ceph osd unset FLAG when that is over.",
    "OSD_FLAGS": "Somebody set flags for single OSDs or hosts, for maintenance mostly: ceph osd unset-group FLAG WHO.",
    "OSD_SLOW_PING_TIME_BACK": "Look at the network between the OSDs that the detail names.",
    "OSD_SLOW_PING_TIME_FRONT": "Look at the network between the OSDs that the detail names.",
    "SLOW_OPS": "Look at the disks and the network of the OSDs that the detail names; they answer late.",
    "OSDMAP_CLIENT_COMPAT": "ceph osd set-require-min-compat-client as the detail says, once no older client is left.",
    "POOL_FULL": "Nobody can write to the pools that the detail names: raise their quota (ceph_pool: quota_size) "
    "or add OSDs; only then can images be removed as well.",
    "POOL_NEAR_FULL": "Raise the quota of the pools that the detail names (ceph_pool: quota_size), or remove images.",
    "POOL_NEARFULL": "Add OSDs or remove data before the pools that the detail names are full.",
    "POOL_BACKFILLFULL": "Add OSDs or remove data: the pools that the detail names cannot be moved any more.",
    "POOL_APP_NOT_ENABLED": "Say what the pools that the detail names are for (ceph_pool: applications: [rbd]).",
    "POOL_PG_NUM_NOT_POWER_OF_TWO": "Give the pools that the detail names a power of two (ceph_pool: pg_num), or "
    "leave it to the autoscaler.",
    "POOL_TOO_FEW_PGS": "ceph_pool: pg_autoscale_mode on, or pg_num as the detail says.",
    "POOL_TOO_MANY_PGS": "ceph_pool: pg_autoscale_mode on, or pg_num as the detail says.",
    "POOL_NO_REDUNDANCY": "Give the pools that the detail names more copies (ceph_pool: size: 3): a broken disk loses "
    "data.",
    "POOL_TARGET_SIZE_BYTES_OVERCOMMITTED": "The target sizes of the pools are more than there is: lower them.",
    "PG_AVAILABILITY": "Data cannot be read: bring back the OSDs that are down, or wait if a pool was made a moment "
    "ago.",
    "PG_DEGRADED": "Some data has fewer copies than it should: bring back the OSDs that are down, or wait until the "
    "cluster has made new ones.",
    "PG_DEGRADED_FULL": "Add OSDs: there is no room for the copies that are missing.",
    "PG_RECOVERY_FULL": "Add OSDs or remove data: what is missing cannot be made again.",
    "PG_BACKFILL_FULL": "Add OSDs or remove data: placement groups cannot move.",
    "PG_DAMAGED": "ceph health detail names the placement groups; ceph pg repair PGID once the disk is known to be "
    "well.",
    "PG_NOT_SCRUBBED": "Wait, or let scrubs run (osd_scrub_begin_hour, osd_scrub_end_hour; flag noscrub).",
    "PG_NOT_DEEP_SCRUBBED": "Wait, or let deep scrubs run (osd_deep_scrub_interval; flag nodeep-scrub).",
    "OSD_SCRUB_ERRORS": "ceph health detail names the placement groups; a disk may be failing.",
    "OBJECT_MISPLACED": "Wait: the cluster moves data to where it belongs.",
    "OBJECT_UNFOUND": "Bring back the OSDs that are down: nobody else has the newest copy.",
    "DEVICE_HEALTH": "Replace the disks that the detail names before they break.",
    "RECENT_CRASH": "See ceph crash ls, and when it is understood: ceph crash archive-all.",
    "TELEMETRY_CHANGED": "ceph telemetry on, or ceph telemetry off.",
    "CEPHADM_HOST_CHECK_FAILED": "cephadm does not reach the hosts that the detail names: ceph cephadm check-host "
    "NAME.",
    "CEPHADM_FAILED_DAEMON": "See ceph orch ps for the daemon, and its log on its host: cephadm logs --name NAME.",
    "CEPHADM_STRAY_DAEMON": "A daemon runs that cephadm does not know: adopt it (cephadm adopt), or stop it.",
    "CEPHADM_STRAY_HOST": "Make the host known to cephadm: ceph orch host add NAME.",
}


def remedy(check: str) -> str:
    """What to do about a health check, by its name."""
    return _REMEDIES.get(
        check, f"See ceph health detail; Ceph's manual has a page on health checks that tells of {check}."
    )
