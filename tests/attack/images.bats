#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# checkpoint and restore under attack: images that another user may have written, and a
# container whose process ends, and whose number is given anew, while criu is at it. The
# criu is ours.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load attack.bash

prepare() {
	only_aril 'criu is asked otherwise'
	need_root 'checkpoints need root'
	IMAGES=$T/images
	mkdir "$IMAGES" "$T/fake"
	attack_before
}
undo() {
	[ ! -e "$T/digest.before" ] || attack_after
}

restored() { # TEXT...: it is refused, by these words
	run aril restore -d -b "$B" --image-path "$IMAGES" "$ID" </dev/null
	echo "$output"
	fails --image-path "$@"
	nothing_left
}

@test "images of another user, or open to others, are not restored" {
	local file=$IMAGES/core-1.img
	echo x >"$IMAGES/inventory.img"
	echo x >"$file"
	chown 12345 "$file"
	restored core-1.img EPERM 'must belong to root'
	chown 0 "$file"
	chmod 646 "$file"
	restored core-1.img EPERM 'nobody else may write'
	chmod 644 "$file"
	rm "$IMAGES/inventory.img"
	ln -s "$HOST/file" "$IMAGES/inventory.img"
	chown -h 12345 "$IMAGES/inventory.img"
	restored inventory.img EPERM 'must belong to root'
	rm "$IMAGES/inventory.img"
	# the directory of the dump before
	mkdir "$T/earlier"
	ln -s ../earlier "$IMAGES/parent"
	echo x >"$T/earlier/pages-1.img"
	chown 12345 "$T/earlier/pages-1.img"
	restored parent pages-1.img EPERM
	chown 0 "$T/earlier/pages-1.img"
	chmod 777 "$T/earlier"
	restored parent EPERM
	chmod 755 "$T/earlier"
	ln -s . "$T/earlier/parent"
	restored parent ELOOP
	rm "$T/earlier/parent"
	# and nothing else was wrong with them: criu is asked
	printf '#!/bin/sh\nexit 3\n' >"$T/fake/criu"
	chmod 755 "$T/fake/criu"
	PATH=$T/fake:$PATH
	run aril restore -d -b "$B" --image-path "$IMAGES" "$ID" </dev/null
	fails 'ended with status 3'
}

@test "checkpoint: what is written is the container's, or there is an error" {
	cat >"$T/fake/criu" <<-'END'
		#!/bin/sh
		test=${0%/*/criu}
		pid=$(cat "$test/pid")
		dd bs=65536 count=1 of=/dev/null <&3 2>/dev/null
		printf '\010\012\020\001\122\004\010\004\020\001' >&3
		dd bs=65536 count=1 of=/dev/null <&3 2>/dev/null
		# the request has come: now its number is nobody's, or another process'
		kill -KILL "$pid"
		while [ -d "/proc/$pid" ]; do :; done
		printf '\010\006\020\001' >&3
		dd bs=65536 count=1 of="$test/answered" <&3 2>/dev/null
		printf '\010\001\020\001' >&3
	END
	chmod 755 "$T/fake/criu"
	PATH=$T/fake:$PATH
	running
	run aril checkpoint --image-path "$IMAGES" "$ID" </dev/null
	echo "$output"
	fails "process $(pid) of the container has ended"
	[ -s "$T/answered" ]
}
