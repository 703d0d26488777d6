#!/usr/bin/env bash
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The commands by which an administrator makes the cluster that the role ceph_cluster makes, one after the other, from a
# host with ssh to all of them: bare_ceph.sh FOLDER, with the lab's key and known_hosts in it. Packages are there. It ends
# with HEALTH_OK, a pool and a user.
set -euo pipefail

folder="$1"
hosts=(ceph01 ceph02 ceph03)
addresses=(192.168.207.201 192.168.207.202 192.168.207.203)
admin=192.168.207.200
ssh_options=(-i "${folder}/key" -o "UserKnownHostsFile=${folder}/known_hosts" -o BatchMode=yes -o LogLevel=ERROR
    -o ControlMaster=auto -o "ControlPath=${folder}/cp-%C" -o ControlPersist=60s)
# What is sent is put together here.
# shellcheck disable=SC2029
on() { local host="$1"; shift; ssh "${ssh_options[@]}" "root@${host}" "$@"; }
work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT

names="$(for i in 0 1 2; do echo "${addresses[$i]} ${hosts[$i]}"; done; echo "${admin} ceph-admin")"
for host in "${admin}" "${addresses[@]}"; do
    on "${host}" "cat >> /etc/hosts; useradd -m -s /bin/bash cephadmin; echo 'cephadmin ALL=(root) NOPASSWD: ALL' > /etc/sudoers.d/cephadmin; chmod 0440 /etc/sudoers.d/cephadmin; visudo -cqf /etc/sudoers.d/cephadmin" <<<"${names}"
done

fsid="$(cat /proc/sys/kernel/random/uuid)"
cat > "${work}/ceph.conf" <<CONF
[global]
fsid = ${fsid}
mon_initial_members = ceph01,ceph02,ceph03
mon_host = 192.168.207.201,192.168.207.202,192.168.207.203
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
CONF
first="${addresses[0]}"
on "${first}" "cat > /etc/ceph/ceph.conf" < "${work}/ceph.conf"
on "${first}" "set -e; cd /etc/ceph; umask 077
ceph-authtool -C ceph.mon.keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
ceph-authtool -C ceph.client.admin.keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mds 'allow *' --cap mgr 'allow *' >/dev/null
ceph-authtool -C /var/lib/ceph/bootstrap-osd/ceph.keyring --gen-key -n client.bootstrap-osd --cap mon 'profile bootstrap-osd' --cap mgr 'allow r' >/dev/null
ceph-authtool ceph.mon.keyring --import-keyring ceph.client.admin.keyring >/dev/null
ceph-authtool ceph.mon.keyring --import-keyring /var/lib/ceph/bootstrap-osd/ceph.keyring >/dev/null
monmaptool --create --fsid ${fsid} --addv ceph01 [v2:${addresses[0]}:3300,v1:${addresses[0]}:6789] --addv ceph02 [v2:${addresses[1]}:3300,v1:${addresses[1]}:6789] --addv ceph03 [v2:${addresses[2]}:3300,v1:${addresses[2]}:6789] monmap >/dev/null"
for file in ceph.mon.keyring ceph.client.admin.keyring monmap; do on "${first}" "cat /etc/ceph/${file}" > "${work}/${file}"; done
on "${first}" "cat /var/lib/ceph/bootstrap-osd/ceph.keyring" > "${work}/bootstrap"

for host in "${admin}" "${addresses[@]:1}"; do
    on "${host}" "cat > /etc/ceph/ceph.conf" < "${work}/ceph.conf"
    on "${host}" "umask 077; cat > /etc/ceph/ceph.client.admin.keyring" < "${work}/ceph.client.admin.keyring"
done
for i in 0 1 2; do
    host="${addresses[$i]}" name="${hosts[$i]}"
    on "${host}" "umask 077; cat > /var/lib/ceph/bootstrap-osd/ceph.keyring" < "${work}/bootstrap"
    on "${host}" "cat > /tmp/monmap" < "${work}/monmap"
    on "${host}" "umask 077; cat > /tmp/keyring; chown ceph: /tmp/keyring" < "${work}/ceph.mon.keyring"
    on "${host}" "runuser -u ceph -- ceph-mon --mkfs -i ${name} --monmap /tmp/monmap --keyring /tmp/keyring && rm -f /tmp/monmap /tmp/keyring && systemctl disable -q --now ceph-mon.service && systemctl enable -q --now ceph-mon@${name}"
done
until on "${first}" "ceph --connect-timeout 10 quorum_status -f json 2>/dev/null" | grep -q '"quorum_names":\["ceph01","ceph02","ceph03"\]'; do sleep 0.5; done
on "${first}" "rm /etc/ceph/ceph.mon.keyring /etc/ceph/monmap
ceph config set mon auth_allow_insecure_global_id_reclaim false
ceph config set mon mon_data_avail_warn 5"
for i in 0 1 2; do
    name="${hosts[$i]}"
    on "${addresses[$i]}" "set -e; runuser -u ceph -- mkdir -p /var/lib/ceph/mgr/ceph-${name}
ceph auth get-or-create mgr.${name} mon 'allow profile mgr' osd 'allow *' mds 'allow *' -o /var/lib/ceph/mgr/ceph-${name}/keyring
chown ceph: /var/lib/ceph/mgr/ceph-${name}/keyring; chmod 0600 /var/lib/ceph/mgr/ceph-${name}/keyring
systemctl enable -q --now ceph-mgr@${name}"
done
for i in 0 1 2; do
    on "${addresses[$i]}" "set -e; device=\$(readlink -f /dev/sdb)
ceph-volume raw prepare --bluestore --data \${device} >/dev/null 2>&1
id=\$(ceph-volume raw list \${device} | grep -oP '\"osd_id\": \K\d+')
printf '[Unit]\nBefore=ceph-osd@%s.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/sbin/ceph-volume raw activate --device %s --no-systemd\n[Install]\nRequiredBy=ceph-osd@%s.service\n' \${id} \${device} \${id} > /etc/systemd/system/ceph-osd-raw-\${id}.service
systemctl daemon-reload; systemctl enable -q --now ceph-osd-raw-\${id} ceph-osd@\${id}"
done
on "${first}" "set -e; ceph osd pool create kube >/dev/null 2>&1; ceph osd pool application enable kube rbd >/dev/null 2>&1; rbd pool init kube
ceph auth get-or-create client.kube mon 'profile rbd' osd 'profile rbd pool=kube' mgr 'profile rbd pool=kube' >/dev/null
until ceph status -f json 2>/dev/null | grep -q 'HEALTH_OK' && ceph osd stat -f json 2>/dev/null | grep -q '\"num_up_osds\":3' && ceph pg stat 2>/dev/null | grep -qE '^([0-9]+) pgs: \1 active\+clean;'; do sleep 1; done"
