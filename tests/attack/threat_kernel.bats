#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 21 and 23 to 29: settings of the kernel, and what it tells.

load threat.bash

@test "21, 23: no setting of the kernel, no cgroup can be written" {
	denied writes
}

@test "24, 29: masked files say nothing, and there is no log" {
	denied reads
}

@test "25: a program that joins finds no secret of the runtime's caller" {
	local words
	running
	attempts reads
	run aril exec "$ID" /probe "${words[@]}" </dev/null
	echo "$output"
	judge
	attempts writes
	run aril exec "$ID" /probe "${words[@]}" </dev/null
	echo "$output"
	judge
}

@test "25: nor does a container that waits for its start have one in its init" {
	created --pid-file "$T/pid"
	! tr '\0' '\n' <"/proc/$(pid)/environ" | grep "$SECRET" ||
		through "the environment of the runtime's caller"
	! tr '\0' '\n' <"/proc/$(pid)/cmdline" | grep "$SECRET" || through 'the arguments'
}

@test "27: a script whose interpreter is /proc/self/exe (CVE-2019-5736)" {
	printf '#!/proc/self/exe\n' >rootfs/script
	chmod 755 rootfs/script
	args /script
	go
	# it is the runtime's own program, or its init, that would speak
	[[ $output != *[Uu]sage:* ]] || through "the runtime's program runs inside"
}
