#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# buildah from, copy, config, run and commit, with the isolations oci, rootless, chroot.

load buildah.bash

# bats test_tags=quick
@test "run prints what the program prints, and ends with its status" {
	work
	exits 0 run_in work echo hello
	is "$output" hello
	exits 7 run_in work sh -c 'exit 7'
	is "$(seq 1 500 | run_in work wc -l)" 500
}

@test "run of what is not there fails, and leaves nothing" {
	work
	exits 1 run_in work /bin/nothing
	matches "$output" '/bin/nothing.*([Nn]o such file or directory|not found)'
	exits 1 run_in work /srv/data
	matches "$output" '[Pp]ermission denied'
	exits 0 run_in work true
}

@test "what run changes is in the image that is committed" {
	local id
	work
	run_in work sh -c 'echo made >/srv/made; rm /srv/file; ln -s made /srv/link'
	buildah commit -q work made
	id=$(buildah from --pull-never made)
	is "$(buildah run --isolation oci --network none "$id" sh -c \
		'cat /srv/link; ls /srv')" $'made\ndata\nlink\nmade\nvolume'
}

@test "from scratch: copy, config, and run without a shell" {
	local id
	id=$(buildah from --name bare scratch)
	buildah copy -q "$id" "$ARIL_PROBE" /probe
	buildah config --entrypoint '["/probe"]' --env A=b --user 1000:1000 \
		--workingdir /work "$id"
	matches "$(run_in "$id" -- /probe status)" 'Uid=1000 1000 1000 1000'
	buildah commit -q "$id" made-bare
	is "$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' made-bare)" \
		1000:1000
}

@test "run --user, --workingdir, --env, --hostname" {
	work
	is "$(run_in --user 77:88 work sh -c 'id -u; id -g' | tr '\n' ,)" 77,88,
	is "$(run_in --user box work id -un)" box
	is "$(run_in --workingdir /srv work pwd)" /srv
	is "$(run_in --env A=b work sh -c 'echo $A')" b
	is "$(run_in --hostname there work hostname)" there
}

@test "run --cap-add, --cap-drop; no new privileges" {
	local all some
	work
	all=$(run_in work grep CapBnd /proc/self/status | cut -f2)
	some=$(run_in --cap-drop cap_chown work grep CapBnd /proc/self/status | cut -f2)
	is $((0x$all & ~0x$some)) 1
	some=$(run_in --cap-add cap_sys_chroot,cap_net_raw work \
		grep CapBnd /proc/self/status | cut -f2)
	is $((0x$some >> 13 & 1)) 1
	exits 1 run_in work mount -t tmpfs none /srv
}

@test "run -v, --mount, --tmpfs-like mounts, read-only ones" {
	work
	mkdir "$T/volume"
	chmod 755 "$T" "$T/volume"
	echo outside >"$T/volume/file"
	is "$(run_in -v "$T/volume:/mnt/v:ro" work cat /mnt/v/file)" outside
	exits 1 run_in -v "$T/volume:/mnt/v:ro" work touch /mnt/v/new
	run_in -v "$T/volume:/mnt/v" work touch /mnt/v/new
	[ -e "$T/volume/new" ]
	matches "$(run_in --mount type=tmpfs,tmpfs-size=1048576,dst=/mnt/t work \
		df /mnt/t)" '1024 '
}

@test "run --terminal has one" {
	work
	in_terminal buildah run --isolation oci --network none --terminal work \
		sh -c 'tty; test -t 0 && echo it is'
	matches "$output" /dev/pts/
	matches "$output" 'it is'
}

@test "run has namespaces of its own, or the host's" {
	local kind
	work
	for kind in pid ipc uts; do
		[ "$(run_in work readlink "/proc/self/ns/$kind")" != \
			"$(readlink "/proc/self/ns/$kind")" ]
	done
	is "$(run_in work ls /sys/class/net)" lo
}

@test "run --ipc host" {
	[ "$(id -u)" -eq 0 ] || [ -d /dev/mqueue ] ||
		skip 'buildah binds the /dev/mqueue of the machine, which has none'
	work
	is "$(run_in --ipc host work readlink /proc/self/ns/ipc)" \
		"$(readlink /proc/self/ns/ipc)"
}

@test "--isolation rootless" {
	work
	is "$(buildah run --isolation rootless --network none work sh -c \
		'echo $((6 * 7)); exit 0' 3>&-)" 42
	exits 3 buildah run --isolation rootless --network none work sh -c 'exit 3'
}

@test "--isolation chroot, which takes no runtime" {
	work
	is "$(buildah run --isolation chroot work echo without 3>&-)" without
	exits 3 buildah run --isolation chroot work sh -c 'exit 3'
}
