#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What machines are told of failures: one object, with the right code, errno, phase and
# place. Each line of a table is CODE ERRNO PHASE STATUS CONFIG | VERB AND WORDS; "-" is
# none. aril(8), section ERRORS, explains the codes.

load ../lib/bundle.bash

prepare() {
	only_aril 'has no codes'
}

# The one object of the last failure, which stands alone on stderr
object() { # CODE ERRNO PHASE STATUS CONFIG
	echo "status $status, expected $*: $stderr"
	[ "$status" -eq "$4" ] || return 1
	jq -es --arg code "$1" --arg errno "$2" --arg phase "$3" --arg config "$5" '
		length == 1 and (.[0] | .level == "error" and .code == $code and
		.phase == $phase and (.errno // "-") == $errno and
		(.config // "-") == $config and (.msg | length > 0) and
		(.time | fromdate > 0))' <<<"$stderr" >/dev/null
}
told() { # CODE ERRNO PHASE STATUS CONFIG WORD...
	run --separate-stderr aril --log-format json "${@:6}" </dev/null
	[ -z "$output" ] && object "$@"
}
table() { # from stdin
	local expected words failed=0
	while IFS='|' read -r expected words; do
		# shellcheck disable=SC2086 # words
		told $expected $words && continue
		echo "^ $words"
		failed=1
	done
	return $failed
}

@test "the command line" {
	# shellcheck disable=SC2154 # run sets stderr
	table <<-'END'
		usage EINVAL options 1 - | frobnicate
		usage EINVAL options 1 - |
		usage EINVAL options 1 - | create --frobnicate x
		usage EINVAL options 1 - | create
		usage EINVAL options 1 - | state a b
		usage EINVAL options 1 - | state --log=x a
		usage EINVAL options 1 - | --log-level loud state x
		usage EINVAL options 1 - | exec --preserve-fds x id true
		usage EINVAL kill 1 - | kill x NOSIGNAL
		usage EINVAL kill 1 - | kill --regex a[ TERM
		usage EINVAL events 1 - | events --interval x id
		usage EINVAL events 1 - | events
		invalid-id EINVAL create 1 - | create a/b
		invalid-id EINVAL state 1 - | state .
	END
	told usage EBADF create 1 - create --preserve-fds 900 -b "$B" "$ID"
	told usage EINVAL run 1 - run --net tubes -b "$B" "$ID"
	told usage EINVAL run 1 - run --net none -p 80:80 -b "$B" "$ID"
	told usage EINVAL restore 1 - restore --lsm-profile x -b "$B" "$ID"
	"$ARIL" --log-format json --root / list 2>"$T/err" >&2 3>&- || status=$?
	stderr=$(cat "$T/err")
	object usage EINVAL list 1 -
}

@test "a network that cannot be made" {
	told network ENOENT run 1 - run --net ns:/nowhere -b "$B" "$ID"
	is_root || return 0
	need_net
	told network ENODEV run 1 - run --net bridge:nowhere0 -b "$B" "$ID"
}

@test "a container that is not there" {
	local verb
	for verb in start state kill delete pause resume ps events update; do
		told container-not-found ENOENT $verb 1 - $verb nobody
	done
	told container-not-found ENOENT exec 255 - exec nobody true
	told container-not-found ENOENT delete 1 - delete --regex nobody
	told container-not-found ENOENT kill 1 - kill -r nobody
}

@test "a container in the wrong state" {
	running
	told container-exists EEXIST create 1 - create -b "$B" "$ID"
	told usage EOPNOTSUPP ps 1 - ps "$ID" -Z
	told container-not-stopped EBUSY delete 1 - delete "$ID"
	told container-not-created EINVAL start 1 - start "$ID"
	aril kill "$ID" KILL
	ended
	told container-not-running ESRCH kill 1 - kill "$ID"
	told container-not-running ESRCH exec 255 - exec "$ID" /probe say x
	told container-not-running ESRCH ps 1 - ps "$ID"
}

@test "a bundle" {
	local other=$T/other
	mkdir "$other"
	told bundle-not-found ENOENT run 1 - run -b "$other" "$ID"
	told bundle-not-found ENOENT plan 1 - plan "$T/nowhere"
	told bundle-not-found ENOENT spec 1 - spec -b "$T/nowhere"
	told file-exists EEXIST spec 1 - spec -b "$B"
	echo '{' >"$other/config.json"
	told config EINVAL create 1 - create -b "$other" "$ID"
	nothing_left
}

@test "a mistake in the document has its place" {
	cfg '.process.rlimits = [{ type: "RLIMIT_X", soft: 1, hard: 1 }]'
	told config EINVAL create 1 /process/rlimits/0/type create -b "$B" "$ID"
	told config EINVAL plan 1 /process/rlimits/0/type plan "$B"
	cfg 'del(.process.rlimits) | .process.args = []'
	told config EINVAL create 1 /process/args create -b "$B" "$ID"
	nothing_left
}

@test "what the host refuses has its place, too" {
	mount_add nosuchfs none /mnt
	local n
	n=$(jq '.mounts | length - 1' "$B/config.json")
	told config-refused ENODEV create 1 "/mounts/$n" create -b "$B" "$ID"
	nothing_left
}

@test "a program that cannot be executed" {
	args no-such-program
	told exec-not-found ENOENT create 1 - create -b "$B" "$ID"
	echo >"$B/rootfs/plain"
	chmod 644 "$B/rootfs/plain"
	args /plain
	told exec-denied EACCES create 1 - create -b "$B" "$ID"
	nothing_left
	running
	told exec-not-found ENOENT exec 255 - exec "$ID" no-such-program
	told exec-denied EACCES exec 255 - exec "$ID" /plain
}

@test "a hook that fails" {
	cfg '.hooks.createRuntime = [{ path: "/bin/false" }]'
	told hook ECANCELED create 1 - create -b "$B" "$ID"
	cfg '.hooks.createRuntime = [{ path: "/bin/sh",
		args: ["sh", "-c", "echo permission denied >&2; exit 1"] }]'
	told hook ECANCELED create 1 - create -b "$B" "$ID"
	nothing_left
}

@test "a root that others may write to, and a state that is none" {
	chmod 777 "$STATE"
	told root-unsafe EPERM create 1 - create -b "$B" "$ID"
	chmod 700 "$STATE"
	mkdir -m 711 "$STATE/broken"
	echo '{' >"$STATE/broken/state.json"
	told state EINVAL state 1 - state broken
	told state EINVAL delete 1 - delete --force broken
	rm "$STATE/broken/state.json"
	aril delete --force broken
}

@test "a terminal without its console socket" {
	cfg '.process.terminal = true'
	told console EINVAL create 1 - create -b "$B" "$ID"
	told console ENOENT create 1 - create --console-socket "$T/none" -b "$B" "$ID"
	nothing_left
}

@test "standard output that takes no more" {
	[ -c /dev/full ] || skip 'no /dev/full'
	local status=0
	aril --log-format json features 2>"$T/err" >/dev/full || status=$?
	stderr=$(cat "$T/err")
	object output ENOSPC features 1 -
}

@test "success says nothing on stderr" {
	local words
	running
	for words in features "state $ID" list 'list -f json' "ps $ID" "plan $B" \
		--version --help 'create --help' "kill $ID 0"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr aril --log-level debug $words
		[ "$status" -eq 0 ]
		echo "$words: $stderr"
		[ -z "$stderr" ]
	done
}
