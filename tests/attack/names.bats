#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Hostile words: ids, paths, annotations and strings of the document (CVE-2021-43784: NUL
# and lengths; CVE-2024-21626's siblings), the environment of hooks (CVE-2025-23266), and
# files of others in the place of what aril writes: log, pid file, sockets.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load attack.bash

@test "ids that are paths, options, or too long" {
	local id
	args /probe exit 0
	for id in . .. ../x a/b a/../../b "$HOST" .hidden .tmp.1 .cache '' ' ' \
		'a b' $'a\nb' 'a;b' '$(true)' 'a*' 'ü' 'a:b' 'a%b' '@a' \
		"$(printf '%0256d' 1)" "$(printf '%070000d' 1)"; do
		# what was made may not hold the output of bats
		status=0
		aril create -b "$B" -- "$id" </dev/null >"$T/out" 2>&1 || status=$?
		output=$(cat "$T/out")
		[ "$status" -ne 124 ]
		if is_aril; then
			fails 'invalid container ID format'
			run aril delete -f -- "$id" </dev/null
			fails 'invalid container ID format'
			run aril kill -- "$id" KILL </dev/null
			fails 'invalid container ID format'
		else
			# others may have other rules, but not for what is no name
			aril delete -f -- "$id" </dev/null >"$T/deleted" 2>&1 || :
		fi
		# crun of before 1.28 opens an absolute one as it is, and empties it
		[ -e "$HOST/file" ] && [ -e "$B/config.json" ] && [ ! -e "$T/x" ] &&
			[ ! -e "$T/b" ] || through "the id ${id:0:60} names a path" ||
			return
	done
	host_untouched
	nothing_left
}

@test "every string of the document with NUL, and longer than 64 KiB (CVE-2021-43784)" {
	local where
	only_aril 'cuts them'
	cfg '.hooks.poststart = [{ path: "/bin/true", args: ["true"], env: ["A=b"] }] |
		.linux.devices = [{ type: "c", path: "/dev/xx", major: 1, minor: 3 }] |
		.linux.sysctl = { "kernel.shmmni": "4096" } |
		.linux.cgroupsPath = "/a" | .linux.mountLabel = "x" |
		.process.apparmorProfile = "x" | .process.selinuxLabel = "x" |
		.domainname = "d" | .linux.rootfsPropagation = "private"'
	cp config.json whole.json
	printf '%070000d\n' 1 >"$T/long"
	# each place where a string is, one of a kind
	jq -r '[paths(type == "string")] | map(select(all(.[]; . != "syscalls"))) |
		unique_by(map(if type == "number" then 0 else . end)) |
		.[] | @json' whole.json >"$T/places"
	[ "$(wc -l <"$T/places")" -gt 30 ]
	while read -r where; do
		jq -c --argjson p "$where" 'setpath($p; "a\u0000b")' whole.json \
			>config.json
		create
		[ "$status" -eq 1 ] || through "NUL in $where" || return
		[ "$(grep -c . <<<"$output")" -eq 1 ]
		jq -c --argjson p "$where" --rawfile l "$T/long" 'setpath($p; $l)' \
			whole.json >config.json
		create
		[ "$status" -ne 124 ]
		[ "$status" -eq 1 ] || [ "$status" -eq 0 ]
		aril delete -f "$ID"
	done <"$T/places"
	nothing_left
}

@test "annotations: every one that aril or crun knows, with hostile values" {
	local name value
	only_aril 'has other ones'
	args /probe exit 0
	for name in run.oci.keep_original_groups run.oci.pidfd_receiver \
		run.oci.hooks.stdout run.oci.hooks.stderr run.oci.systemd.subgroup \
		run.oci.delegate-cgroup run.oci.handler run.oci.seccomp.receiver \
		run.oci.seccomp_bpf_data run.oci.mount_context_type aril.net \
		aril.publish org.criu.config; do
		for value in ../../../../../etc "../$HOST/x" '' $'a\nb' \
			"$(printf '%09000d' 1)" '%s%n$(touch /x)'; do
			cfg '.annotations = { ($n): $v }' --arg n "$name" --arg v "$value"
			run aril --log-level=error run -b "$B" "$ID" </dev/null
			[ "$status" -ne 124 ] || through "$name waits" || return
			[ "$status" -lt 128 ] || through "$name: status $status" || return
		done
	done
	nothing_left
	host_untouched
}

# What systemd is told is typed, and cannot be anything but a property of the unit
@test "annotations of systemd properties are no way to other units or programs" {
	local name value
	only_aril 'has other rules'
	args /probe exit 0
	while IFS='|' read -r name value; do
		cfg '.annotations = { ("org.systemd.property." + $n): $v } |
			.linux.cgroupsPath = "a.slice:b:c"' \
			--arg n "$name" --arg v "$value"
		run aril --cgroup-manager systemd --log-level=error plan -b "$B" "$ID" \
			</dev/null
		echo "$name=$value: $status ${output:0:200}"
		[ "$status" -eq 1 ] || through "$name=$value" || return
	done <<-'END'
		ExecStart|['/bin/true']x
		|'x'
		a b|'x'
		Slice|'other.slice'
		PIDs|[1]
		Delegate|false
		Scope|<handle 0>
		TasksMax|uint64
		TasksMax|uint64 18446744073709551616
		X|((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
		X|'unended
		X|@a{sv} {'x':
	END
}

@test "hooks get their own environment only (CVE-2025-23266)" {
	cat >"$T/hook" <<-END
		#!/bin/sh
		/usr/bin/env >>"$T/environment"
	END
	chmod 755 "$T/hook"
	: >"$T/environment"
	chmod 666 "$T/environment"
	cfg '.process.env = ["LD_PRELOAD=/evil.so", "LD_LIBRARY_PATH=/evil", "PATH=/evil",
			"BASH_ENV=/evil"] |
		.hooks = ([["createRuntime", "prestart", "poststart", "poststop"][]
			| { (.): [{ path: $p, env: ["OWN=yes"] }] }] | add)' \
		--arg p "$T/hook"
	args /probe exit 0
	LD_AUDIT_X=1 go
	[ "$status" -eq 0 ]
	grep -q OWN=yes "$T/environment"
	! grep evil "$T/environment" || through 'the environment of the container'
}

@test "a log, a pid file or a socket that is a fifo, a link, a device: no wait" {
	local kind file=$T/place
	args /probe exit 0
	for kind in fifo link directory dangling loop; do
		rm -rf "$file" "$T/aimed"
		case $kind in
		fifo) mkfifo "$file" ;;
		link) ln -s "$HOST/file" "$file" ;;
		directory) mkdir "$file" ;;
		dangling) ln -s "$T/none/none" "$file" ;;
		loop) ln -s place "$file" ;;
		esac
		# the pid file takes the place of a link; nothing is written through it.
		# Others may, in a directory that is the caller's own.
		[ "$kind" != link ] || is_aril || continue
		create --pid-file "$file"
		[ "$status" -ne 124 ] || through "--pid-file $kind" || return
		[ "$(cat "$HOST/file")" = 'of the host' ] ||
			through 'a pid file through a link' || return
		aril delete -f "$ID"
		is_aril || continue
		run aril --log "$T/none/$kind" --log-level debug state nobody </dev/null
		[ "$status" -eq 1 ]
		cfg '.process.terminal = true'
		create --console-socket "$file"
		[ "$status" -eq 1 ] || through "--console-socket $kind" || return
		cfg '.process.terminal = false'
		create --pidfd-socket "$file"
		[ "$status" -eq 1 ] || through "--pidfd-socket $kind" || return
	done
	nothing_left
}

# As another user of the host in a directory for all: /tmp
@test "a pid file in a sticky directory that another user has planted" {
	local dir=/tmp/sticky-$ID
	need_root 'needs another user'
	mkdir -m 1777 "$dir"
	chmod 1777 "$dir"
	args /probe exit 0
	setpriv --reuid=1000 --regid=1000 --clear-groups ln -s "$HOST/file" "$dir/pid"
	create --pid-file "$dir/pid"
	[ "$(cat "$HOST/file")" = 'of the host' ] ||
		through 'root writes through the link'
	[ "$status" -ne 0 ] || [ ! -L "$dir/pid" ]
	aril delete -f "$ID"
	rm -f "$dir/pid"
	setpriv --reuid=1000 --regid=1000 --clear-groups mkfifo "$dir/pid"
	create --pid-file "$dir/pid"
	[ "$status" -ne 124 ] || through 'root waits for the fifo'
	aril delete -f "$ID"
	rm -r "$dir"
	nothing_left
}

@test "the bundle is a link, the document is huge, a link to a device, a socket" {
	local kind
	args /probe say hello
	ln -s "$B" "$T/link"
	run aril run -b "$T/link" "$ID" </dev/null
	[ "$status" -eq 0 ]
	for kind in fifo huge zero socket self; do
		rm -f "$T/c" && mkdir -p "$T/c.d" && rm -f "$T/c.d/config.json"
		case $kind in
		fifo) mkfifo "$T/c.d/config.json" ;;
		huge) truncate -s 3G "$T/c.d/config.json" ;;
		zero) ln -s /dev/zero "$T/c.d/config.json" ;;
		socket) ln -s /proc/self/fd/0 "$T/c.d/config.json" ;;
		self) ln -s config.json "$T/c.d/config.json" ;;
		esac
		is_aril || [ "$kind" = self ] || continue
		run aril create -b "$T/c.d" "$ID" </dev/null
		echo "$kind: $status $output"
		[ "$status" -eq 1 ] || through "config.json is $kind" || return
	done
	nothing_left
}
