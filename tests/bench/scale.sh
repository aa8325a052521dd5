#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# scale.sh [--most N] [--rounds R] [--tools LIST] [--svg FILE] [--no-rt]
#
# How long the verbs take while 0, 10, 30, 100 ... N (1000) containers of the same tool
# run, and how much memory each of these has. LIST is words with commas: aril,crun,runc.
# --svg draws the table. As root; see README.md.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

most=1000 rounds=20 tools=aril,crun svg='' rt=yes inside=''
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--no-rt) rt='' ;;
	--most) most=$2 && shift ;;
	--rounds) rounds=$2 && shift ;;
	--tools) tools=$2 && shift ;;
	--svg) svg=$2 && shift ;;
	*)
		sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
	shift
done

if [ -z "$inside" ]; then
	reason=$(place_missing)
	if [ -n "$reason" ]; then
		echo "scale.sh: $reason" >&2
		exit 1
	fi
	case $svg in '' | /*) ;; *) svg=$(pwd)/$svg ;; esac
	set -- --most "$most" --rounds "$rounds" --tools "$tools"
	[ -z "$svg" ] || set -- "$@" --svg "$svg"
	[ -n "$rt" ] || set -- "$@" --no-rt
	# each ends, and its mounts with it
	# shellcheck disable=SC2034 # lib.sh uses it
	place_patience=$((20 + most / 5))
	place_enter "$@"
	exit
fi

# --- inside ----------------------------------------------------------------------------

verbs='create start state exec list kill delete'

# Those that run meanwhile: the Nth of TOOL is herd-TOOL-N, in a cgroup of that name
herd_grow() { # TOOL FROM TO
	from=$2
	while [ "$from" -lt "$3" ]; do
		from=$((from + 1))
		sed "s|\(\"cgroupsPath\": *\)\"[^\"]*\"|\1\"/herd-$1-$from\"|" \
			"$place_work/bundle/bench-$1/pause/config.json" \
			>"$place_work/herd-$1/config.json"
		"$place_work/$1" --root "$place_work/state-$1" run --detach \
			--bundle "$place_work/herd-$1" "herd-$1-$from" \
			</dev/null >"$place_work/output" 2>&1 || {
			cat "$place_work/output" >&2
			echo "scale.sh: $1 cannot run container $from" >&2
			return 1
		}
	done
}
herd_end() { # TOOL
	for number in $(seq "$most"); do
		"$place_work/$1" --root "$place_work/state-$1" delete --force \
			"herd-$1-$number" </dev/null
	done
}
# What the tool has left in spite of it
herd_left() { # TOOL
	find "$place_work/state-$1" -mindepth 1 -name .cache -prune -o ! -name .tmp -print
	find /sys/fs/cgroup -mindepth 1 -type d ! -name tools
}

# KiB that are not available; KiB that the kernel has for objects of its own
memory_used() {
	awk '{ size[$1] = $2 }
		END {
			kernel = size["Slab:"] + size["VmallocUsed:"]
			kernel += size["PageTables:"] + size["Percpu:"]
			print size["MemTotal:"] - size["MemAvailable:"], kernel
		}' /proc/meminfo
}
# Of all cgroups of TOOL's herd: KiB of PSS of its processes, of state, of memory.current
memory_herd() { # TOOL
	find /sys/fs/cgroup -path "*/herd-$1-*" -name cgroup.procs -exec cat {} + |
		sed 's|.*|/proc/&/smaps_rollup|' | xargs cat /dev/null |
		awk '$1 == "Pss:" { n += $2 } END { printf "%d ", n }'
	du -sk "$place_work/state-$1" | awk '{ printf "%d ", $1 }'
	find /sys/fs/cgroup -maxdepth 2 -path "*/herd-$1-*/memory.current" \
		-exec cat {} + | awk '{ n += $1 } END { print NR ? int(n / 1024) : "-" }'
}
# A line of memory.TOOL: number, and KiB for each: all, kernel, PSS, state, memory.current
memory_grow() { # TOOL FROM TO
	before=$(memory_used)
	herd_grow "$1" "$2" "$3" || return 1
	after=$(memory_used)
	sums=$(tail -n1 "$place_work/sums.$1" 2>/dev/null || echo 0 0)
	echo "$before $after $sums" |
		awk '{ print $3 - $1 + $5, $4 - $2 + $6 }' >"$place_work/sums.$1"
	echo "$3 $(cat "$place_work/sums.$1") $(memory_herd "$1")" |
		awk '{
			for (i = 2; i <= NF; i++)
				$i = $i == "-" ? "-" : sprintf("%.0f", $i / $1)
			print
		}' >>"$place_work/memory.$1"
}

plan() {
	for verb in $verbs; do
		for name in $present; do
			echo "$verb $name $(tool_command "$name" "$verb")"
		done
		[ "$verb" != kill ] || echo '- - @reap'
	done
}
# Lines of `times`: number, verb, tool, us
measure() { # NUMBER
	# shellcheck disable=SC2086 # words
	$rt "$place_programs/bench" -n "$rounds" -s "$place_work/summary" \
		"$place_work/plan" >"$place_work/table" || {
		[ $? -ne 124 ] || echo "scale.sh: a command took longer than a minute" >&2
		return 1
	}
	awk -v n="$1" '{ print n, $1, $2, $5 }' "$place_work/summary" \
		>>"$place_work/times"
}

steps() {
	echo 0
	for step in 10 30 100 300 1000 3000 10000; do
		[ "$step" -ge "$most" ] || echo "$step"
	done
	[ "$most" -eq 0 ] || echo "$most"
}

environment() {
	echo "# $(uname -sr), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
	for name in $present; do
		echo "# $name: $("$place_work/$name" --version | sed -n 1p)"
	done
	echo "# $rounds rounds${rt:+ under $rt}; medians in us"
	echo "# as many containers of each tool run; list/n: for each that is listed"
}
times_table() {
	awk -v verbs="$verbs" -v tools="${present# }" '
	BEGIN { nv = split(verbs " list/n", verb); nt = split(tools, tool) }
	!($1 in seen) { seen[$1] = 1; step[++ns] = $1 }
	{ us[$1, $2, $3] = $4 }
	$2 == "list" { us[$1, "list/n", $3] = $4 / ($1 + 1) }
	END {
		printf "%-8s", ""
		for (v = 1; v <= nv; v++)
			printf " %" (8 * nt) "s", verb[v]
		printf "\n%-8s", "running"
		for (v = 1; v <= nv; v++) {
			printf " "
			for (t = 1; t <= nt; t++)
				printf " %7s", tool[t]
		}
		printf "\n"
		for (s = 1; s <= ns; s++) {
			printf "%-8d", step[s]
			for (v = 1; v <= nv; v++) {
				printf " "
				for (t = 1; t <= nt; t++)
					printf " %7.0f", us[step[s], verb[v], tool[t]]
			}
			printf "\n"
		}
	}' "$place_work/times"
}
memory_table() {
	[ "$most" -gt 0 ] || return 0
	printf '\n%-8s %-6s %10s %10s %10s %10s %15s\n' running tool 'KiB each' \
		kernel pss state memory.current
	for name in $present; do
		while read -r number all kernel pss state current; do
			printf '%-8s %-6s %10s %10s %10s %10s %15s\n' "$number" "$name" \
				"$all" "$kernel" "$pss" "$state" "$current"
		done <"$place_work/memory.$name"
	done
}

present=''
for name in $(echo "$tools" | tr , ' '); do
	if [ "$name" != floor ] && [ -n "$(tool_program "$name")" ]; then
		present="$present $name"
	else
		echo "# $name is left out: it is not there" >&2
	fi
done
[ -n "$present" ] || exit 1
# without it, memory.current is missing; only a host's first cgroup tree hands it down
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || :
# shellcheck disable=SC2086 # words
place_make_bundles $present
for name in $present; do
	mkdir "$place_work/herd-$name"
done
if [ -n "$rt" ]; then
	rt=''
	! chrt -f 1 true 2>/dev/null || rt='chrt -f 1'
fi
plan >"$place_work/plan"
last=0
for step in $(steps); do
	for name in $present; do
		[ "$step" -eq 0 ] || memory_grow "$name" "$last" "$step"
	done
	measure "$step"
	last=$step
done
environment
times_table
memory_table
if [ -n "$svg" ]; then
	awk -v title="Containers running, and the time of a verb" \
		-f "$here/scale_svg.awk" "$place_work/times" >"$svg"
fi
for name in $present; do
	herd_end "$name"
done
for name in $present; do
	left=$(herd_left "$name")
	[ -z "$left" ] || {
		echo "scale.sh: $name leaves $left" >&2
		exit 1
	}
done
