# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2154
#
# What the tests of limits share: where a container's cgroup is, what its files say, what
# systemd says. Loaded behind bundle.bash. Its variables are the tests', and these run in
# subshells, of which shellcheck would like to hear nothing.
#
#	TREE	the mount of the cgroup2 tree, or ""
#	DRIVER	cgroupfs or systemd
#	CG	the cgroup of the container's init, below TREE
#	UNIT	its scope, or ""

TREE=
while read -r _ where type _; do
	[ "$type" != cgroup2 ] || { TREE=$where && break; }
done </proc/mounts

DRIVER=${ARIL_BED_MANAGER:-cgroupfs}
if [ -z "${ARIL_BED_MANAGER:-}" ] && [ -n "${BED_OPEN:-}" ] && [ "$BED_MODE" != root ] &&
	[ -S "${XDG_RUNTIME_DIR:-/nowhere}/systemd/private" ]; then
	DRIVER=systemd
fi

# --- what the machine has --------------------------------------------------------------

# The cgroup of a process, from the tree's root
cgroup_of() { # PID
	local line
	while read -r line; do
		[[ $line == 0::* ]] && echo "${line#0::}" && return
	done <"/proc/$1/cgroup"
	return 1
}

# Where a container's controllers come from: the root, or what a user was given
controllers() {
	local own
	[ -n "$TREE" ] || return 0
	own=$(cgroup_of self)
	if is_root; then
		own=
	elif [[ $own == */user@*.service/* ]]; then
		own=${own%%.service/*}.service
	fi
	cat "$TREE$own/cgroup.controllers"
}

need_controller() { # NAME...
	local name all
	[ -n "$TREE" ] || skip 'there is no cgroup2 tree'
	need_cgroup
	all=$(controllers)
	for name; do
		[[ " $all " == *" $name "* ]] || skip "no controller $name in the tree"
	done
}

# A container gets a cgroup here
need_cgroup() {
	[ -n "$TREE" ] || skip 'there is no cgroup2 tree'
	[ "$DRIVER" = systemd ] || [ -w "$TREE/cgroup.procs" ] ||
		[ -w "$TREE$(cgroup_of self)/../cgroup.procs" ] ||
		skip 'this user has no cgroup to divide'
}
need_systemd() {
	[ "$DRIVER" = systemd ] || skip 'is about the systemd driver'
}
need_cgroupfs() {
	[ "$DRIVER" = cgroupfs ] || skip 'is about the cgroupfs driver'
}
# The test changes the machine
need_throwaway() {
	[ "${ARIL_BED:-}" = none ] || skip 'needs a machine that is thrown away'
	need_root
}
sysctl_unit() { # ARG...: systemctl of the manager that has the units
	if is_root; then
		systemctl "$@"
	else
		systemctl --user "$@"
	fi
}

# MAJOR:MINOR of a disk
disk() {
	local dev
	for dev in /sys/block/*/dev; do
		[[ $dev == */ram* || $dev == */loop* || $dev == */zram* ]] && continue
		[ -r "$dev" ] && cat "$dev" && return
	done
	return 1
}
need_disk() {
	DISK=$(disk) || skip 'there is no disk'
}

# DISK is the disk below the bundle
need_own_disk() {
	local dev
	dev=$(stat -c '%Hd:%Ld' "$B")
	[ -e "/sys/dev/block/$dev" ] || skip 'the bundle is on no disk'
	[ ! -e "/sys/dev/block/$dev/partition" ] ||
		dev=$(cat "/sys/dev/block/$dev/../dev")
	DISK=$dev
}

# Tests that wait for time to pass, because that is what they measure
window() { # MS
	"$ARIL_PROBE" wait-file "$T/never" "$1" || :
}

# --- a container -----------------------------------------------------------------------

limits() { # JSON: linux.resources
	cfg '.linux.resources = $r' --argjson r "$1"
}

# CG and UNIT of the container, of which $T/pid has the process
place() {
	CG=$TREE$(cgroup_of "$(pid)")
	UNIT=
	[[ $CG != *.scope ]] || UNIT=${CG##*/}
}
# A container that waits, with limits; in the place of the one before
limited() { # [JSON [OPTION...]]
	if [ -e "$T/pid" ]; then
		aril delete -f "$ID"
		rm -f "$T/pid" "$T/tell/ready"
	fi
	[ -z "${1:-}" ] || limits "$1"
	running "${@:2}"
	place
}
update() { # OPTION...
	run aril update "$@" "$ID" </dev/null
	echo "$output"
}
updated() {
	update "$@"
	[ "$status" -eq 0 ]
}

# --- what is expected ------------------------------------------------------------------

# A file of the container's cgroup says
holds() { # FILE TEXT [FILE TEXT]...
	local got
	while [ $# -gt 0 ]; do
		got=$(<"$CG/$1")
		[ "$got" = "$2" ] || {
			echo "$1: '$got', not '$2'"
			return 1
		}
		shift 2
	done
}
# A line of it
holds_line() { # FILE LINE
	grep -qxF -- "$2" "$CG/$1" || {
		echo "$1: no line '$2':"
		cat "$CG/$1"
		return 1
	}
}
# The value of a key in a file such as cpu.stat
stat_of() { # KEY FILE
	local key value
	while read -r key value; do
		[ "$key" != "$1" ] || { echo "$value" && return; }
	done <"$2"
	return 1
}
# With the systemd driver: properties of the unit
told() { # NAME=VALUE...
	local want names=() all
	[ -n "$UNIT" ] || return 0
	for want; do
		names+=(-p "${want%%=*}")
	done
	all=$(sysctl_unit show "${names[@]}" "$UNIT")
	for want; do
		[[ $'\n'$all$'\n' == *$'\n'"$want"$'\n'* ]] && continue
		echo "$UNIT: no property $want:"
		echo "$all"
		return 1
	done
}
# NUMBER is within PERCENT of WANT
near() { # NUMBER WANT PERCENT
	local off=$(($1 - $2))
	[ $((100 * ${off#-})) -le $(($2 * $3)) ] || {
		echo "$1 is not within $3 % of $2"
		return 1
	}
}
