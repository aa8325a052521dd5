#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A false /proc, or mounts in the true one, that take what the runtime writes there:
# labels of security modules, kernel settings (CVE-2019-16884, CVE-2023-28642,
# CVE-2025-52881, and of youki CVE-2025-62596).
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; tests are subshells

load attack.bash

# What a runtime would write to
prepare() {
	local file
	cfg 'del(.linux.seccomp)'
	mkdir -p "$T/false/sys/kernel" "$T/false/sys/net/ipv4" "$T/false/sys/fs/mqueue"
	for file in 1 self thread-self; do
		mkdir -p "$T/false/$file/attr/apparmor" "$T/false/$file/fd"
		echo false | tee "$T/false/$file/attr/exec" \
			"$T/false/$file/attr/apparmor/exec" \
			"$T/false/$file/attr/keycreate" \
			"$T/false/$file/oom_score_adj" >/dev/null
	done
	echo false | tee "$T/false/sysrq-trigger" "$T/false/sys/kernel/shmmni" \
		"$T/false/sys/fs/mqueue/msg_max" \
		"$T/false/sys/net/ipv4/ping_group_range" >/dev/null
	chmod -R a+rwX "$T/false"
	attack_before "$T/false"
}
undo() {
	attack_after "$T/false"
}

# A false file in the container is no way to the host: what was written into it is
untouched() {
	undo
}

@test "an image's volume at /proc (CVE-2019-16884)" {
	bind "$T/false" /proc
	args /probe climb
	create
	if [ "$status" -eq 0 ]; then
		aril delete -f "$ID"
		untouched || through 'what is written to /proc goes to the volume'
		return
	fi
	stopped '/proc' 'only a proc file system can be there'
	mount_drop /proc
	bind "$T/false" /proc
	go
	stopped '/proc' 'only a proc file system can be there'
	cfg '.mounts |= .[:-1]'
	mount_add tmpfs tmpfs /proc
	go
	stopped '/proc' 'only a proc file system can be there'
}

# Aril refuses all of these. Who does not must write nothing to what is mounted there.
not_used() { # TEXT...
	if is_aril || [ "$status" -ne 0 ]; then
		stopped "$@"
	else
		untouched
	fi
}

@test "mounts inside /proc, over what the runtime writes to (CVE-2019-16884)" {
	local file
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" } | .process.oomScoreAdj = 100'
	for file in self/attr self/attr/exec thread-self/attr/exec 1/attr/exec sys \
		sys/kernel sys/kernel/shmmni self self/fd sysrq-trigger; do
		bind "$T/false/$file" "/proc/$file"
		go
		not_used "/proc/$file" 'nothing may be mounted inside /proc' || return
		cfg '.mounts |= .[:-1]'
	done
	# by another spelling of the name
	for file in /proc//sys/kernel /proc/./sys /opt/../proc/self/attr; do
		mount_add tmpfs tmpfs "$file"
		go
		not_used 'nothing may be mounted inside /proc' || return
		cfg '.mounts |= .[:-1]'
	done
}

@test "a mount over /proc by a link of the image (CVE-2025-52881)" {
	local to
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" } | .process.oomScoreAdj = 100'
	for to in /proc /proc/self /proc/sys; do
		ln -sfn "$to" rootfs/opt/link
		bind "$T/false" /opt/link
		go
		not_used 'a link of the image leads /opt/link to' || return
		cfg '.mounts |= .[:-1]'
	done
	untouched
}

# As go, where the runtime's own /proc has been prepared by SHELL-TEXT
go_where() { # SHELL-TEXT
	run unshare --mount --propagation private sh -c '
		cd "$0/false" || exit 9
		eval "$1" || exit 9
		shift
		exec timeout -k 1 20 "$@" </dev/null' "$T" "$1" "$ARIL" --root "$STATE" \
		"${manager[@]}" run -b "$B" "$ID" 3>&-
	echo "$output"
	[ "$status" -ne 9 ]
}

@test "the runtime's /proc is a tmpfs with files of the same names (CVE-2025-52881)" {
	need_root 'needs mounts'
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" }'
	go_where 'mount -t tmpfs none /proc && cp -a . /proc'
	[ "$status" -ne 0 ] || through 'a false /proc is believed'
	! is_aril || fails '/proc' 'is not the root of a proc file system'
}

@test "the runtime's /proc is a directory inside a true one (CVE-2025-52881)" {
	need_root 'needs mounts'
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" }'
	go_where 'mount --bind /proc/sys /proc'
	[ "$status" -ne 0 ] || through 'a false /proc is believed'
	! is_aril || fails '/proc' 'is not the root of a proc file system'
}

# Refused, or the setting is the container's: kernels since 6.0 have other directory
# entries in a new IPC namespace, on which nothing is mounted
setting() { # NUMBER
	untouched || return
	if [ "$status" -eq 0 ]; then
		want "/proc/sys/kernel/shmmni=$1" ||
			through 'the setting is not written, and nobody says so'
	elif is_aril; then
		fails linux.sysctl.kernel.shmmni EXDEV
	fi
}

@test "a kernel setting with a false file on it (CVE-2025-52881)" {
	need_root 'needs mounts'
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" }'
	args /probe read /proc/sys/kernel/shmmni
	go_where 'mount --bind sys/kernel/shmmni /proc/sys/kernel/shmmni'
	setting 4321
}

@test "a directory of kernel settings with a false one on it (CVE-2025-52881)" {
	need_root 'needs mounts'
	cfg '.linux.sysctl = { "kernel.shmmni": "4321" }'
	args /probe read /proc/sys/kernel/shmmni
	go_where 'mount --bind sys /proc/sys'
	setting 4321
}

# The other half of the attack: a true file, of which the text means something else. The
# one that is hit here is that of the bed's own network.
@test "a kernel setting with another setting on it (CVE-2025-52881)" {
	need_root 'needs mounts'
	local ttl
	ttl=$(cat /proc/sys/net/ipv4/ip_default_ttl)
	namespace_drop network
	mount_drop /sys
	cfg '.linux.sysctl = { "kernel.shmmni": "77" }'
	args /probe read /proc/sys/kernel/shmmni
	go_where 'mount --bind /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/shmmni'
	if [ "$(cat /proc/sys/net/ipv4/ip_default_ttl)" != "$ttl" ]; then
		echo "$ttl" >/proc/sys/net/ipv4/ip_default_ttl
		through 'a setting of the host was written'
		return
	fi
	setting 77
}

# A container with rights to mount covers its /proc, and waits for an exec
@test "exec into a container with a false /proc: nothing goes there (CVE-2025-52881)" {
	local file
	need_root 'a mount needs a capability'
	mkdir -p rootfs/false
	cp -a "$T/false/." rootfs/false
	cfg '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])
		| .process.oomScoreAdj = 100'
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c '/bin/busybox mount --bind /false /proc &&
		exec /probe pause /tell/ready'
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	run aril exec "$ID" /probe say hello </dev/null
	echo "$output"
	for file in attr/exec attr/keycreate oom_score_adj; do
		[ "$(cat "rootfs/false/self/$file" "rootfs/false/thread-self/$file" |
			sort -u)" = false ] || through "$file" || return
	done
	! is_aril || want hello
}
