#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Links of an image or of a shared volume, where the runtime makes directories, files,
# nodes and mounts: CVE-2019-18837 (crun), CVE-2019-19921, CVE-2021-30465, CVE-2023-27561,
# CVE-2023-28642, CVE-2024-45310, CVE-2026-41579 (runc), CVE-2025-24965, CVE-2026-47766
# (crun), CVE-2025-54867 (youki).
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; tests are subshells

load attack.bash

up=../../../../../../../../../../../..

prepare() {
	mkdir "$HOST/dev" "$HOST/proc" "$HOST/sys" "$HOST/etc" "$HOST/pts"
	chmod 777 "$HOST" "$HOST"/*
	attack_before
}

# Refused with nothing left, or nothing of the host's can be seen inside. Whether it was
# changed is what undo() asks.
contained() {
	args /probe climb , raced-path "$HOST/file" "$@"
	go
	[ "$status" -ne 77 ] || through 'a file of the host can be seen' || return
	if [ "$status" -ne 0 ]; then
		stopped
	else
		want climb=inside
	fi
}

# The name is a link to the host's directory: absolute, and upwards
each_link() { # NAME TARGET COMMAND...
	local to name=$1 target=$2
	shift 2
	for to in "$target" "$up$target"; do
		rm -rf "$name"
		ln -s "$to" "$name"
		"$@" || return
	done
}

@test "the image's /dev is a link to the host (CVE-2026-41579, CVE-2026-47766)" {
	each_link rootfs/dev "$HOST/dev" contained /dev/file
	mount_drop /dev
	each_link rootfs/dev "$HOST/dev" contained /dev/file
	mount_drop /dev/pts /dev/mqueue /dev/shm
	each_link rootfs/dev "$HOST/dev" contained /dev/file
	# by the next component
	rm rootfs/dev
	mkdir rootfs/dev
	each_link rootfs/dev/pts "$HOST/pts" contained
}

@test "the default devices of an image are links to the host (CVE-2026-41579)" {
	local name
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	rm -rf rootfs/dev
	mkdir rootfs/dev
	for name in null zero full random urandom tty ptmx fd stdin stdout stderr core; do
		ln -s "$HOST/file" "rootfs/dev/$name"
	done
	contained
	for name in null zero full random urandom tty ptmx fd stdin stdout stderr core; do
		ln -sfn "$HOST/dev/$name" "rootfs/dev/$name"
	done
	contained
}

no_link() {
	! is_aril || create_refused "$where" ELOOP || return
	contained
}
@test "the image's /proc is a link (CVE-2019-19921, CVE-2023-27561, CVE-2025-54867)" {
	where='/proc'
	each_link rootfs/proc "$HOST/proc" no_link
	mkdir rootfs/false
	each_link rootfs/proc /false no_link
	each_link rootfs/proc /sys no_link
}

@test "the image's /sys is a link (CVE-2023-28642, CVE-2025-54867)" {
	where='/sys'
	each_link rootfs/sys "$HOST/sys" no_link
	mkdir rootfs/false
	each_link rootfs/sys /false no_link
	each_link rootfs/sys /proc no_link
}

@test "/proc of the image is a link into a volume, which has what it wants there" {
	mkdir -p "$T/vol/self/attr" "$T/vol/sys/kernel"
	echo false >"$T/vol/self/attr/exec"
	rm -rf rootfs/proc
	ln -s /vol rootfs/proc
	cfg '.mounts = [{ destination: "/vol", type: "bind", source: $s,
		options: ["bind"] }] + .mounts' --arg s "$T/vol"
	where='/proc' no_link
	[ "$(cat "$T/vol/self/attr/exec")" = false ] || through 'a label in a false file'
}

@test "a missing mount target below a link of the image (CVE-2019-18837)" {
	mount_add tmpfs tmpfs /opt/out/new/dir
	bind "$B/config.json" /opt/out/file2
	bind "$B/config.json" /opt/out/etc/file3
	each_link rootfs/opt/out "$HOST" contained /opt/out/file
}

@test "a dangling link at the end of a mount target (CVE-2019-18837)" {
	bind "$B/config.json" /opt/last
	each_link rootfs/opt/last "$HOST/made" contained
	cfg '.mounts[-1] = { destination: "/opt/last", type: "tmpfs", source: "t" }'
	each_link rootfs/opt/last "$HOST/made" contained
}

@test "a link in a volume, and a mount below it (CVE-2021-30465)" {
	mkdir "$T/vol"
	bind "$T/vol" /vol rbind
	mount_add tmpfs raced /vol/out
	each_link "$T/vol/out" "$HOST" contained /vol/out/file
	each_link "$T/vol/out" "$T" contained /vol/out/host/file
	args /probe raced-mount raced
	rm "$T/vol/out"
	ln -s "$HOST" "$T/vol/out"
	go
	[ "$status" -ne 77 ] || through 'the mount is not in the container'
	! is_aril || [ "$status" -eq 0 ]
}

@test "a link in a volume, and a missing target below it (CVE-2024-45310)" {
	mkdir "$T/vol"
	bind "$T/vol" /vol rbind
	mount_add tmpfs tmpfs /vol/out/new/dir
	bind "$B/config.json" /vol/out/file2
	each_link "$T/vol/out" "$HOST" contained /vol/out/file
}

@test "the container's files are links: /etc/hosts, /run/.containerenv (CVE-2025-24965)" {
	local file
	for file in etc/hosts etc/hostname etc/resolv.conf run/.containerenv; do
		rm -f "rootfs/$file"
		ln -s "$HOST/${file##*/}" "rootfs/$file"
	done
	contained
	for file in etc/hosts etc/hostname etc/resolv.conf run/.containerenv; do
		ln -sfn "$up$HOST/etc/${file##*/}" "rootfs/$file"
	done
	contained
}

@test "files that a handler would write into the image are links (CVE-2025-24965)" {
	local name
	for name in .krun_config.json .krun_vm.json .wasm config.json; do
		ln -s "$HOST/file" "rootfs/$name"
		ln -s "$HOST/made" "rootfs/opt/$name"
	done
	annotate run.oci.handler krun
	contained
	[ "$(cat "$HOST/file")" = 'of the host' ]
}

@test "a working directory that is to be made is a link (CVE-2025-24965)" {
	cfg '.process.cwd = "/opt/out/new"'
	each_link rootfs/opt/out "$HOST" contained new/file
	cfg '.process.cwd = "/opt/out"'
	each_link rootfs/opt/out "$HOST/made" contained
}

@test "linux.devices below links of the image" {
	need_root 'a user namespace cannot make devices'
	cfg '.linux.devices = [
		{ type: "c", path: "/opt/out/node", major: 1, minor: 3 },
		{ type: "c", path: "/opt/out/new/node", major: 1, minor: 3 }]'
	each_link rootfs/opt/out "$HOST" contained
}

@test "tmpcopyup of a link copies nothing of the host" {
	mount_add tmpfs tmpfs /opt/copied tmpcopyup
	each_link rootfs/opt/copied "$HOST" contained /opt/copied/file
	rm rootfs/opt/copied
	mkdir rootfs/opt/copied
	ln -s "$HOST" rootfs/opt/copied/sub
	ln -s "$HOST/file" rootfs/opt/copied/text
	contained /opt/copied/sub/file /opt/copied/text
}

@test "hard links and moved directories of a volume do not lead out of it" {
	mkdir -p "$T/vol/a/b"
	bind "$T/vol/a" /vol rbind
	mount_add tmpfs tmpfs /vol/b/../../../../../../../../opt/x
	mount_add tmpfs tmpfs "/vol/b/../../$up$HOST/up"
	contained /vol/../file
}
