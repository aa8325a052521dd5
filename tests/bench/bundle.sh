#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bundle.sh DIR PAYLOADS [NAME...]: the bundle that the benchmark runs, in the new
# directory DIR.
#
# DIR/NAME/true and DIR/NAME/pause are bundles of the one rootfs, DIR/rootfs, and differ
# in their cgroup (/NAME) and in their program: PAYLOADS/ntrue or npause. All else is
# what an engine writes for an ordinary container: six namespaces, fourteen mounts, 12
# masked and 5 read-only paths, 14 capabilities, and profile.json as the seccomp profile.
# floor_box.c has the same lists in C, and floor_check.sh compares.
#
# Values that differ between machines are not in it: the limits are lower than any
# machine's, so that root without CAP_SYS_RESOURCE may set them.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
dir=$1 payloads=$2
shift 2
[ $# -gt 0 ] || set -- bench

mkdir "$dir" "$dir/rootfs" "$dir/shared" "$dir/shared/data" "$dir/shared/cache" \
	"$dir/shared/secrets"
dir=$(cd "$dir" && pwd)
(cd "$dir/rootfs" && mkdir bin dev etc proc run run/secrets srv srv/data srv/cache sys)
cp "$payloads/ntrue" "$payloads/npause" "$dir/rootfs/bin"
for file in etc/resolv.conf etc/hosts etc/hostname run/.containerenv; do
	: >"$dir/rootfs/$file"
done
echo nameserver 127.0.0.1 >"$dir/shared/resolv.conf"
echo 127.0.0.1 localhost bench >"$dir/shared/hosts"
echo bench >"$dir/shared/hostname"
echo 'engine="bench"' >"$dir/shared/containerenv"

caps='"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
"CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
"CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"'

config() { # CGROUP PROGRAM
	cat <<EOF
{
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false,
    "user": { "uid": 0, "gid": 0 },
    "args": ["$2"],
    "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOME=/root", "HOSTNAME=bench", "container=bench"],
    "cwd": "/",
    "capabilities": {
      "bounding": [$caps],
      "effective": [$caps],
      "permitted": [$caps]
    },
    "rlimits": [
      { "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 },
      { "type": "RLIMIT_NPROC", "hard": 512, "soft": 512 }
    ],
    "noNewPrivileges": true,
    "oomScoreAdj": 0
  },
  "root": { "path": "$dir/rootfs", "readonly": false },
  "hostname": "bench",
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc",
      "options": ["nosuid", "noexec", "nodev"] },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
      "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { "destination": "/sys", "type": "sysfs", "source": "sysfs",
      "options": ["nosuid", "noexec", "nodev", "ro"] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620",
        "gid=5"] },
    { "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
      "options": ["nosuid", "noexec", "nodev"] },
    { "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
      "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
    { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
      "options": ["nosuid", "noexec", "nodev", "relatime", "ro"] },
    { "destination": "/etc/resolv.conf", "type": "bind",
      "source": "$dir/shared/resolv.conf", "options": ["bind", "rprivate"] },
    { "destination": "/etc/hosts", "type": "bind",
      "source": "$dir/shared/hosts", "options": ["bind", "rprivate"] },
    { "destination": "/etc/hostname", "type": "bind",
      "source": "$dir/shared/hostname", "options": ["bind", "rprivate"] },
    { "destination": "/run/.containerenv", "type": "bind",
      "source": "$dir/shared/containerenv", "options": ["bind", "rprivate"] },
    { "destination": "/run/secrets", "type": "bind",
      "source": "$dir/shared/secrets", "options": ["bind", "rprivate"] },
    { "destination": "/srv/data", "type": "bind",
      "source": "$dir/shared/data", "options": ["rbind", "rprivate"] },
    { "destination": "/srv/cache", "type": "bind",
      "source": "$dir/shared/cache", "options": ["rbind", "rprivate", "ro"] }
  ],
  "linux": {
    "cgroupsPath": "/$1",
    "namespaces": [
      { "type": "pid" }, { "type": "network" }, { "type": "ipc" }, { "type": "uts" },
      { "type": "mount" }, { "type": "cgroup" }
    ],
    "sysctl": {
      "net.ipv4.ping_group_range": "0 0",
      "net.ipv4.ip_unprivileged_port_start": "0"
    },
    "maskedPaths": [
      "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
      "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
      "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"
    ],
    "readonlyPaths": [
      "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"
    ],
    "seccomp":
EOF
	sed 's/^/    /' "$here/profile.json"
	printf '  }\n}\n'
}

for name; do
	mkdir "$dir/$name" "$dir/$name/true" "$dir/$name/pause"
	config "$name" /bin/ntrue >"$dir/$name/true/config.json"
	config "$name" /bin/npause >"$dir/$name/pause/config.json"
done
