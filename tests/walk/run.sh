#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [OPTION...] [VERB...]: the error walk (README.md), in a bed of its own:
# namespaces for mounts, processes, cgroups and networks, a private /run, so that the
# machine is never touched and all that is left behind is seen. TAP on stdout.
#
# OPTIONs are walk's: -e ERRORS, -s STEP, -p PROCESS, -c CALL, -x N, -k, -H, -m /FILE,
# -v.
#
#	ARIL		the program under test
#	ARIL_PROBE	the built tests/probe, which is the container's program
#	ARIL_WALK	the built tests/walk/walk
#	ARIL_WALK_STEP	a sample: each so many calls, with one error each
#	ARIL_WALK_BED	none: no bed, but the machine as it is
#	ARIL_WALK_ROOT	where its containers are (/run/walk)
#	ARIL_WALK_AS	user: aril is run by an ordinary user with subordinate ids;
#			solo: by one with one id. Both are in the bed only.
#	ARIL_WALK_JQ	a filter of jq for the config.json of all bundles
#	ARIL_WALK_SETUP	a command that makes what they need, as root in the bed
#	ARIL_WALK_WITH	words before aril: a program that starts it (with -x 2)
#	ARIL_WALK_ARIL	words behind it: global options
#	ARIL_TESTS_MUST_RUN	what cannot run is a failure
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests=$(dirname "$here")
verbs=create,run,start,exec,kill,delete,delete-force,update,pause,resume,state,ps,list

skip() {
	echo 1..1
	if [ -n "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "not ok 1 - the error walk ($1)"
		exit 1
	fi
	echo "ok 1 - the error walk # SKIP $1"
	exit 0
}
die() {
	echo "Bail out! walk: $1"
	exit 99
}

# --- 2: inside: the bundles, and the walk ----------------------------------------------

# What `update` sets, and where it is read again: of the controllers that are there
write_update() {
	local controllers
	controllers=$(cat "$tree/cgroup.controllers")
	case " $controllers " in
	*" pids "*)
		echo '{ "pids": { "limit": 77 } }' >update.json
		echo pids.max 77 >update.want
		;;
	*" hugetlb "*)
		echo '{ "hugepageLimits": [ { "pageSize": "2MB", "limit": 4194304 } ] }' \
			>update.json
		echo hugetlb.2MB.max 4194304 >update.want
		;;
	*) return 1 ;;
	esac
}

# An ordinary user who is here only; `as` has the words that make one of root
as=()
make_user() { # KIND
	local file uid=700001
	[ "$1" = user ] || uid=700002
	for file in passwd group subuid subgid; do
		cat "/etc/$file" >"$work/etc.$file" 2>/dev/null
	done
	echo "walk:x:$uid:$uid::$work:/bin/sh" >>"$work/etc.passwd"
	echo "walk:x:$uid:" >>"$work/etc.group"
	[ "$1" = solo ] || for file in subuid subgid; do
		echo 'walk:7000000:65536' >>"$work/etc.$file"
	done
	for file in passwd group subuid subgid; do
		[ ! -e "/etc/$file" ] || mount --bind "$work/etc.$file" "/etc/$file" ||
			return
	done
	chown -R "$uid:$uid" "$work"
	chmod 755 "$work"
	as=(setpriv "--reuid=$uid" "--regid=$uid" --clear-groups --inh-caps=-all --)
}

# The bundles of terminals, of agents, of owners of a mount's own, of hooks
make_other() { # NAME OF FILTER
	mkdir -p "$1" && jq --arg work "$work" "$3" "$2/config.json" >"$1/config.json"
}
# shellcheck disable=SC2016 # jq's variables
make_others() {
	local short='.process.args = ["/probe", "fds", ",", "umask", ",", "exit", "3"]'
	local asks='.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		listenerPath: ($work + "/agent.sock"), syscalls: [
		{ names: ["acct"], action: "SCMP_ACT_NOTIFY" }] }'
	make_other terminal report ".process.terminal = true | $short" &&
		make_other agent report "$asks | $short" &&
		make_other agent-wait wait "$asks" &&
		make_other idmap report "$short"' | .mounts += [{ destination: "/mnt",
			source: ($work + "/template/rootfs/etc"), type: "bind",
			options: ["bind", "idmap"],
			uidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
			gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }] }]' &&
		make_other hooks report "$short"' | .hooks = ([ "prestart",
			"createRuntime", "createContainer", "startContainer",
			"poststart", "poststop" ] | map({ (.): [
			{ path: "/bin/true", args: ["true"] }] }) | add)'
}

make_bundles() {
	local name report='status , fds , umask , names , rlimits , env , mountinfo'
	report+=' , signals , exit 3'
	"${as[@]}" "$tests/lib/prepare.sh" "$work" >"$work/prepare.log" 2>&1 || {
		sed 's/^/# /' "$work/prepare.log"
		return 1
	}
	cd "$work" || return
	mkdir report wait
	for name in report wait; do
		jq --arg name "$name" --arg report "$report" \
			--arg root "$work/template/rootfs" '
			.root.path = $root
			| .process.args = ["/probe"] + {
				report: $report, wait: "pause" }[$name] / " "
			| '"${ARIL_WALK_JQ:-.}" \
			template/config.json >"$name/config.json" || return
	done
	make_others || return
	[ ${#as[@]} -eq 0 ] || chown --reference=template ./*/ .
}

if [ "${1:-}" = --inside ]; then
	shift
	work=$1 tree=$2
	shift 2
	if [ -n "$tree" ]; then
		mount -t tmpfs -o mode=755 walk-run /run || die 'no bed'
		ip link set lo up
		umount "$tree"
		mount -t cgroup2 cgroup2 "$tree" || die 'no cgroups'
		mkdir "$tree/bed" && echo $$ >"$tree/bed/cgroup.procs"
	else
		tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	fi
	[ -z "${ARIL_WALK_AS:-}" ] || make_user "$ARIL_WALK_AS" || die 'no user'
	eval "${ARIL_WALK_SETUP:-}" || die "$ARIL_WALK_SETUP"
	make_bundles || die 'the bundles cannot be made'
	write_update || verbs=${verbs/update,/}
	options=() names=()
	for word; do
		case $word in
		[a-z]*) names+=("$word") ;;
		*) options+=("$word") ;;
		esac
	done
	[ ${#names[@]} -eq 0 ] || verbs=$(IFS=, && echo "${names[*]}")
	root=${ARIL_WALK_ROOT:-/run/walk}
	[ -d "$root" ] || mkdir -m 700 "$root"
	[ ${#as[@]} -eq 0 ] || {
		chown --reference="$work" "$root"
		options=(-x 2 "${options[@]}")
		verbs=${verbs/update,/} # there is no cgroup
		verbs=${verbs/pause,resume,/}
	}
	# shellcheck disable=SC2086 # words
	exec env -i PATH="$PATH" "$ARIL_WALK" -w "$root" "${options[@]}" "$work" \
		"$verbs" -- "${as[@]}" ${ARIL_WALK_WITH:-} \
		"$ARIL" --root "$root" ${ARIL_WALK_ARIL:-}
fi

# The root of a cgroup namespace is the cgroup that one is in when it is made
if [ "${1:-}" = --enter ]; then
	work=$2 dir=$3 tree=$4
	shift 4
	echo $$ >"$dir/cgroup.procs" || die 'the cgroup cannot be entered'
	exec unshare --cgroup --net "$0" --inside "$work" "$tree" "$@"
fi

# --- 1: outside ------------------------------------------------------------------------

[ "$(id -u)" -eq 0 ] || skip 'only root can make its bed'
[ "$(uname -m)" = x86_64 ] || skip 'it knows the registers of x86_64 only'
for program in jq busybox unshare ip; do
	command -v "$program" >/dev/null || skip "$program is not installed"
done
[ -x "${ARIL:-}" ] || die 'set ARIL'
[ -x "${ARIL_WALK:=${ARIL_BUILD:-.}/tests/walk/walk}" ] || die 'set ARIL_WALK'
work=$(mktemp -d /var/tmp/aril-walk.XXXXXX) || die 'no temporary directory'
dir=
# shellcheck disable=SC2317 # a trap calls it
clean() {
	if [ -n "$dir" ] && [ -d "$dir" ]; then
		echo 1 >"$dir/cgroup.kill"
		find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
	fi
	rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 99' HUP INT TERM
[ -z "${ARIL_WALK_STEP:-}" ] || set -- -s "$ARIL_WALK_STEP" "$@"
export ARIL ARIL_PROBE ARIL_WALK
if [ "${ARIL_WALK_BED:-}" = none ]; then
	"$0" --inside "$work" '' "$@"
	exit
fi
tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$tree" ] || skip 'there is no cgroup2'
dir=$tree/aril-walk-$$
mkdir "$dir" || die 'no cgroup can be made'
unshare --mount --pid --fork --mount-proc --propagation private --kill-child \
	"$0" --enter "$work" "$dir" "$tree" "$@"
