#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed for podman, as aril-engines(7) tells to use it.

load podman.bash

setup() {
	skip_peer
	client_setup
	local etc=/etc
	[ "$(id -u)" -eq 0 ] || etc=$HOME/.config
	drop_in=$etc/containers/containers.conf.d/aril.conf
	install -D -m 644 /usr/local/share/aril/containers.conf "$drop_in"
}

teardown() {
	rm -f "${drop_in:-}"
	engine_clean
	client_left
}

# bats test_tags=quick
@test "by name: --runtime aril" {
	exits 0 podman --runtime aril run --rm box echo hello
	is "$output" hello
	exits 0 podman --runtime aril info --format '{{.Host.OCIRuntime.Name}}'
	is "$output" aril
	exits 127 podman --runtime aril run --rm box /bin/nothing
	matches "$output" 'no such file or directory'
}

@test "as the default" {
	sed -i 's/^#runtime/runtime/' "$drop_in"
	exits 0 podman run --name default box true
	exits 0 podman inspect --format '{{.OCIRuntime}}' default
	is "$output" aril
}

@test "without cgroups: the devices of the document, and no others" {
	exits 0 podman --runtime aril run --rm --cgroups=disabled box sh -c \
		'cat /proc/self/cgroup; echo >/dev/null
		mknod /dev/more c 1 3 2>/dev/null || echo no more'
	matches "$output" 0::/
	matches "$output" 'no more'
}

@test "buildah, with --runtime" {
	local box
	box=$(buildah from --pull-never box)
	exits 0 buildah run --runtime /usr/local/bin/aril "$box" echo hello
	buildah rm "$box" >/dev/null
	is "$output" hello
}
