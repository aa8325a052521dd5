#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# floor_check.sh [--against TOOL]: is the floor's container the one that aril makes of the
# same bundle? If not, the benchmark compares with the wrong thing. TAP.
#
# A container of each runs npause; what is compared is what its process has, read through
# /proc/PID. --against crun or runc serves to try the floor where aril is not built.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

inside='' other=aril
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--against) other=$2 && shift ;;
	*) echo "floor_check.sh [--against TOOL]" >&2 && exit 2 ;;
	esac
	shift
done

if [ -z "$inside" ]; then
	reason=$(place_missing)
	command -v nsenter >/dev/null || reason=${reason:-nsenter is not installed}
	place_required 'the floor is what it should be' "$reason"
	place_enter --against "$other"
	exit
fi

# --- inside: each fact is a function of a process --------------------------------------

masked='/proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys
/proc/latency_stats /proc/sched_debug /proc/scsi /proc/timer_list /proc/timer_stats
/sys/devices/virtual/powercap /sys/firmware'

# what is mounted where, with its flags, but for the masks: there are many ways to mask
mounts() {
	awk -v masked="$masked" '
	BEGIN { n = split(masked, m); for (i = 1; i <= n; i++) hidden[m[i]] = 1 }
	!($5 in hidden) {
		for (i = 7; $i != "-"; i++)
			;
		n = split($6, flag, ",")
		flags = ""
		for (k = 1; k <= n; k++)
			if (flag[k] != "relatime")
				flags = flags " " flag[k]
		print $5, $(i + 1) flags
	}' "/proc/$1/mountinfo" | sort
}
# the bind mounts show files of one directory: which ones
sources() {
	awk '$5 ~ /^\/(etc|run|srv)\// { print $5, $4 }' "/proc/$1/mountinfo" | sort
}
file_systems() {
	awk '$5 ~ /^\/dev($|\/)/ { print $5, $NF }' "/proc/$1/mountinfo" |
		sed 's/,inode64//' | sort
}
masks() {
	for path in $masked; do
		at=/proc/$1/root$path
		if [ -d "$at" ]; then
			echo "$path: directory of $(find "$at" -mindepth 1 | wc -l)"
		elif [ -e "$at" ]; then
			echo "$path: $(head -c 100 "$at" | wc -c) bytes"
		fi
	done
}
hidden() { # the same, but whether something is mounted there
	for path in $masked; do
		[ ! -e "/proc/$1/root$path" ] ||
			awk -v path="$path" '$5 == path { found = 1 }
				END { print path, found ? "masked" : "open" }' \
				"/proc/$1/mountinfo"
	done
}
status() {
	grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters|Umask):' \
		"/proc/$1/status"
}
namespaces() {
	for ns in cgroup ipc mnt net pid time user uts; do
		if [ "$(readlink "/proc/$1/ns/$ns")" = "$(readlink "/proc/self/ns/$ns")" ]
		then
			echo "$ns: ours"
		else
			echo "$ns: its own"
		fi
	done
}
filter() {
	if "$place_programs/bpf" dump "$1" "$place_work/dump" 2>"$place_work/why"; then
		echo "$(($(wc -c <"$place_work/dump") / 8)) instructions"
		sha256sum <"$place_work/dump"
	else
		sed 's/of [0-9]*/of it/; s/^bpf: //' "$place_work/why"
	fi
}
limits() {
	grep -E '^Max (open files|processes)' "/proc/$1/limits"
	cat "/proc/$1/oom_score_adj"
}
network() {
	cat "/proc/$1/root/sys/class/net/lo/flags"
	nsenter --net --target "$1" cat /proc/sys/net/ipv4/ping_group_range \
		/proc/sys/net/ipv4/ip_unprivileged_port_start
	nsenter --uts --target "$1" uname -n
}
devices() {
	(cd "/proc/$1/root/dev" && find . -mindepth 1 -maxdepth 1 \
		\( -type l -printf '%f -> %l\n' -o -printf '%f %y %m %U:%G\n' \) | sort
	stat -c '%n %t:%T' full null random tty urandom zero)
}
process() {
	tr '\0' '\n' <"/proc/$1/cmdline"
	tr '\0' '\n' <"/proc/$1/environ" | sort
	readlink "/proc/$1/cwd"
	find "/proc/$1/fd" -type l -printf '%f\n' | sort
	sed -n 's/^NSpid:.*[^0-9]\([0-9]*\)$/process \1/p
		s/^NSsid:.*[^0-9]\([0-9]*\)$/session \1/p' "/proc/$1/status"
}
cgroup() {
	sed -n 's/^0::\(.*\)bench-[a-z]*$/\1/p' "/proc/$1/cgroup"
}

facts='mounts sources file_systems hidden masks status namespaces filter limits network
devices process cgroup'
[ -n "$(tool_program "$other")" ] ||
	required "the floor is what $other is" "$other is not installed or built"
place_make_bundles floor "$other"
tool "$other" create
tool "$other" start
theirs=$(tool_pid "$other")
tool_started "$theirs"
# the floor loads the program that it is given: so that of the other one
"$place_programs/bpf" dump "$theirs" "$place_work/theirs" 2>/dev/null &&
	cp "$place_work/theirs" "$place_work/filter"
tool floor create
tool floor start
ours=$(tool_pid floor)
tool_started "$ours"

# shellcheck disable=SC2086 # words
set -- $facts
echo "1..$(($# + 1))"
for fact; do
	count=$((count + 1))
	for pair in "$other $theirs" "floor $ours"; do
		file=$place_work/${pair% *}.$fact
		"$fact" "${pair#* }" >"$file" 2>&1 || echo "status $?" >>"$file"
	done
	sed -i "s/bench-$other/bench-floor/g" "$place_work/$other.$fact"
	if [ -s "$place_work/floor.$fact" ] &&
		cmp -s "$place_work/$other.$fact" "$place_work/floor.$fact"; then
		echo "ok $count - $fact: as $other's"
	else
		echo "not ok $count - $fact: as $other's"
		failed=1
		(cd "$place_work" && diff -u "$other.$fact" "floor.$fact" | sed 's/^/# /')
	fi
done
tool floor delete-f
tool "$other" delete-f
count=$((count + 1))
left=$(ls -A "$place_work/state-floor" && find /sys/fs/cgroup -name bench-floor)
if [ -z "$left" ]; then
	echo "ok $count - the floor leaves nothing"
else
	echo "not ok $count - the floor leaves $left"
	failed=1
fi
exit $failed
