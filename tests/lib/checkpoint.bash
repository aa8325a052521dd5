# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120 # tests; optional arguments
#
# What the files about checkpoint and restore load after bundle.bash: a container that
# counts, both verbs, and a criu that is none.

# criu keeps what it knows of the kernel in /run, which is no leak
setup_file() {
	! command -v criu >/dev/null || criu check >/dev/null 2>&1 || true
}

prepare() {
	only_aril 'criu is found and told otherwise'
	IMAGES=$T/images
	mkdir -p "$T/tell" "$T/fake"
	chmod 777 "$T/tell"
	COUNT=$T/tell/count
}

# What needs a criu that works with this kernel
need_criu() {
	need_root 'criu needs root'
	need criu
	criu check >"$T/check" 2>&1 ||
		skip "criu cannot work here: $(grep -m 1 Error "$T/check" | cut -c1-80)"
}

need_lazy() {
	need_criu
	criu check --feature uffd-noncoop >/dev/null 2>&1 ||
		skip 'this kernel cannot tell of missing pages'
}

cgroup_tree() {
	awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts
}

# The container counts into $COUNT
counting() { # [WORD]
	bind "$T/tell" /tell rw
	args /probe count /tell/count "$@"
}
numbers() {
	wc -l <"$COUNT"
}
# Wait for ten numbers more
goes_on() {
	local from end=$((SECONDS + 10))
	from=$(numbers 2>/dev/null || echo 0)
	until [ "$(numbers 2>/dev/null || echo 0)" -gt $((from + 10)) ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.01
	done
}
# None is lost, none is there twice
complete() {
	awk '$1 != NR { print "after " NR - 1 " comes " $1; bad = 1; exit }
		END { exit bad }' "$COUNT"
}
counts() { # [OPTION...]
	created --pid-file "$T/pid" "$@"
	start
	[ "$status" -eq 0 ]
	goes_on
}

checkpoint() { # [OPTION...]
	status=0
	aril checkpoint --image-path "$IMAGES" "$@" "$ID" </dev/null >"$T/err" 2>&1 ||
		status=$?
	output=$(cat "$T/err")
	echo "$output"
	[ "$status" -eq 0 ] || tail -n 20 "$IMAGES/dump.log" || true
}
restore() { # [OPTION...]
	status=0
	aril restore -d -b "$B" --image-path "$IMAGES" --pid-file "$T/pid" "$@" "$ID" \
		</dev/null >"$T/out" 2>"$T/err" || status=$?
	output=$(cat "$T/err")
	echo "$output"
	[ "$status" -eq 0 ] || grep -E 'Error|Warn' "$IMAGES/restore.log" || true
}
# A container that has counted is images only
saved() {
	counting
	counts
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
}
# What the last of our children is to make: a file like that
there() { # -s|-S FILE
	until test "$@"; do
		kill -0 "${children[-1]}"
		sleep 0.01
	done
}
# The whole way, and the counter goes on behind it
there_and_back() {
	checkpoint
	[ "$status" -eq 0 ]
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	restore
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
	goes_on
	complete
}

# Takes a request without an answer
read_one='dd bs=65536 count=1 of=/dev/null <&3 2>/dev/null'
# A criu that says it is version $1 (bytes of its protocol), and then does $2
fake_criu() { # MAJOR MINOR [COMMANDS]
	local answer
	printf -v answer '\\010\\012\\020\\001\\122\\004\\010\\%03o\\020\\%03o' "$1" "$2"
	answer="printf '$answer' >&3"
	printf '%s\n' '#!/bin/sh' "$read_one" "$answer" "${3:-}" >"$T/fake/criu"
	chmod 755 "$T/fake/criu"
	PATH=$T/fake:$PATH
}
