# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2154
# What the files of the threat table load: attack.bash, a victim beside the runtime, and
# the probe's attempts. Every test has /ro and /rw, which are directories of the host.

# shellcheck source=tests/attack/attack.bash
source "${BASH_SOURCE[0]%/*}/attack.bash"

SECRET=callersownword

prepare() {
	mkdir "$T/shared" "$T/shared/ro" "$T/shared/rw" rootfs/ro rootfs/rw
	echo 'read only' >"$T/shared/ro/file"
	chmod 777 "$T/shared" "$T/shared/ro" "$T/shared/rw"
	chmod 666 "$T/shared/ro/file"
	bind "$T/shared/ro" /ro ro nosuid nodev
	bind "$T/shared/rw" /rw nosuid nodev
	export ARIL_SECRET=$SECRET
	victim_begin
	watched=("$T/shared/ro" "$ARIL" /proc/sys/kernel/core_pattern)
	attack_before "${watched[@]}"
}

undo() {
	attack_after "${watched[@]}"
}

victim_begin() {
	mkdir "$T/victim"
	"$ARIL_PROBE" victim "$T/victim" >"$T/victim/said" 2>&1 3>&- 4>&- &
	VICTIM=$!
	children+=("$VICTIM")
	"$ARIL_PROBE" wait-file "$T/victim/facts" 5000 || {
		cat "$T/victim/said"
		VICTIM=
		return 1
	}
	mapfile -t facts <"$T/victim/facts"
	facts+=("file=$HOST/file" 'says=of the host' "secret=$SECRET")
}

# What came to the victim
victim_end() {
	[ -n "${VICTIM:-}" ] || return 0
	kill -TERM "$VICTIM" 2>/dev/null
	wait "$VICTIM" 2>/dev/null
	VICTIM=
	grep -qx victim=ended "$T/victim/said" || {
		cat "$T/victim/said"
		through 'the victim did not live'
		return
	}
	! grep '^reached=' "$T/victim/said" || through 'the victim was reached'
}

release() {
	victim_end
}

# The words for the probe: GROUP... with all facts
attempts() { # GROUP...
	local group
	words=()
	for group; do
		[ ${#words[@]} -eq 0 ] || words+=(',')
		words+=(try "$group" "${facts[@]}")
	done
}

# $output of the probe: nothing of it was allowed but what is named
judge() { # NAME...
	local line allowed=()
	[ "$status" -eq 0 ] || return
	[[ $output == *tried=* ]] || return
	while read -r line; do
		[[ $line == *=ALLOWED ]] || continue
		[[ " $* " == *" ${line%=*} "* ]] || allowed+=("${line%=*}")
	done <<<"$output"
	[ ${#allowed[@]} -eq 0 ] || through "${allowed[@]}"
}

# What this machine's settings let any of its users do, and so no runtime denies
for_all() {
	grep -qx 1 /proc/sys/kernel/dmesg_restrict || echo syslog
	grep -qx '[12]' /proc/sys/kernel/unprivileged_bpf_disabled || echo bpf
}

# A group of attempts, as the container's program; the names are the document's choice
denied() { # GROUP [NAME...]
	attempts "$1"
	args /probe "${words[@]}"
	go
	judge "${@:2}"
}

# The lines on stdin, for a shell on a terminal that is the caller's: $output
session() {
	{
		echo '#!/bin/sh'
		cat
	} >"$T/session"
	chmod 755 "$T/session"
	run "$ARIL_PROBE" pty 24 80 "$T/session" </dev/null
	output=${output//$'\r'/}
	echo "$output"
}
