#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman run: what comes out, with which status, and that nothing is left.

load podman.bash

# bats test_tags=quick
@test "run prints what the container prints" {
	exits 0 pod run --rm box echo hello
	is "$output" hello
}

# bats test_tags=quick
@test "run ends with the container's status" {
	exits 7 pod run --rm box sh -c 'exit 7'
	exits 143 pod run --rm --init box sh -c 'kill -TERM $$'
}

# bats test_tags=quick
@test "run of what is not there is 127, of what is no program is 126" {
	exits 127 pod run --rm box /bin/nothing
	exits 127 pod run --rm box nothing
	exits 126 pod run --rm box /srv
	exits 126 pod run --rm box /srv/data
}

@test "run -t has a terminal" {
	in_terminal "${pod[@]}" run --rm -it box sh -c 'tty; stty size'
	matches "$output" /dev/pts/0
}
