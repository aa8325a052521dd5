#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Options that no other file is about, each by what changes with it.
# shellcheck disable=SC2016 # jq's variables, and those of sh -c

load ../lib/bundle.bash

prepare() {
	only_aril 'has others'
}

tree() {
	awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts
}

@test "--config: another document of the bundle, for create, run and plan" {
	args /probe say other
	mv config.json other.json
	create
	refused config.json ENOENT
	run aril run -b "$B" --config other.json "$ID" </dev/null
	[ "$output" = other ]
	run aril plan -f other.json "$B"
	[ "$status" -eq 0 ]
	want 'program: "/probe" "say" "other"'
	created -f other.json --pid-file "$T/pid"
	start
	ended
	[ "$(cat "$T/out")" = other ]
}

@test "create --preserve-fds leaves the files open for start" {
	args /probe fds
	raw create --preserve-fds 1 -b "$B" --pid-file "$T/pid" "$ID" </dev/null \
		3<"$HOST/file" 4<&- >"$T/out" 2>"$T/err"
	start
	[ "$status" -eq 0 ]
	ended
	output=$(cat "$T/out")
	echo "$output"
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 4 ]
	want_like 'fd\.3=.*/host/file'
}

@test "--no-new-keyring: the session keyring is the caller's" {
	local option new
	[ -r /proc/keys ] || skip 'this kernel has no keys'
	cfg 'del(.linux.maskedPaths)'
	args /bin/cat /proc/keys
	for option in '' --no-new-keyring; do
		cut -d' ' -f1 /proc/keys | sort >"$T/before"
		# shellcheck disable=SC2086 # none, or one
		go $option
		[ "$status" -eq 0 ]
		# keyrings of a session that the caller does not have
		new=$(grep -E ' keyring +_ses' <<<"$output" | cut -d' ' -f1 | sort |
			comm -23 - "$T/before")
		if [ -z "$option" ]; then [ -n "$new" ]; else [ -z "$new" ]; fi
	done
}

@test "create --no-pivot: no pivot_root" {
	local option
	need_root 'what is traced gets no set-user-ID program'
	need strace
	args /probe say hello
	for option in '' --no-pivot; do
		rm -f "$T/pid"
		# it goes on until the container has ended
		# shellcheck disable=SC2086 # none, or one
		strace -f -o "$T/trace" -e trace=pivot_root "$ARIL" --root "$STATE" \
			"${manager[@]}" create $option --pid-file "$T/pid" -b "$B" \
			"$ID" </dev/null >"$T/out" 2>"$T/err" 3>&- &
		children+=($!)
		"$ARIL_PROBE" wait-file "$T/pid" 10000
		aril delete -f "$ID"
		wait "${children[-1]}" || true
		cat "$T/trace"
		if [ -z "$option" ]; then
			grep -q 'pivot_root(' "$T/trace"
		else
			! grep -q 'pivot_root(' "$T/trace" || return 1
		fi
	done
}

@test "run --keep: the container stays when it has ended" {
	args /probe exit 3
	go --keep
	[ "$status" -eq 3 ]
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	nothing_left
}

# Without a process namespace of its own the container's orphans are those of the caller
@test "run adopts orphans, with --no-subreaper it does not" {
	local option orphan child parent
	need_root 'no other way to share a process namespace'
	namespace_drop pid
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c '(/probe pause /tell/orphan & echo $! >/tell/pid)
		exec /probe pause /tell/ready'
	for option in '' --no-subreaper; do
		rm -f "$T"/tell/*
		# shellcheck disable=SC2086 # none, or one
		"$ARIL" --root "$STATE" "${manager[@]}" run $option -b "$B" "$ID" \
			</dev/null >"$T/out" 2>&1 3>&- &
		child=$!
		children+=("$child")
		"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
		"$ARIL_PROBE" wait-file "$T/tell/orphan" 5000
		orphan=$(cat "$T/tell/pid")
		parent=$(sed -n 's/^PPid:\t//p' "/proc/$orphan/status")
		echo "$option: orphan $orphan of $parent; aril is $child"
		if [ -z "$option" ]; then
			[ "$parent" -eq "$child" ]
		else
			[ "$parent" -ne "$child" ]
		fi
		kill -KILL "$orphan"
		aril kill "$ID" KILL
		wait "$child" || true
	done
}

@test "exec --additional-gids" {
	need_ids
	running
	run aril exec -u 1000:1001 -g 7 --additional-gids 50 "$ID" /probe status \
		</dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want Uid='1000 1000 1000 1000' Groups='7 50'
	run aril exec -g wheel "$ID" /probe status </dev/null
	[ "$status" -ne 0 ]
	[[ $output == *wheel* ]]
}

@test "plan: its options are those of create, and show what they change" {
	run aril plan --bundle "$B"
	[ "$status" -eq 0 ]
	want 'session keyring: a new one' 'open fds: 0 to 2'
	[[ $output != *'without pivot_root'* ]]
	run aril plan -b "$B" "$B"
	fails 'the bundle is given twice'
	run aril plan --no-pivot --no-new-keyring "$B"
	[[ $output == *'without pivot_root'* ]]
	want_none 'session keyring: .*'
	run aril plan --preserve-fds 900 "$B"
	fails 'preserved-fd'
	run aril plan --net host -b "$B"
	[ "$status" -eq 0 ] || fails 'linux.sysctl'
	run aril plan --publish 1:1 "$B"
	fails '--publish: only --net user'
	run aril plan --id a/b "$B"
	fails 'invalid container ID format'
	cfg '.process.terminal = true'
	run aril plan --detach "$B"
	fails --console-socket
	run aril plan --console-socket "$T/sock" "$B"
	fails 'cannot use console socket'
	run aril plan --detach --console-socket "$T/sock" --pidfd-socket "$T/other" \
		--pid-file "$T/pid" "$B"
	[ "$status" -eq 0 ]
	want_like 'terminal: .*'
	[ ! -e "$T/pid" ]
}

@test "plan --id: its cgroup" {
	[ -n "$(tree)" ] || skip 'there is no cgroup2 tree'
	need_root 'needs a cgroup'
	[ "${ARIL_BED_MANAGER:-}" != systemd ] || skip 'the unit has the name'
	cfg 'del(.linux.cgroupsPath)'
	run aril plan --id somebody "$B"
	[ "$status" -eq 0 ]
	want_like 'cgroup: make ".*somebody".*'
}

@test "--debug tells what --log-level warning does" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["no_such_call", "mkdir"],
			action: "SCMP_ACT_ERRNO" }] }'
	args /probe say hello
	go
	[ "$output" = hello ]
	run aril --debug run -b "$B" "$ID" </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *'does not know them: no_such_call'* ]]
}

@test "--rootless: root does without a cgroup that cannot be made" {
	local word
	need_root 'ordinary users always do'
	[ "${ARIL_BED_MANAGER:-}" != systemd ] || skip 'every run asks for systemd'
	[ -n "$(tree)" ] || skip 'there is no cgroup2 tree'
	bare
	namespace_drop cgroup
	args /probe say hello
	for word in '' --rootless=false --rootless=auto --rootless=true --rootless; do
		# shellcheck disable=SC2086 # none, or one
		run unshare --mount sh -c 'mount -o remount,bind,ro "$0" && exec "$@"' \
			"$(tree)" "$ARIL" --root "$STATE" $word run -b "$B" "$ID" \
			</dev/null 3>&-
		echo "$word: $status $output"
		case $word in
		--rootless | *=true)
			[ "$status" -eq 0 ]
			want hello
			;;
		*) refused linux.cgroupsPath '--rootless=true' ;;
		esac
	done
}

@test "XDG_RUNTIME_DIR and USER: who root of a user namespace is" {
	local name
	unshare --user --map-root-user true || skip 'no user namespace here'
	# one that is not trusted is named
	mkdir -p "$T/run/aril/$ID"
	chmod 777 "$T/run/aril"
	for name in root somebody; do
		XDG_RUNTIME_DIR=$T/run USER=$name run unshare --user --map-root-user \
			"$ARIL" state "$ID" </dev/null 3>&-
		echo "$name: $output"
		[ "$status" -eq 1 ]
		if [ "$name" = root ]; then
			[[ $output != *"$T/run"* ]]
		else
			[[ $output == *"$T/run/aril"* ]]
		fi
	done
}
