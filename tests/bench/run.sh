#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [--rounds N] [--ops LIST] [--tools LIST] [--mounts N] [--csv FILE] [--no-rt]
#        [--check]
#
# Time aril against crun, runc and the floor, in turns, on the bundle of bundle.sh. LIST
# is words with commas: run,run-new,create,start,state,exec,kill,delete,delete-f and aril,
# crun,runc,floor; run-new is the first run with a seccomp profile. The host has N mounts
# more than it has. ARIL is the program, build/aril by default. As root; see README.md.
#
# --check measures less, and says as TAP whether the targets are met.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

# the targets of --check: OP, and how much of crun's time it may take
targets='run 0.35
state 0.35
kill 0.35
start 0.35
delete 0.35'
# KiB; the kernel counts the peak in steps of up to 32 pages for each processor
peak_max=1920 waiting_max=200

rounds='' ops='' tools='' csv='' rt=yes check='' inside='' reason='' mounts=0
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--check) check=yes ;;
	--no-rt) rt='' ;;
	--rounds) rounds=$2 && shift ;;
	--ops) ops=$2 && shift ;;
	--tools) tools=$2 && shift ;;
	--mounts) mounts=$2 && shift ;;
	--csv) csv=$2 && shift ;;
	*)
		sed -n '3,11s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
	shift
done
if [ -n "$check" ]; then
	: "${rounds:=20}" "${ops:=run,create,start,state,kill,delete}"
	: "${tools:=aril,crun,floor}"
fi
: "${rounds:=40}" "${ops:=run,run-new,create,start,state,exec,kill,delete,delete-f}"
: "${tools:=aril,crun,runc,floor}"

if [ -z "$inside" ]; then
	reason=$(place_missing)
	[ -z "$check" ] || place_required 'the times' "$reason"
	if [ -n "$reason" ]; then
		echo "run.sh: $reason" >&2
		exit 1
	fi
	case $csv in '' | /*) ;; *) csv=$(pwd)/$csv ;; esac
	set -- --rounds "$rounds" --ops "$ops" --tools "$tools" --mounts "$mounts"
	[ -z "$csv" ] || set -- "$@" --csv "$csv"
	[ -z "$check" ] || set -- "$@" --check
	[ -n "$rt" ] || set -- "$@" --no-rt
	place_enter "$@"
	exit
fi

# --- inside ----------------------------------------------------------------------------

wants() { # OP
	case ,$ops, in *,"$1",*) return 0 ;; esac
	return 1
}
has() { # TOOL
	case " $present " in *" $1 "*) return 0 ;; esac
	return 1
}

present=''
for name in $(echo "$tools" | tr , ' '); do
	if [ -n "$(tool_program "$name")" ]; then
		present="$present $name"
	elif [ "$name" = aril ] && [ -n "$check" ]; then
		echo "run.sh: $ARIL is not there: build it first" >&2
		exit 1
	else
		[ "$name" != aril ] || reason="$ARIL is not there"
		echo "# $name is left out: ${reason:-it is not installed}" >&2
		reason=''
	fi
done
# shellcheck disable=SC2086 # words
place_make_bundles $present

# OP, or - when it is not wanted but what follows needs it: a line for each tool
row() {
	op=$1
	wants "$op" || op=-
	for name in $present; do
		echo "$op $name $(tool_command "$name" "$1")"
	done
}
plan() {
	! wants run || row run
	if wants run-new; then
		echo "- - $(command -v rm) -rf $place_work/state-aril/.cache"
		row run-new
	fi
	if wants create || wants start || wants state || wants exec || wants kill ||
		wants delete; then
		row create
		! wants state || row state
		row start
		! wants exec || row exec
		row kill
		echo '- - @reap'
		row delete
	fi
	if wants delete-f; then
		row create | sed 's/^[^ ]*/-/'
		row start | sed 's/^[^ ]*/-/'
		row delete-f
		echo '- - @reap'
	fi
}

# TOOL, KiB of RSS, of PSS and of private dirty pages: of a container that waits for its
# start; and the number of instructions of its seccomp program, when it was started
memory() {
	for name in $present; do
		tool "$name" create || return 1
		pid=$(tool_pid "$name")
		sizes=$(awk '{ size[$1] = $2 }
			END {
				print size["Rss:"], size["Pss:"], size["Private_Dirty:"]
			}' "/proc/$pid/smaps_rollup")
		tool "$name" start || return 1
		tool_started "$pid" || return 1
		filter='?'
		dump=$place_work/filter-$name
		if "$place_programs/bpf" dump "$pid" "$dump" 2>/dev/null; then
			filter=$(($(wc -c <"$dump") / 8))
		fi
		tool "$name" delete-f || return 1
		echo "$name $sizes $filter"
	done
}

# TOOL: system calls of one `run`, of all its processes
syscalls() {
	# shellcheck disable=SC2046 # words
	strace -f -qq -c -o "$place_work/calls" $(tool_command "$1" run) </dev/null \
		>/dev/null 2>&1 || return 0
	awk '$NF == "total" { print $4 }' "$place_work/calls"
}

environment() {
	echo "# $(uname -sr), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
	for name in $present; do
		[ "$name" = floor ] ||
			echo "# $name: $("$place_work/$name" --version | sed -n 1p)"
	done
	echo "# $rounds rounds${rt:+ under chrt -f 1}; $(wc -l </proc/self/mounts) mounts"
}

# of this place, whose mounts end with it
mounts_add() { # NUMBER
	mkdir "$place_work/mounts"
	for number in $(seq "$1"); do
		mkdir "$place_work/mounts/$number"
		mount -t tmpfs -o size=4k none "$place_work/mounts/$number"
	done
}

[ "$mounts" -eq 0 ] || mounts_add "$mounts"
memory >"$place_work/memory" || {
	echo "run.sh: the tools do not all run the bundle" >&2
	exit 1
}
# the floor has aril's work to do, so it loads the same program
if [ -s "$place_work/filter-aril" ]; then
	cp "$place_work/filter-aril" "$place_work/filter"
fi
plan >"$place_work/plan"
if [ -n "$rt" ] && ! chrt -f 1 true 2>/dev/null; then
	rt=''
fi
reference=floor
has runc && reference=runc
has crun && reference=crun
summary=$place_work/summary
# measure: time all of the plan once
measure() {
	# shellcheck disable=SC2086 # words
	${rt:+chrt -f 1} "$place_programs/bench" -n "$rounds" -r "$reference" \
		${csv:+-c "$csv"} -s "$summary" "$place_work/plan" \
		>"$place_work/table" || {
		[ $? -ne 124 ] || echo "run.sh: a command took longer than a minute" >&2
		exit 1
	}
	awk '$2 == "aril" { print $1, $12 }' "$summary" >>"$place_work/ratios"
}
# best OP: the least ratio of the measurements so far
best() {
	awk -v op="$1" '$1 == op && (!n++ || $2 < least) { least = $2 }
		END { print n ? least : 9 }' "$place_work/ratios"
}
# missed: whether a target is not met yet
missed() {
	while read -r op most; do
		awk -v r="$(best "$op")" -v m="$most" 'BEGIN { exit !(r > m) }' && return
	done <<-EOF
		$targets
	EOF
	return 1
}
: >"$place_work/ratios"
measure
# Others on the machine make a ratio of medians worse as often as better: a target counts
# as missed when three measurements miss it
if [ -n "$check" ] && has crun; then
	! missed || measure
	! missed || measure
fi

if [ -z "$check" ]; then
	environment
	cat "$place_work/table"
	printf '\n%-14s %9s %9s %9s %9s %9s\n' 'waits (KiB)' rss pss private \
		filter 'run calls'
	while read -r name rss pss private filter; do
		calls=-
		! command -v strace >/dev/null || calls=$(syscalls "$name")
		printf '  %-12s %9s %9s %9s %9s %9s\n' "$name" "$rss" "$pss" "$private" \
			"$filter" "$calls"
	done <"$place_work/memory"
	exit 0
fi

echo "1..$(($(echo "$targets" | wc -l) + 2))"
environment
while read -r op most; do
	if ! has crun && [ -n "${ARIL_TESTS_MUST_RUN:-}" ]; then
		tap 0 "$op <= $most x crun (crun is not installed)"
		continue
	elif ! has crun; then
		count=$((count + 1))
		echo "ok $count - $op <= $most x crun # SKIP crun is not installed"
		continue
	fi
	ratio=$(best "$op")
	tap "$(awk -v r="$ratio" -v m="$most" 'BEGIN { print r <= m }')" \
		"$op <= $most x crun ($ratio)"
done <<EOF
$targets
EOF
peak=$(awk '$2 == "aril" && $8 > max { max = $8 } END { print max + 0 }' "$summary")
tap $((peak <= peak_max)) "peak RSS <= $peak_max KiB ($peak)"
waiting=$(awk '$1 == "aril" { print $2 }' "$place_work/memory")
tap $((waiting <= waiting_max)) "a waiting init has <= $waiting_max KiB RSS ($waiting)"
sed 's/^/# /' "$place_work/table"
exit $failed
