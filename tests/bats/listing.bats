#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The columns of list, and of ps, which are those of procps.

load ../lib/bundle.bash

prepare() {
	only_aril 'has no columns to choose'
}

@test "list -o shows the columns that are named, in that order" {
	created --pid-file "$T/pid"
	run aril list -o status,id
	[ "$status" -eq 0 ]
	want_like 'STATUS +ID' "created +$ID"
	[ "${#lines[@]}" -eq 2 ]
	run aril list --columns=rootfs
	want ROOTFS "$B/rootfs"
	run aril list
	want_like 'ID +PID +STATUS +BUNDLE +CREATED +OWNER' "$ID +$(pid) +created +$B .*"
}

@test "list -o as JSON has these members and no others" {
	created --pid-file "$T/pid"
	run aril list -f json -o pid,id,created
	echo "$output"
	jq -e --arg id "$ID" --argjson pid "$(pid)" 'length == 1 and
		(.[0] | keys == ["created", "id", "pid"] and .id == $id and
		.pid == $pid)' \
		<<<"$output"
	aril delete "$ID"
	[ "$(aril list -f json -o id)" = null ]
}

@test "list -o memory, cpu and pids are what the cgroup says, or nothing" {
	running
	local dir
	dir=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")
	[ -e "$dir/cgroup.procs" ] || dir=/sys/fs/cgroup/unified${dir#/sys/fs/cgroup}
	run aril list -f json -o memory,cpu,pids
	echo "$output"
	jq -e 'length == 1 and (.[0] | [.memory, .cpu, .pids] |
		map(type == "number" or . == null) | all)' <<<"$output"
	if [ -r "$dir/pids.current" ]; then
		jq -e '.[0].pids == 1' <<<"$output"
	fi
	if [ -r "$dir/memory.current" ]; then
		jq -e '.[0].memory > 4096' <<<"$output"
	fi
	aril kill "$ID" KILL
	ended
	run aril list -o pid,memory,cpu,pids
	want_like '0 +- +- +-'
}

@test "list with a column that there is not is an error" {
	run aril list -o id,size
	fails 'invalid columns: size: one of id, pid, '
	run aril list -o ''
	fails 'invalid columns: '
}

@test "ps shows what ps of procps shows" {
	need ps
	ps -ef >/dev/null 2>&1 || skip 'ps does not work on this kernel'
	running
	local form
	for form in -ef aux '-o pid,ppid,pgid,sid,comm,args' '-eo pid,ni,nlwp,stat,tty' \
		'-o pid,user,uid,gid,rss,vsz' 'axo pid,state,tname' '-o pid=,comm='; do
		# shellcheck disable=SC2086 # words
		run aril ps "$ID" $form
		[ "$status" -eq 0 ]
		echo "$output" | tr -s ' ' | sed 's/^ //; s/ $//' >"$T/ours"
		# shellcheck disable=SC2086 # words
		case $form in
		aux | axo*) ps ${form} ;;
		-ef) ps -ef ;;
		*) ps -p "$(pid)" ${form/#-eo/-o} ;;
		esac | awk -v pid="$(pid)" 'NR == 1 && /PID/ || $1 == pid || $2 == pid' |
			tr -s ' ' | sed 's/^ //; s/ $//' >"$T/theirs"
		cat "$T/ours" "$T/theirs"
		cmp "$T/ours" "$T/theirs"
	done
}

@test "ps: a process that cannot be read is an error, not left out" {
	local n told=0
	only_aril 'opens other files'
	running
	# a cgroup needs more files than /proc
	cp "$STATE/$ID/state.json" "$T/state.json"
	jq 'del(.cgroupPath, .cgroupMount) | .ownPidNamespace = false' "$T/state.json" \
		>"$STATE/$ID/state.json"
	for n in {4..16}; do
		run bash -c 'ulimit -n "$1" && exec "${@:2}" 3>&-' - "$n" "$ARIL" \
			--root "$STATE" ps "$ID"
		echo "$n: $status $output"
		[ "$status" -ne 0 ] || grep -q '/probe pause' <<<"$output"
		! grep -q 'read /proc/.*EMFILE' <<<"$output" || told=1
	done
	cat "$T/state.json" >"$STATE/$ID/state.json"
	[ "$told" -eq 1 ]
}

@test "ps needs no ps, and no PATH" {
	running
	run env -i "$ARIL" --root "$STATE" ps "$ID" -o comm,args 3>&-
	[ "$status" -eq 0 ]
	want_like 'COMMAND +COMMAND' 'probe +/probe pause /tell/ready'
}

@test "ps: heads of its own, and none" {
	running
	run aril ps "$ID" -o pid=NUMBER,comm=NAME
	want_like ' *NUMBER NAME' " *$(pid) probe"
	run aril ps "$ID" -o pid= -o comm=
	[ "${#lines[@]}" -eq 1 ]
	run aril ps "$ID" -ef --no-headers
	[ "${#lines[@]}" -eq 1 ]
}

@test "ps refuses arguments that it does not know, by name" {
	running
	run aril ps "$ID" -ef --forest
	fails 'ps arguments "--forest": aril knows '
	run aril ps "$ID" -p 1
	fails 'ps arguments "-p": aril knows '
	run aril ps "$ID" -o pid,nonsense
	fails 'ps arguments: unknown column "nonsense"'
}
