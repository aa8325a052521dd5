#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guest.sh [--rounds N] [--machine uml|qemu]: what run.sh cannot measure on every host, in
# a guest with pure cgroup v2 and systemd: a container with limits, in systemd's scope, in
# a user namespace, and an ordinary user's; aril, crun and runc in turns, N (20) rounds.
# Before each table: how much memory is charged to a container that waits for its start.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
ARIL_SOURCE=${ARIL_SOURCE:-$(cd "$here/../.." && pwd)}
export ARIL_SOURCE

rounds=20 machine=uml inside=''
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--rounds) rounds=$2 && shift ;;
	--machine) machine=$2 && shift ;;
	*)
		sed -n '3,6s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
	shift
done

if [ -z "$inside" ]; then
	programs=${ARIL_BUILD:-$ARIL_SOURCE/build}/bench-programs
	trap 'rm -rf "$programs"' EXIT
	mkdir -p "$programs"
	"$here/build.sh" "$programs"
	for as in '' --user; do
		# shellcheck disable=SC2086 # no word, or one
		"$here/../vm/run" --machine "$machine" $as --seconds 3600 \
			"tests/bench/guest.sh --inside --rounds $rounds"
	done
	exit
fi

# --- in the guest ----------------------------------------------------------------------

programs=$ARIL_BUILD/bench-programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
tools='aril crun runc'

# TOOL VERB: the command line, as words
command_line() {
	local base="$work/$1 --root $work/state-$1 $options" id=bench-$1
	case $2 in
	run) echo "$base run --bundle $work/$kind/$1/true $id" ;;
	create) echo "$base create --bundle $work/$kind/$1/pause $id" ;;
	exec) echo "$base exec $id /bin/ntrue" ;;
	delete-f) echo "$base delete --force $id" ;;
	*) echo "$base $2 $id" ;;
	esac
}

now() { # TOOL VERB
	# shellcheck disable=SC2046 # words
	set -- $(command_line "$1" "$2")
	"$@" </dev/null
}

row() { # OP
	local tool
	for tool in $tools; do
		echo "$1 $tool $(command_line "$tool" "$1")"
	done
}

# make_bundles FILTER: those of all tools, changed by a program of jq, whose $name is the
# tool
make_bundles() {
	local tool program bundle
	for tool in $tools; do
		for program in true pause; do
			bundle=$tool/$program
			mkdir -p "$work/$kind/$bundle"
			jq --arg name "$tool" "$1" "$work/bundle/$bundle/config.json" \
				>"$work/$kind/$bundle/config.json"
		done
	done
}

# charged TOOL: KiB of the cgroup of a container that waits, with nothing of its own in it
charged() {
	local pid cgroup peak=-
	now "$1" create >"$work/output" 2>&1 || { cat "$work/output" >&2 && return 1; }
	pid=$(now "$1" state | jq .pid)
	cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
	[ ! -e "$cgroup/memory.peak" ] || peak=$(($(<"$cgroup/memory.peak") / 1024))
	echo "# $1: $(($(<"$cgroup/memory.current") / 1024)) KiB charged, at most $peak"
	now "$1" delete-f
}

# measure KIND OPTIONS FILTER TEXT
measure() {
	local kind=$1 options=$2 op tool
	echo "# $4"
	make_bundles "$3"
	for tool in $tools; do
		charged "$tool"
	done
	for op in run create start exec delete-f; do
		row $op
		[ $op != delete-f ] || echo '- - @reap'
	done >"$work/plan"
	"$programs/bench" -n "$rounds" -r crun "$work/plan"
	echo
}

# shellcheck disable=SC2016 # jq's variables
limits='.linux.resources = { memory: { limit: 268435456 }, pids: { limit: 512 },
	cpu: { shares: 1024, quota: 200000, period: 100000 } }'
# shellcheck disable=SC2016 # jq's variables
scope='.linux.cgroupsPath = "\($slice).slice:bench:\($name)"'
# shellcheck disable=SC2016 # jq's variables
users='.linux.namespaces += [{ type: "user" }]
	| .linux.uidMappings = $ids | .linux.gidMappings = $ids'
# shellcheck disable=SC2016 # jq's variables
far='[{ containerID: 0, hostID: 100000, size: 65536 }] as $ids | '

for tool in $tools; do
	path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$tool" || :)
	[ "$tool" != aril ] || path=$ARIL
	ln -s "$path" "$work/$tool"
	mkdir "$work/state-$tool"
	echo "# $tool: $("$path" --version | sed -n 1p)"
done
echo "# $(uname -sr), $(id -un), $rounds rounds"
# shellcheck disable=SC2086 # words
"$here/bundle.sh" "$work/bundle" "$programs" $tools
if [ "$(id -u)" -eq 0 ]; then
	measure limits '' "$limits" 'with limits of memory, processes and time'
	measure scope --systemd-cgroup "\"system\" as \$slice | $limits | $scope" \
		'with these limits, in a scope of systemd'
	measure userns '' "$far $limits | $users" 'with these limits, in a user namespace'
else
	own="[{ containerID: 0, hostID: $(id -u), size: 1 },
		{ containerID: 1, hostID: 100000, size: 65535 }] as \$ids | "
	measure rootless --systemd-cgroup "\"user\" as \$slice | $own $limits | $scope
		| $users | del(.process.oomScoreAdj)" \
		'by an ordinary user, with these limits, in a scope of systemd'
fi
