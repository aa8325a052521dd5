# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh: what the scripts here share. Sourced, with `here` set.
#
# They work in a place of their own: a cgroup namespace whose root is a new cgroup, and a
# mount namespace with that cgroup at /sys/fs/cgroup, so that every runtime sees the same
# pure cgroup2 tree whatever the host has, and a tmpfs for bundles and state. The host's
# mounts are not touched; place_leave kills and removes all that was made.
#
# The script starts itself again inside: place_enter ARG... in the outer one ends with the
# status of `$0 --inside ARG...`, whose variables are place_work and place_programs; what
# is orphaned there becomes a child of reaper. place_patience is how many seconds the end
# of all may take.

ARIL_SOURCE=${ARIL_SOURCE:-$(cd "$here/../.." && pwd)}
ARIL=${ARIL:-$ARIL_SOURCE/build/aril}
case $ARIL in /*) ;; *) ARIL=$(pwd)/$ARIL ;; esac
export ARIL ARIL_SOURCE

# Why it cannot be done here; nothing when it can
place_missing() {
	if [ "$(id -u)" -ne 0 ]; then
		echo "only root can make the containers that are compared"
	elif [ -z "$(cgroup_tree)" ]; then
		echo "no cgroup2 tree is mounted"
	elif ! command -v "${CC:-cc}" >/dev/null; then
		echo "${CC:-cc} is not installed"
	elif ! command -v unshare >/dev/null; then
		echo "unshare is not installed"
	fi
}

# For scripts that print TAP. A REASON against it ends them: all is skipped, but fails
# where nothing may be left out, and without what has to be built.
required() { # WHAT [REASON]
	[ -n "$2" ] || return 0
	echo 1..1
	echo "not ok 1 - $1 ($2)"
	exit 1
}
place_required() { # WHAT [REASON]
	if [ -n "$2" ] && [ -z "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "1..0 # SKIP $2"
		exit 0
	fi
	required "$1" "$2"
}
aril_missing() {
	[ -x "$ARIL" ] || echo "$ARIL is not there: build it"
}

# A line of TAP; at the end they say `exit $failed`
count=0 failed=0
# shellcheck disable=SC2034 # failed: the caller's
tap() { # OK? TEXT
	count=$((count + 1))
	if [ "$1" = 1 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

cgroup_tree() {
	awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts
}

place_enter() {
	place_programs=$(mktemp -d)
	place_cgroup=$(cgroup_tree)/aril-bench-$$
	trap place_leave EXIT
	trap 'exit 130' HUP INT TERM
	"$here/build.sh" "$place_programs" || return 1
	mkdir "$place_cgroup" "$place_cgroup/tools" || return 1
	place_work=$place_programs/work
	mkdir "$place_work"
	export place_programs place_work place_cgroup
	# first into the cgroup, which then is the root of the namespace; then down, for a
	# cgroup with processes cannot hand controllers to its children
	# shellcheck disable=SC2016 # the inner shell expands them
	sh -c 'echo 0 >"$place_cgroup/cgroup.procs" || exit 1
		exec unshare --cgroup --mount --propagation private sh -c "$@"' - '
		echo 0 >"$place_cgroup/tools/cgroup.procs" || exit 1
		mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
			mount -t tmpfs tmpfs "$place_work" &&
			mount -t tmpfs -o mode=755 tmpfs /run || exit 1
		exec "$@"' - "$place_programs/reaper" "$0" --inside "$@" &
	wait $! # a signal ends this at once; place_leave ends the rest
}

# shellcheck disable=SC2317,SC2329 # called by a trap
place_leave() {
	trap - EXIT
	if [ -d "$place_cgroup" ]; then
		echo 1 >"$place_cgroup/cgroup.kill"
		# shellcheck disable=SC2016 # the inner shell expands them
		# a cgroup is free when all in it have ended: that is waited for
		timeout "${place_patience:-20}" sh -c 'while [ -d "$1" ]; do
			find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
		done' - "$place_cgroup" ||
			echo "lib.sh: $place_cgroup is still busy" >&2
	fi
	rm -rf "$place_programs"
}

# --- inside ----------------------------------------------------------------------------

# TOOL: its program, or nothing
tool_program() {
	case $1 in
	aril) [ ! -x "$ARIL" ] || printf '%s\n' "$ARIL" ;;
	floor) printf '%s\n' "$place_programs/floor" ;;
	*) PATH=$PATH:/usr/sbin:/sbin command -v "$1" ;;
	esac
}

# The bundles of all tools, and for each a link to the program, whose path has no blanks
place_make_bundles() { # TOOL...
	for tool; do
		ln -s "$(tool_program "$tool")" "$place_work/$tool"
		mkdir "$place_work/state-$tool"
		set -- "$@" "bench-$tool"
		shift
	done
	"$here/bundle.sh" "$place_work/bundle" "$place_programs" "$@"
	"$place_programs/bpf" compile "$here/profile.json" "$place_work/filter"
}

# TOOL VERB: the command line, as words
tool_command() {
	base=$place_work/$1
	state=$place_work/state-$1
	id=bench-$1
	bundle=$place_work/bundle
	case $1-$2 in
	floor-run | floor-run-new | floor-create)
		program=/bin/npause
		[ "$2" = create ] || program=/bin/ntrue
		echo "$base ${2%-new} $state $id $bundle $program $place_work/filter"
		;;
	floor-exec)
		echo "$base exec $state $id /bin/ntrue $place_work/filter"
		;;
	floor-*) echo "$base $2 $state $id" ;;
	*-run | *-run-new) echo "$base --root $state run --bundle $bundle/$id/true $id" ;;
	*-create) echo "$base --root $state create --bundle $bundle/$id/pause $id" ;;
	*-exec) echo "$base --root $state exec $id /bin/ntrue" ;;
	*-kill) echo "$base --root $state kill $id KILL" ;;
	*-delete-f) echo "$base --root $state delete --force $id" ;;
	*-list) echo "$base --root $state list" ;;
	*) echo "$base --root $state $2 $id" ;;
	esac
}

# PID: wait until it executes npause. crun's and runc's `start` end before that.
tool_started() {
	# shellcheck disable=SC2016 # the inner shell expands them
	timeout 10 sh -c 'until case $(readlink "/proc/$1/exe") in
			*/bin/npause) true ;; *) [ ! -d "/proc/$1" ] ;; esac
		do :; done
		[ -d "/proc/$1" ]' - "$1" || {
		echo "lib.sh: process $1 did not execute its program" >&2
		return 1
	}
}

# TOOL VERB: run it; a container that stays must not hold our output
tool() {
	# shellcheck disable=SC2046 # words
	set -- "$1" "$2" $(tool_command "$1" "$2")
	verb=$2
	shift 2
	if [ "$verb" = create ]; then
		"$@" </dev/null >"$place_work/output" 2>&1 || {
			cat "$place_work/output" >&2
			return 1
		}
	else
		"$@" </dev/null
	fi
}

tool_pid() { # TOOL
	tool "$1" state | sed -n 's/.*"pid" *: *\([0-9]*\).*/\1/p'
}
