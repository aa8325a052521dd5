#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman with a hundred containers at once, and what prune leaves.

load podman.bash

setup_file() {
	export BATS_TEST_TIMEOUT=600
	engine_begin
}

@test "a hundred containers at once" {
	local got
	cat >"$T/one" <<-END
		exec ${pod[*]} run -d --name many\$1 --network none box sleep 1000
	END
	seq 1 100 | xargs -P 10 -n 1 sh "$T/one" >"$T/ids" 3>&-
	is "$(sort -u "$T/ids" | wc -l)" 100
	is "$(pod ps -q | wc -l)" 100
	is "$(pod ps -q | xargs "${pod[@]}" inspect --format '{{.State.Pid}}' |
		sort -u | wc -l)" 100
	for got in 1 50 100; do
		is "$(pod exec many$got sh -c 'echo $((6 * 7))')" 42
	done
	exits 0 pod kill --all
	until_true 60 eval '[ -z "$(pod ps -q)" ]'
	exits 0 pod rm -a -f -t 0
}

@test "system prune leaves nothing that it may take" {
	pod create --name one --network none -v things:/things box true
	pod run --name two --network none box true
	pod system prune -f --volumes >/dev/null
	is "$(pod ps -aq)" ''
	is "$(podman volume ls -q)" ''
}

@test "system prune --all takes the images as well" {
	pod create --name one --network none box true
	pod system prune -a -f --volumes >/dev/null
	is "$(podman images -q)" ''
	podman import -q "$ROOTFS" box >/dev/null
}

@test "system reset leaves nothing at all" {
	local root
	up one --network none -v things:/things
	root=$(podman info --format '{{.Store.GraphRoot}}')
	exits 0 pod system reset -f
	is "$(pod ps -aq; podman images -q; podman volume ls -q)" ''
	[ ! -e "$root/overlay-containers" ] || is "$(ls "$root/overlay-containers")" \
		containers.lock
	podman import -q "$ROOTFS" box >/dev/null
	# a user's: a new process holds the namespaces
	pod system migrate
}
