#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rates.sh [ROUNDS [COUNT]]: how long Docker and podman take with runc, crun and aril, in
# guests that have them (make bench-clients), as a table in Markdown:
#
#	run		ENGINE run --rm box true: the median of ROUNDS (15)
#	create, start	ENGINE create and ENGINE start of COUNT (100; a user's: 50)
#			containers, which all run at the end: the median of one, and the
#			sum
#
# The runtimes take turns, in another order each time, in the same guest.
#
#	CLIENT_MACHINE	uml or qemu (uml)
#	ARIL_VM_MEMORY	of the guest (6000M: COUNT times three containers run at once)
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
runtimes=(runc crun aril)

# --- in a guest ------------------------------------------------------------------------

# turn NUMBER: the runtimes, in the order of that turn
turn() {
	local i
	for i in "${!runtimes[@]}"; do
		echo "${runtimes[($1 + i) % ${#runtimes[@]}]}"
	done
}

# timed FILE COMMAND...: adds its microseconds to a file
timed() {
	local file=$1 begin=$EPOCHREALTIME end
	shift
	"$@" >/dev/null || exit
	end=$EPOCHREALTIME
	echo $((${end/./} - ${begin/./})) >>"$file"
}

# with RUNTIME COMMAND OPTION...: of the engine
with() {
	local runtime=$1 command=$2
	shift 2
	# by its name podman wants it in its configuration
	[ "$engine" = docker ] || runtime=$(command -v "$runtime")
	case $engine in
	docker) docker "$command" --runtime "$runtime" "$@" ;;
	*) podman --runtime "$runtime" --cgroup-manager systemd "$command" "$@" ;;
	esac
}

create_and_start() { # RUNTIME NAME
	with "$1" create --name "$2" box sleep 100000 || return
	case $engine in
	docker) docker start "$2" ;;
	*) with "$1" start "$2" ;;
	esac
}

# row WHAT NAME: the medians of NAME.RUNTIME in milliseconds; sum: NAME and seconds
row() {
	local runtime values=()
	for runtime in "${runtimes[@]}"; do
		values+=("$(sort -n "$CLIENT_WORK/$2.$runtime" |
			awk -v what="${3:-median}" '
			{ v[NR] = $1; sum += $1 }
			END {
				m = (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2
				printf "%.1f", what == "sum" ? sum / 1e6 : m / 1e3
			}')")
	done
	(IFS='|' && echo "rate $1|${values[*]}")
}

measure() { # ENGINE
	local i runtime as=root
	engine=$1
	[ "$(id -u)" -eq 0 ] || as=user
	engine_begin >/dev/null || exit
	for ((i = -1; i < rounds; i++)); do
		for runtime in $(turn $((i + 1))); do
			# the first is not counted
			timed "$CLIENT_WORK/$engine.$((i < 0)).$runtime" \
				with "$runtime" run --rm box true
		done
	done
	for ((i = 0; i < count; i++)); do
		for runtime in $(turn $i); do
			timed "$CLIENT_WORK/$engine.start.$runtime" \
				create_and_start "$runtime" "$runtime-$i"
		done
	done
	row "$engine run --rm, $as: median of $rounds, ms" "$engine.0"
	row "$engine create, start, $as: median of $count, ms" "$engine.start"
	row "$engine create, start, $as: $count, s" "$engine.start" sum
	engine_clean
	engine_end
}

three_runtimes() { # Docker has a runc of its own, and $CLIENT_RUNTIME
	eval "one_$(declare -f docker_config)"
	docker_config() {
		local name more=
		one_docker_config
		for name in crun aril; do
			more+=" \"$name\": { \"path\": \"$(command -v $name)\" },"
		done
		sed -i "s|\"runtimes\": {|&$more|" /etc/docker/daemon.json
	}
}

inside() {
	local program
	CLIENT_RUNTIME=$(command -v runc)
	CLIENT_MANAGER=systemd
	CLIENT_WORK=$(mktemp -d /var/tmp/aril-rates.XXXXXX) || exit 99
	export CLIENT_RUNTIME CLIENT_MANAGER CLIENT_WORK
	trap 'rm -rf "$CLIENT_WORK"' EXIT
	"$here/rootfs.sh" "$CLIENT_WORK/rootfs.tar" || exit 99
	[ "$(id -u)" -ne 0 ] || (
		# shellcheck source=tests/clients/docker.bash disable=SC1091
		source "$here/docker.bash"
		three_runtimes
		measure docker
	) || exit
	(
		# shellcheck source=tests/clients/podman.bash disable=SC1091
		source "$here/podman.bash"
		measure podman
	) || exit
	for program in docker podman "${runtimes[@]}"; do
		echo "version $("$program" --version | head -n 1)"
	done
	echo "version Linux $(uname -r), $(nproc) processors"
}

# --- on the machine ---------------------------------------------------------------------

table() { # what the guests told, on stdin
	local cpu
	cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)
	awk -F'|' -v machine="$machine, $cpu" '
		BEGIN {
			print "| | runc | crun | aril | aril/runc | aril/crun |"
			print "|---|---|---|---|---|---|"
		}
		sub(/^rate /, "") {
			printf "| %s | %s | %s | %s | %.2f | %.2f |\n", $1, $2, $3, $4, \
				$4 / $2, $4 / $3
		}
		sub(/^version /, "") && !seen[$0]++ { list = list "; " $0 }
		END { print "\n" machine list }'
}

if [ "${1:-}" = --inside ]; then
	rounds=$2 count=$3
	inside
	exit
fi
rounds=${1:-15} count=${2:-100}
case $rounds$count in
*[!0-9]*)
	sed -n '3,14s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
machine=${CLIENT_MACHINE:-uml}
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
for as in '' --user; do
	# a user may have 200 keyrings, and each container has one
	[ -z "$as" ] || [ "$count" -le 50 ] || count=50
	# shellcheck disable=SC2086 # no word, or one
	ARIL_VM_MEMORY=${ARIL_VM_MEMORY:-6000M} "$here/../vm/run" --machine "$machine" \
		--image engines $as --seconds 5400 \
		"tests/clients/rates.sh --inside $rounds $count" >>"$out" || {
		status=$?
		tail -n 20 "$out"
		exit $status
	}
done
table <"$out"
