#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What an image puts in the place of the terminal: /dev/console and /dev/pts that are
# links or false (CVE-2025-52565, of runc and youki). What the runtime binds, opens, and
# gives an owner must be its own terminal.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; tests are subshells

load attack.bash

prepare() {
	cfg '.process.terminal = true | del(.linux.seccomp)'
	mkdir "$HOST/pts"
	: >"$HOST/pts/ptmx"
	: >"$HOST/pts/0"
	chmod -R a+rwX "$HOST"
	attack_before
}

# Run it on a terminal: refused as in TEXT, or contained
console() { # [TEXT]
	args /probe climb , raced-path "$HOST/file" /dev/pts/file
	run on_terminal 20 60 run -b "$B" "$ID" </dev/null
	output=${output//$'\r'/}
	echo "$output"
	[ "$status" -ne 77 ] || through 'a file of the host can be seen' || return
	if [ "$status" -eq 0 ]; then
		want climb=inside
		return
	fi
	nothing_left || return
	! is_aril || [[ $output == *"${1:-}"* ]]
}

@test "/dev/console is a link to the host (CVE-2025-52565)" {
	mount_drop /dev /dev/mqueue /dev/shm
	rm -rf rootfs/dev
	mkdir rootfs/dev
	ln -s "$HOST/file" rootfs/dev/console
	console 'is neither file nor device'
	ln -sfn "$HOST/made" rootfs/dev/console
	console 'is neither file nor device'
	ln -sfn /proc/sys/kernel/domainname rootfs/dev/console
	console 'is neither file nor device'
}

@test "/dev/pts is a link to the host (CVE-2025-52565)" {
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	rm -rf rootfs/dev
	mkdir rootfs/dev
	ln -s "$HOST/pts" rootfs/dev/pts
	console /dev/pts
	ln -sfn "../../../../../../../../../../../..$HOST/pts" rootfs/dev/pts
	console /dev/pts
}

@test "/dev/pts is a directory of the image with a false ptmx (CVE-2025-52565)" {
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	rm -rf rootfs/dev
	mkdir -p rootfs/dev/pts
	: >rootfs/dev/pts/ptmx
	: >rootfs/dev/pts/0
	console 'is not a devpts'
	rm rootfs/dev/pts/ptmx
	ln -s "$HOST/file" rootfs/dev/pts/ptmx
	console 'is not a devpts'
}

@test "/dev/pts is a volume with a link in the place of ptmx (CVE-2025-52565)" {
	mkdir "$T/vol"
	ln -s /proc/sys/kernel/domainname "$T/vol/ptmx"
	ln -s "$HOST/file" "$T/vol/0"
	mount_drop /dev/pts
	bind "$T/vol" /dev/pts
	console 'is not a devpts'
}

@test "a mount hides ptmx of a true devpts (CVE-2025-52565)" {
	bind "$HOST/file" /dev/pts/ptmx
	console 'open /dev/pts/ptmx'
	[ "$(cat "$HOST/file")" = 'of the host' ]
}

@test "a mount hides the names of terminals (CVE-2025-52565)" {
	# no file can be made in a devpts: the mount is refused, or misses
	bind "$HOST/file" /dev/pts/0
	console
	[ "$(stat -c %u "$HOST/file")" -eq "$(id -u)" ]
}
