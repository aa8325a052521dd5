#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of a container that look for a way out of it.

load attack.bash

@test "the host's processes cannot be seen or signalled" {
	local pid
	"$ARIL_PROBE" pause "$T/ready" &
	pid=$!
	children+=("$pid")
	"$ARIL_PROBE" wait-file "$T/ready" 5000
	args /bin/sh -c \
		"kill -0 $pid 2>/dev/null && echo seen; ls -d /proc/$pid; echo end"
	go
	want end
	[[ $output != *seen* ]] || through "signal to process $pid"
	[[ $output != *"/proc/$pid"$'\n'* ]] || through "/proc/$pid"
}
