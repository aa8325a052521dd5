#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 65, 79, 85 and 86: what a caller's surroundings do to the runtime.
# shellcheck disable=SC2016 # jq's variables

load threat.bash

@test "79: an environment of the caller that loads, redirects or misleads" {
	mkdir -p "$HOST/home" "$HOST/bin"
	printf '#!/bin/sh\ntouch "%s/ran"\n' "$HOST" >"$HOST/bin/newuidmap"
	chmod 755 "$HOST/bin/newuidmap"
	cp "$HOST/bin/newuidmap" "$HOST/bin/criu"
	cp "$HOST/bin/newuidmap" "$HOST/bin/systemctl"
	attack_before "${watched[@]}"
	args /probe env
	# a user's own PATH is where newuidmap is looked for: that is the user's choice
	is_root && export PATH="$HOST/bin:$PATH"
	run env LD_PRELOAD=/none.so HOME=../../.. XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-}" \
		ARIL_CONFIG=/etc/passwd GCONV_PATH="$HOST" LOCPATH="$HOST" \
		DBUS_SESSION_BUS_ADDRESS=unix:path=/none \
		timeout --foreground 20 "$ARIL" --root "$STATE" run -b "$B" "$ID" \
		</dev/null
	echo "$output"
	[ ! -e "$HOST/ran" ] || through 'a program of the caller was run'
	[ "$status" -eq 0 ]
	want_none '(env\.)?(LD_PRELOAD|ARIL_|GCONV_PATH|LOCPATH).*' ||
		through 'a variable of the caller'
}

@test "79: a working directory that was deleted, and ids that look like paths" {
	local id
	mkdir "$T/gone"
	args /probe say ran
	run sh -c 'cd "$1" && rmdir "$1" && shift && exec "$@"' sh "$T/gone" timeout \
		--foreground 20 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	for id in ../../up "$HOST" a/b . .. '' 'a b' $'a\nb' "../$ID"; do
		# others may have names with blanks
		[[ $id != *[[:space:]]* ]] || is_aril || continue
		run aril run -b "$B" -- "$id" </dev/null
		[ "$status" -ne 0 ] || through "the id '$id'" || return
	done
	victim_end
	nothing_left
}

@test "85: groups of the caller are not the container's (CVE-2022-2995)" {
	need_root
	args /probe status
	run setpriv --groups 4,20,4242 timeout --foreground 20 "$ARIL" --root "$STATE" \
		run -b "$B" "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want_none 'Groups=.*(4242|20).*' || through "the caller's groups"
}

@test "85: ids that no user can have are refused, and -1 is not root" {
	local id
	for id in 4294967295 4294967296 -1; do
		cfg '.process.user = { uid: $u, gid: 0 }' --argjson u "$id"
		args /probe status
		go
		[ "$status" -ne 0 ] || through "the user id $id" || return
	done
	victim_end
	nothing_left
}

@test "86: without standard files the container's are not the runtime's own" {
	attempts host.leaked
	args /bin/sh -c '/probe fds >/tmp/fds 2>&1; cat /tmp/fds >/rw/fds'
	run "$ARIL_PROBE" closed "$ARIL" --root "$STATE" run -b "$B" "$ID"
	echo "$output"
	[ ! -e "$T/shared/rw/fds" ] || {
		cat "$T/shared/rw/fds"
		! grep -E '(state|memfd|config|socket|anon_inode)' "$T/shared/rw/fds" ||
			through 'a file of the runtime'
	}
}

@test "65: what a document says does not command the caller's terminal" {
	local escape=$'\e]52;c;dGFrZW4=\a\e[5n'
	cfg '.process.args = [ ("/none" + $e) ]' --arg e "$escape"
	go
	[ "$status" -ne 0 ]
	[[ $output != *$'\e'* ]] || through 'an escape sequence in an error'
	cfg '.process.args = [ "/probe" ] | .process.cwd = ("/none" + $e)
		| .mounts += [ { type: ("t" + $e), source: $e,
			destination: ("/x" + $e) } ]' \
		--arg e "$escape"
	go
	[ "$status" -ne 0 ]
	[[ $output != *$'\e'* ]] || through 'an escape sequence in an error'
}
