#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 1 to 22: file systems and mounts. Numbers are rows of README.md.
# shellcheck disable=SC2016 # jq's variables

load threat.bash

@test "1-5: no mount, no unmount, no remount, with either interface" {
	denied mounts
}

@test "1-5: nor without a filter, where only its own namespaces have mounts" {
	cfg 'del(.linux.seccomp)'
	denied mounts userns.mount userns.overlay
}

@test "5, 10, 11, 15, 16, 27: no file of the host can be reached or written" {
	denied files
}

@test "14, 22: no device is made or opened" {
	denied devices
}

@test "6: a link in the image leads no mount's target to the host (CVE-2021-30465)" {
	mkdir "$HOST/etc"
	chmod 777 "$HOST/etc"
	attack_before "${watched[@]}"
	ln -s "$HOST/etc" rootfs/out
	ln -s "../../../../../../../../../../../..$HOST/etc" rootfs/up
	ln -s /proc/self/cwd/../../../../../../.. rootfs/magic
	mount_add tmpfs tmpfs /out/a
	mount_add tmpfs tmpfs /up/b
	mount_add tmpfs tmpfs "/magic$HOST/etc/c"
	args /probe say ran
	go
	attack_after "${watched[@]}"
}

@test "8: a target that is missing, and one of another kind, make nothing on the host" {
	mount_drop /rw
	bind "$T/shared/rw" /rw/deep/er nosuid nodev
	bind "$T/shared/ro/file" /etc
	args /probe say ran
	go
	[ "$status" -ne 0 ] || through 'a file is bound over a directory'
	[ -z "$(ls -A "$T/shared/rw")" ]
}

@test "9: mounts of the host do not come in, those of the container do not go out" {
	need_root
	mkdir "$T/prop" "$T/prop/sub" rootfs/prop
	mount -t tmpfs prop "$T/prop"
	mount --make-shared "$T/prop"
	mkdir "$T/prop/sub"
	bind "$T/prop" /prop rprivate rbind
	running
	mount -t tmpfs late "$T/prop/sub"
	touch "$T/prop/sub/late"
	run aril exec "$ID" /bin/ls /prop/sub </dev/null
	umount -R "$T/prop"
	[ "$status" -eq 0 ]
	[ "$output" = '' ] || through "a mount came in: $output"
}

@test "13: set-uid programs and devices in a bind are neither" {
	need_ids
	cp rootfs/probe "$T/shared/rw/suid"
	chmod 4755 "$T/shared/rw/suid"
	cfg '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}'
	args /rw/suid status
	go
	[ "$status" -eq 0 ]
	want_like 'Uid=1000.1000.1000.1000' || through 'a set-uid program of a bind'
}

@test "17: directories that the caller has open are not the container's" {
	local words
	attempts host.leaked
	args /probe "${words[@]}"
	run raw run -b "$B" "$ID" </dev/null 3<"$HOST" 4<"$HOST/file" 5</ 9<"$HOST/file"
	echo "$output"
	judge
}

@test "17: nor those of a program that joins" {
	local words
	running
	attempts host.leaked
	run raw exec "$ID" /probe "${words[@]}" </dev/null 3<"$HOST" 4<"$HOST/file" 5</ \
		9<"$HOST/file"
	echo "$output"
	judge
}

@test "20: a tmpfs with limits cannot take the memory of the host" {
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	mount_add tmpfs tmpfs /dev nosuid mode=755 size=4m nr_inodes=200
	args /bin/sh -c 'i=0
		while [ $i -lt 8 ] && cat /probe >>/dev/big; do i=$((i + 1)); done
		echo "copies=$i"; : >/dev/big; i=0
		while [ $i -lt 400 ] && ln -s x "/dev/f$i"; do i=$((i + 1)); done
		echo "files=$i"'
	go
	[ "$status" -eq 0 ]
	[ "$(value copies)" -lt 8 ] || through "$(value copies) copies"
	[ "$(value files)" -lt 200 ] || through "$(value files) files"
}
