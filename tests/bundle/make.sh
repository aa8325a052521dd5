#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make.sh DIR [ARG...]: a real bundle in the new directory DIR, for ARG... (/bin/sh).
#
# The root file system is Debian's static busybox with a link for each of its applets. The
# config.json is what podman writes for an ordinary container: six namespaces, fourteen
# mounts, masked paths, eleven capabilities, a seccomp profile with rules on arguments,
# resources without limits. When an ordinary user runs this, it has a user namespace too,
# with all the ids that the user may map, as `podman run` has without root.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
dir=$1
shift
[ $# -gt 0 ] || set -- /bin/sh

busybox=$(command -v busybox) || {
	echo "make.sh: busybox is not installed (package busybox-static)" >&2
	exit 1
}
mkdir "$dir" "$dir/rootfs" "$dir/shared"
dir=$(cd "$dir" && pwd)

# --- the root file system -----------------------------------------------------------

cd "$dir/rootfs"
mkdir bin dev etc home mnt proc root run sys tmp usr var
chmod 1777 tmp
cp "$busybox" bin/busybox
for applet in $("$busybox" --list); do
	[ "$applet" = busybox ] || ln -s busybox "bin/$applet"
done
ln -s ../bin usr/bin
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >etc/passwd
printf 'root:x:0:\nnogroup:x:65534:\n' >etc/group
touch etc/hosts etc/hostname etc/resolv.conf
cd "$dir/shared"
echo 127.0.0.1 localhost seed >hosts
echo seed >hostname
echo nameserver 127.0.0.1 >resolv.conf
echo 'engine="demo"' >containerenv
mkdir shm secrets
chmod 1777 shm

# --- config.json --------------------------------------------------------------------

quote() { # each argument as a JSON string, with commas between
	sep=
	for word; do
		printf '%s"' "$sep"
		printf %s "$word" |
			sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' |
			awk '{ printf "%s%s", sep, $0; sep = "\\n" }'
		printf '"'
		sep=', '
	done
}

# FILE: the first range of this user in /etc/subuid or /etc/subgid, as "START COUNT"
sub_range() {
	awk -F: -v name="$(id -un)" -v id="$(id -u)" \
		'$1 == name || $1 == id { print $2, $3; exit }' "$1" 2>/dev/null
}
mapping() { # OWN-ID START COUNT
	printf '{ "containerID": 0, "hostID": %s, "size": 1 }' "$1"
	[ -z "$2" ] || printf ',
      { "containerID": 1, "hostID": %s, "size": %s }' "$2" "$3"
}

user='' idmaps='' devgid=5
if [ "$(id -u)" -ne 0 ]; then
	uids=$(sub_range /etc/subuid) gids=$(sub_range /etc/subgid)
	command -v newuidmap >/dev/null || uids=''
	[ -n "$uids" ] && [ -n "$gids" ] || uids='' gids=''
	# group 5 is what devpts asks for; with one id there is no such group
	[ -n "$gids" ] || devgid=
	user=',
      { "type": "user" }'
	# shellcheck disable=SC2086 # a range is two words
	idmaps="
    \"uidMappings\": [
      $(mapping "$(id -u)" ${uids:-""})
    ],
    \"gidMappings\": [
      $(mapping "$(id -g)" ${gids:-""})
    ],"
fi

# the architectures that the machine's kernel runs
case $(uname -m) in
x86_64) arches='"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"' ;;
aarch64) arches='"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"' ;;
s390x) arches='"SCMP_ARCH_S390X", "SCMP_ARCH_S390"' ;;
ppc64le) arches='"SCMP_ARCH_PPC64LE"' ;;
riscv64) arches='"SCMP_ARCH_RISCV64"' ;;
*) arches= ;;
esac
seccomp=$(sed "s/\"architectures\": .*/\"architectures\": [$arches],/" \
	"$here/../bench/profile.json")

bind() { # TARGET SOURCE [OPTION]
	printf '{ "destination": "%s", "type": "bind", "source": "%s",
      "options": ["bind", "rprivate"%s] }' "$1" "$2" "${3:-}"
}

caps='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
        "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
        "CAP_SYS_CHROOT"]'

cat >"$dir/config.json" <<END
{
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false,
    "user": { "uid": 0, "gid": 0, "umask": 18, "additionalGids": [] },
    "args": [$(quote "$@")],
    "env": [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "TERM=xterm",
      "container=demo",
      "HOME=/root",
      "HOSTNAME=seed"
    ],
    "cwd": "/",
    "capabilities": {
      "bounding": $caps,
      "effective": $caps,
      "permitted": $caps
    },
    "rlimits": [
      { "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 }
    ],
    "noNewPrivileges": false
  },
  "root": { "path": "rootfs", "readonly": false },
  "hostname": "seed",
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc",
      "options": ["nosuid", "noexec", "nodev"] },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
      "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { "destination": "/sys", "type": "sysfs", "source": "sysfs",
      "options": ["nosuid", "noexec", "nodev", "ro"] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666",
        "mode=0620"${devgid:+, \"gid=$devgid\"}] },
    { "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
      "options": ["nosuid", "noexec", "nodev"] },
    $(bind /dev/shm "$dir/shared/shm" ', "nosuid", "noexec", "nodev"'),
    $(bind /etc/hosts "$dir/shared/hosts"),
    $(bind /etc/hostname "$dir/shared/hostname"),
    $(bind /etc/resolv.conf "$dir/shared/resolv.conf"),
    $(bind /run/.containerenv "$dir/shared/containerenv"),
    $(bind /run/secrets "$dir/shared/secrets" ', "ro"'),
    { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
      "options": ["rprivate", "nosuid", "noexec", "nodev", "relatime", "ro"] },
    { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
      "options": ["rprivate", "nosuid", "nodev", "tmpcopyup", "mode=1777"] },
    { "destination": "/var/tmp", "type": "tmpfs", "source": "tmpfs",
      "options": ["rprivate", "nosuid", "nodev"] }
  ],
  "annotations": {
    "org.opencontainers.image.title": "demo"
  },
  "linux": {$idmaps
    "sysctl": {
      "net.ipv4.ping_group_range": "0 0"
    },
    "resources": {
      "devices": [
        { "allow": false, "access": "rwm" }
      ]
    },
    "namespaces": [
      { "type": "pid" },
      { "type": "network" },
      { "type": "ipc" },
      { "type": "uts" },
      { "type": "mount" },
      { "type": "cgroup" }$user
    ],
    "maskedPaths": [
      "/proc/acpi",
      "/proc/kcore",
      "/proc/keys",
      "/proc/latency_stats",
      "/proc/timer_list",
      "/proc/timer_stats",
      "/proc/sched_debug",
      "/proc/scsi",
      "/sys/firmware",
      "/sys/fs/selinux",
      "/sys/dev/block",
      "/sys/devices/virtual/powercap"
    ],
    "readonlyPaths": [
      "/proc/asound",
      "/proc/bus",
      "/proc/fs",
      "/proc/irq",
      "/proc/sys",
      "/proc/sysrq-trigger"
    ],
    "seccomp": $seccomp
  }
}
END
