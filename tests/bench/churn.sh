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
	place_required 'nothing grows' "$(place_missing)"
	required 'nothing grows' "$(aril_missing)"
	place_enter --cycles "$cycles" --most-time "$most_time"
	exit
fi

# --- inside: each fact is a function that prints a number, or nothing ------------------

state=$place_work/state-aril
cache=$state/.cache/seccomp

# reaper, this script, and what nobody has ended: orphans are children of reaper, and no
# process of ours can leave our cgroups, for it sees no other tree
staying() {
	{
		echo $$
		echo "$PPID"
		grep -ls "^PPid:[[:space:]]*$PPID\$" /proc/[0-9]*/status | cut -d/ -f3
		find /sys/fs/cgroup -path /sys/fs/cgroup/tools -prune -o \
			-name cgroup.procs -exec cat {} +
	} 2>/dev/null | sort -nu
}
processes() { staying | wc -l; }
fds() { # but for this script, which has more or fewer as it goes on
	for pid in $(staying); do
		[ "$pid" = $$ ] || find "/proc/$pid/fd" -mindepth 1
	done 2>/dev/null | wc -l
}
# once for each mount namespace
mounts() {
	for pid in $(staying); do
		echo "$(readlink "/proc/$pid/ns/mnt") $pid"
	done | sort -u -k1,1 | while read -r _ pid; do
		cat "/proc/$pid/mountinfo"
	done 2>/dev/null | wc -l
}
cgroups() { find /sys/fs/cgroup -type d | wc -l; }
dying() { awk '$1 == "nr_dying_descendants" { print $2 }' /sys/fs/cgroup/cgroup.stat; }
boxes() { find "$state" -mindepth 1 -name .cache -prune -o ! -name .tmp -print | wc -l; }
run_entries() { find /run -mindepth 1 | wc -l; }
cache_entries() { find "$cache" -mindepth 1 2>/dev/null | wc -l; }
cache_bytes() {
	find "$cache" -type f -printf '%s\n' 2>/dev/null |
		awk '{ n += $1 } END { print n + 0 }'
}
meminfo() { awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo; }
files() { cut -f1 /proc/sys/fs/file-nr; }
keys() { awk '$1 == "0:" { print $2 }' /proc/key-users 2>/dev/null || :; }
slab() { awk -v name="$1" '$1 == name { print $2 }' /proc/slabinfo 2>/dev/null || :; }

# SLACK COMMAND: WHAT. By so much it may differ: 0 where it is ours alone. The rest is the
# host's; 512 objects are a leak in every hundredth cycle of 50000. Slab holds what the
# kernel may drop when memory is short, such as names that are gone.
facts='0 processes: processes
0 fds: open files of the processes that stay
0 cgroups: cgroups
8 dying: cgroups that are removed and still held
0 mounts: mounts in all our mount namespaces
0 boxes: entries below the state root
0 run_entries: entries below /run
0 cache_entries: entries of the seccomp cache
0 cache_bytes: bytes of the seccomp cache
512 files: open files of the host
64 keys: keys of user 0
65536 meminfo Slab: KiB of Slab
16384 meminfo SUnreclaim: KiB of Slab that cannot be dropped
16384 meminfo VmallocUsed: KiB of VmallocUsed
4096 meminfo Percpu: KiB of Percpu
512 slab mnt_cache: mounts of the host
512 slab pid: process ids of the host
64 slab net_namespace: network namespaces of the host
512 slab nsproxy: sets of namespaces of the host
4096 slab kernfs_node_cache: files of cgroups and of sysfs'

# COMMAND: its number, now
fact() {
	# shellcheck disable=SC2086 # words
	$1
}

taken() {
	echo "$facts" | while IFS=: read -r command what; do
		echo "$(fact "${command#* }"):$command:$what"
	done
}

# COMMAND LIMIT: its number, as soon as it is no more than that. What the kernel does
# later (network namespaces and cgroups end in work queues) has 20 seconds.
settled() {
	end=$(($(date +%s) + 20))
	number=$(fact "$1")
	while [ -n "$number" ] && [ "$number" -gt "$2" ] && [ "$(date +%s)" -lt $end ]; do
		number=$(fact "$1")
	done
	echo "$number"
}

grown() { # BEFORE SLACK COMMAND WHAT
	if [ -z "$1" ]; then
		count=$((count + 1))
		echo "ok $count - $4 # SKIP the kernel does not tell"
		return
	fi
	after=$(settled "$3" $(($1 + $2)))
	more=''
	[ "$2" = 0 ] || more=", may be $2 more"
	tap $((${after:-$1} <= $1 + $2)) "$4: $1 before, ${after:-none} after$more"
}

# CYCLES: what churn printed goes to $place_work/churned
churn() {
	# shellcheck disable=SC2086 # words
	$rt "$place_programs/churn" -n "$1" -w "$window" -s "$$" "$place_work/aril" \
		"$state" "$place_work/bundle/bench-aril" bench-aril >"$place_work/churned"
}
churned() { sed -n "s/^$1 //p" "$place_work/churned"; } # KEY

# Whether the last runs took too long. Others on the machine make them longer, too: they
# have, when runs that follow take no longer.
slower() {
	first=$(churned first) last=$(churned last)
	for _ in 1 2 3; do
		ratio=$(awk -v a="$first" -v b="$last" 'BEGIN { printf "%.2f", b / a }')
		awk -v r="$ratio" -v m="$most_time" 'BEGIN { exit !(r > m) }' || return 1
		churn $((window * 5 / 4 + 1)) || return 0
		last=$(churned last)
	done
}

place_make_bundles aril
rt=''
# only where it does not keep the process from running that shall be interrupted
if [ "$(nproc)" -gt 1 ] && chrt -f 1 true 2>/dev/null; then
	rt='chrt -f 1'
fi
window=$((cycles / 4 < 1000 ? cycles / 4 + 1 : 1000))
warm=$((cycles / 50 < 50 ? 50 : cycles / 50))
echo "1..$(($(echo "$facts" | wc -l) + 2))"
echo "# $(uname -sr), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
echo "# $("$ARIL" --version | sed -n 1p); $warm cycles before${rt:+; under $rt}"
if ! churn $((warm < 1000 ? warm : 1000)) || ! taken >"$place_work/before" ||
	! churn "$cycles"; then
	tap 0 "$cycles cycles"
	exit 1
fi
tap 1 "$cycles cycles: $(churned runs) runs, $(churned whole) of all verbs; creates\
 killed: $(churned killed), after their end: $(churned late)"
slow=1
! slower || slow=0
tap $slow "the last $window runs take <= $most_time times as long as the first:\
 $first us, $last us, $ratio"
while IFS=: read -r before command what; do
	grown "$before" "${command%% *}" "${command#* }" "${what# }"
done <"$place_work/before"
exit $failed
