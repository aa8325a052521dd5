#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# churn.sh [--cycles N] [--most-time RATIO]: nothing grows when aril makes and removes N
# (50000) containers. TAP.
#
# churn.c plays the cycles, a tenth of them all verbs, a fiftieth of them creates that die
# of SIGKILL at a random moment. What there is of anything is taken before, when a few
# cycles have warmed all up, and after. What only this place has must be the same; what
# the whole host has in common may differ by what others do meanwhile: see `grown`. The
# last thousand runs may take RATIO (1.2) times as long as the first. As root; README.md.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

cycles=50000 most_time=1.2 inside=''
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--cycles) cycles=$2 && shift ;;
	--most-time) most_time=$2 && shift ;;
	*) echo "churn.sh [--cycles N] [--most-time RATIO]" >&2 && exit 2 ;;
	esac
	shift
done

if [ -z "$inside" ]; then
	reason=$(place_missing)
	if [ -n "$reason" ] && [ -z "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "1..0 # SKIP $reason"
		exit 0
	elif [ -n "$reason" ] || [ ! -x "$ARIL" ]; then
		echo 1..1
		echo "not ok 1 - nothing grows (${reason:-$ARIL is not there: build it})"
		exit 1
	fi
	place_enter --cycles "$cycles" --most-time "$most_time"
	exit
fi

# --- inside: each fact is a function that prints a number --------------------------------

state=$place_work/state-aril
cache=$state/.cache/seccomp

# Those in our cgroups; nobody can leave them, for there is no other tree in sight. The
# ones that count are here before and after: this script, reaper.
pids() {
	find /sys/fs/cgroup -name cgroup.procs -exec cat {} + 2>/dev/null | sort -nu
}
# PATTERN: how many names below /proc/PID of all of them match it. The processes that
# count open files too: only those of the script and of reaper stay.
staying() {
	for pid in $(pids); do
		[ "$(cut -d' ' -f4 "/proc/$pid/stat" 2>/dev/null)" = $$ ] ||
			echo "$pid"
	done
}
processes() { staying | while read -r pid; do
	[ ! -d "/proc/$pid/fd" ] || echo "$pid"
done | wc -l; }
fds() {
	for pid in $(staying); do
		find "/proc/$pid/fd" -mindepth 1 2>/dev/null || :
	done | wc -l
}
zombies() {
	awk '$3 == "Z" && $4 == parent { n++ } END { print n + 0 }' parent="$PPID" \
		/proc/[0-9]*/stat 2>/dev/null || echo 0
}
