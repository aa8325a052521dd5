# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a test must not leave behind: processes, cgroups, mounts, state, files. bundle.bash
# calls leaks_before and leaks_after around every test; a test that shows that a failure
# leaves nothing calls nothing_left in its middle.

# The directories of all cgroups that the bed can see, or of our own for a user without
# one
leaks_cgroups() {
	local tree
	tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -z "$tree" ] || find "$tree" -mindepth 1 -type d 2>/dev/null | sort
	# v1: only runtimes that aril is compared with make these
	find /sys/fs/cgroup -maxdepth 4 -type d -name "$ID" 2>/dev/null | sort
}

leaks_mounts() {
	cut -d' ' -f3-5 /proc/self/mountinfo | sort
}

leaks_files() {
	local dir
	for dir in /run /dev/shm "${XDG_RUNTIME_DIR:-/nowhere}" "$BED/home" "$T/tmp"; do
		# a runtime's own root directory may stay, empty
		find "$dir" -mindepth 1 -maxdepth 3 ! -path /run/user ! -type d \
			2>/dev/null
	done | sort
	[ -z "${BED_TMP:-}" ] || find /tmp -mindepth 1
}

leaks_before() {
	LEAKS_PIDS=$("$ARIL_PROBE" below "$BED_REAPER")
	leaks_cgroups >"$T/cgroups.before"
	leaks_mounts >"$T/mounts.before"
	leaks_files >"$T/files.before"
}

# Print what is new; status 1 if anything is
nothing_left() {
	local what left=0 found
	# shellcheck disable=SC2086 # a list
	if ! found=$("$ARIL_PROBE" settle "$BED_REAPER" 2000 $LEAKS_PIDS "$@"); then
		echo "left behind: processes: $found"
		left=1
	fi
	for what in cgroups mounts files; do
		"leaks_$what" >"$T/$what.after"
		found=$(comm -13 "$T/$what.before" "$T/$what.after")
		[ -z "$found" ] && continue
		echo "left behind: $what: $found"
		left=1
	done
	# .cache: compiled filters, which are kept on purpose
	found=$(find "$STATE" -mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null)
	if [ -n "$found" ]; then
		echo "left behind: state: $found"
		left=1
	fi
	return $left
}
