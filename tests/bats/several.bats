#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill and delete of all containers that a pattern fits (--regex).

load ../lib/bundle.bash

prepare() {
	not_runc 'has no --regex'
}

# Containers that wait for start; their pids are in $T/NAME.pid
make() { # NAME...
	local name
	args /probe pause
	cfg 'del(.linux.cgroupsPath)'
	for name; do
		aril create -b "$B" --pid-file "$T/$name.pid" "$name" </dev/null \
			>"$T/out" 2>"$T/err" || { cat "$T/err" && return 1; }
	done
}
names() {
	aril list -q | tr '\n' ' '
}

@test "kill --regex reaches all that the pattern fits, and no others" {
	make a-1 a-2 b-1
	run aril kill --regex '^a-[0-9]+$' KILL
	[ "$status" -eq 0 ]
	ended "$(cat "$T/a-1.pid")"
	ended "$(cat "$T/a-2.pid")"
	[ "$(status_of a-1)" = stopped ]
	[ "$(status_of a-2)" = stopped ]
	[ "$(status_of b-1)" = created ]
}

@test "kill -r fits somewhere in the ID, and tells the first that it cannot reach" {
	only_aril 'words it in another way'
	make x-1 x-2 x-3
	aril kill x-2 KILL
	ended "$(cat "$T/x-2.pid")"
	run aril kill -r x- KILL
	fails 'x-2: container not running'
	ended "$(cat "$T/x-1.pid")"
	ended "$(cat "$T/x-3.pid")"
}

@test "kill --regex that fits none is an error" {
	only_aril 'thinks that it is none'
	make a-1
	run aril kill --regex '^b' KILL
	fails 'container does not exist: none matches "^b"'
	[ "$(status_of a-1)" = created ]
}

@test "a pattern that is none is an error, for kill and for delete" {
	only_aril 'words it in another way'
	make a-1
	run aril kill -r 'a[' KILL
	fails 'invalid regular expression "a["'
	run aril delete -f -r '('
	fails 'invalid regular expression "("'
	[ "$(names)" = 'a-1 ' ]
}

@test "without --regex a pattern is an ID" {
	make a-1
	run aril kill 'a-.' KILL
	[ "$status" -eq 1 ]
	run aril delete --force 'a-.'
	[ "$(names)" = 'a-1 ' ]
}

@test "delete --regex removes what has stopped, whatever happens to the others" {
	only_aril 'words it in another way'
	running
	args /probe pause
	aril create -b "$B" --pid-file "$T/second" "$ID-2" </dev/null >"$T/out" 2>&1
	aril create -b "$B" "$ID-3" </dev/null >"$T/out" 2>&1
	run aril delete -r "^$ID"
	fails "$ID: cannot delete container $ID that is not stopped: running"
	[ "$(names)" = "$ID " ]
	ended "$(cat "$T/second")"
}

@test "delete --force --regex ends all of them, and none is no error" {
	make a-1 a-2 b-1
	run aril delete --force --regex '^(a|b)-1$'
	[ "$status" -eq 0 ]
	[ "$(names)" = 'a-2 ' ]
	run aril delete --force --regex '^nobody'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(names)" = 'a-2 ' ]
}

@test "delete --regex that fits none is an error without --force; several patterns" {
	only_aril 'takes one'
	make a-1 b-1 c-1
	run aril delete --regex '^a' nobody
	fails 'container does not exist: none matches "nobody"'
	[ "$(names)" = 'a-1 b-1 c-1 ' ]
	# one that both fit is removed once
	run aril delete --regex '1$' '^a' '^[ab]'
	[ "$status" -eq 0 ]
	[ -z "$(names)" ]
}
