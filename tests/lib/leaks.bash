# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a test must not leave behind: processes, cgroups, mounts, state, files. bundle.bash
# calls leaks_before and leaks_after around every test; a test that shows that a failure
# leaves nothing calls nothing_left in its middle.
#
# Without a bed (BED_OPEN) the machine lives its own life meanwhile: what belongs to its
# services is not counted.
#
# Lists are filtered and compared by the shell itself: in a guest each further program
# takes as long as a container takes to start.

# The directories of all cgroups that the bed can see, or of our own for a user without
# one
leaks_cgroups() {
	local tree='' where type
	while read -r _ where type _; do
		[ "$type" != cgroup2 ] || { tree=$where && break; }
	done </proc/mounts
	if [ -n "$tree" ] && [ -n "${BED_OPEN:-}" ]; then
		leaks_unbedded "$tree"
	elif [ -n "$tree" ]; then
		find "$tree" -mindepth 1 -type d 2>/dev/null
	fi
	# v1: only runtimes that aril is compared with make these
	[ "$tree" = /sys/fs/cgroup ] ||
		find /sys/fs/cgroup -maxdepth 4 -type d -name "$ID" 2>/dev/null
}

# Services come and go, and slices stay when they are empty. What users' service managers
# have made is below a service.
leaks_unbedded() { # TREE
	find "$1" -mindepth 1 -name '*.service' ! -path '*/user@*.service*' -prune -o \
		-type d ! -name '*.service' ! -name '*.slice' -print 2>/dev/null
}

leaks_mounts() {
	local device root where
	while read -r _ _ device root where _; do
		[[ $where == /run/credentials/* ]] || echo "$device $root $where"
	done </proc/self/mountinfo
}

# systemd's units for containers, failed ones too
leaks_units() {
	local of=() unit active
	[ -n "${BED_OPEN:-}" ] && [ -d /run/systemd/system ] || return 0
	[ "$BED_MODE" = root ] || of=(--user)
	while read -r unit _ active _; do
		[[ $unit == session-* ]] || echo "$unit $active"
	done < <(systemctl "${of[@]}" list-units --all --plain --no-legend --type=scope \
		2>/dev/null)
}

leaks_pins() {
	[ ! -d /sys/fs/bpf/aril ] || find /sys/fs/bpf/aril -mindepth 1 2>/dev/null
}

leaks_files() {
	local file dirs=(/run /dev/shm "$BED/home" "$T/tmp")
	[ -z "${XDG_RUNTIME_DIR:-}" ] || dirs+=("$XDG_RUNTIME_DIR")
	# a runtime's own root directory may stay, empty
	find "${dirs[@]}" -mindepth 1 -maxdepth 3 ! -path /run/user ! -type d \
		2>/dev/null | while read -r file; do
		# of systemd's own files only those for scopes
		[ -z "${BED_OPEN:-}" ] || case $file in
		/run/systemd/transient/*.scope* | /run/systemd/units/*.scope*) ;;
		"${XDG_RUNTIME_DIR:-/nowhere}"/systemd/*.scope*) ;;
		*/systemd/* | /run/udev/* | /run/user/* | /run/dbus/*) continue ;;
		/run/log/* | /run/credentials/*) continue ;;
		esac
		echo "$file"
	done
	[ -z "${BED_TMP:-}" ] || find /tmp -mindepth 1
}

leaks=(cgroups mounts units pins files)

leaks_before() {
	local what
	LEAKS_PIDS=$("$ARIL_PROBE" below "$BED_REAPER")
	# bats' own deadline for the test, which may not have its sleep yet
	[ -z "${BATS_killer_pid:-}" ] || LEAKS_PIDS+=" -$BATS_killer_pid"
	for what in "${leaks[@]}"; do
		"leaks_$what" >"$T/$what.before"
	done
}

# The lines that there were not before, or not so often
leaks_new() { # WHAT
	local line count
	local -A before=()
	while read -r line; do
		count=${before["-$line"]:-0}
		before["-$line"]=$((count + 1))
	done <"$T/$1.before"
	while read -r line; do
		count=${before["-$line"]:-0}
		before["-$line"]=$((count - 1))
		[ "$count" -gt 0 ] || echo "$line"
	done <"$T/$1.after"
}

# Print what is new; status 1 if anything is
nothing_left() {
	local what left=0 found
	# shellcheck disable=SC2086 # a list
	if ! found=$("$ARIL_PROBE" settle "$BED_REAPER" 2000 $LEAKS_PIDS "$@"); then
		echo "left behind: processes: $found"
		left=1
	fi
	for what in "${leaks[@]}"; do
		"leaks_$what" >"$T/$what.after"
		found=$(leaks_new "$what")
		[ -z "$found" ] && continue
		echo "left behind: $what: $found"
		left=1
	done
	# .cache: compiled filters, which are kept on purpose, as .tmp is, but empty
	for what in "$STATE"/* "$STATE"/.[!.]* "$STATE"/.tmp/*; do
		case ${what##*/} in .cache | .tmp) continue ;; esac
		[ -e "$what" ] || continue
		echo "left behind: state: $what"
		left=1
	done
	return $left
}
