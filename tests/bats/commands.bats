#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line as engines use it: options, files, logs, environments.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	args /probe say hello
}

@test "the pid file has the pid without a newline, and no temporary file stays" {
	args /probe pause
	mkdir "$T/run"
	created --pid-file "$T/run/pid"
	[ "$(ls -A "$T/run")" = pid ]
	pid=$(cat "$T/run/pid")
	[ "$(stat -c %s "$T/run/pid")" -eq ${#pid} ]
	[ "$(aril state "$ID" | jq .pid)" = "$pid" ]
}

@test "options with one dash or two, with = or a blank" {
	args /probe pause
	"$ARIL" -root "$STATE" create -bundle="$B" -pid-file "$T/pid" "$ID" </dev/null \
		>"$T/out" 2>&1 3>&-
	"$ARIL" --root="$STATE" state "$ID" | jq -e .pid
	"$ARIL" -root="$STATE" delete -force "$ID"
}

@test "options behind the command of exec belong to it" {
	running
	run aril exec "$ID" /probe args --cwd /nowhere -d </dev/null
	[ "$status" -eq 0 ]
	want arg.1=--cwd arg.2=/nowhere arg.3=-d
}

@test "an unknown verb, an unknown option, a missing argument: exit code 1" {
	local words
	for words in 'frobnicate' 'create --frobnicate x' 'state' 'kill' 'start a b' \
		'--log-format yaml list' 'create' 'delete' 'exec' 'run'; do
		# shellcheck disable=SC2086 # words
		run aril $words </dev/null
		echo "$words: $status $output"
		[ "$status" -eq 1 ] || ! is_aril
		[ "$status" -ne 0 ]
		[ -n "$output" ]
	done
}

@test "--help of every verb, --version" {
	local verb
	local verbs='create start run state kill delete exec list ps spec update'
	! is_aril || verbs=$(aril --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	[ "$(wc -w <<<"$verbs")" -gt 10 ]
	for verb in $verbs; do
		run aril "$verb" --help </dev/null
		[ "$status" -eq 0 ]
		[[ $output == *"$verb"* ]]
	done
	run aril --help
	[ "$status" -eq 0 ]
	run aril --version
	[ "$status" -eq 0 ]
	[[ $output == *' version '* && $output == *'spec: 1.'* ]]
}

@test "called as runc and as crun, --version and the log are as theirs" {
	only_aril 'it has two names more'
	ln -s "$ARIL" "$T/runc"
	ln -s "$ARIL" "$T/crun"
	run "$T/runc" --version
	[[ ${lines[0]} =~ ^'runc version '[0-9.]+'+aril'[0-9.]+$ ]]
	run "$T/crun" --version
	[[ ${lines[0]} =~ ^'crun version '[0-9.]+'+aril'[0-9.]+$ ]]
	# Docker shows it
	[[ ${lines[1]} =~ ^'commit: aril-'[0-9.]+$ ]]
	local gone="container does not exist: no $STATE/nobody/state.json"
	# on stderr: aril's own words, a line of the log, the message
	run "$ARIL" --root "$STATE" state nobody
	[ "$output" = "aril: $gone" ]
	run "$T/runc" --root "$STATE" state nobody
	[[ $output =~ ^'time="'[0-9TZ:-]+'" level=error msg="'"$gone"'"'$ ]]
	run "$T/crun" --root "$STATE" state nobody
	[ "$output" = "$gone" ]
	# in a log
	run "$T/runc" --root "$STATE" --log "$T/as-runc" state nobody
	[ "$output" = "$gone" ]
	[[ $(<"$T/as-runc") == 'time="'*'" level=error msg="'"$gone"'"' ]]
	run "$T/crun" --root "$STATE" --log "$T/as-crun" state nobody
	[ "$output" = "$gone" ]
	[ "$(<"$T/as-crun")" = "$gone" ]
	# JSON is the same for all
	run "$T/crun" --root "$STATE" --log-format json state nobody
	[ "$(jq -r '.level + " " + .msg' <<<"$output")" = "error $gone" ]
}

@test "help, help VERB, and what is accepted though it does nothing any more" {
	only_aril 'each has its own'
	run "$ARIL" help
	[ "$status" -eq 0 ]
	[ "$output" = "$("$ARIL" --help)" ]
	run "$ARIL" help run
	[ "$status" -eq 0 ]
	[ "$output" = "$("$ARIL" run --help)" ]
	run "$ARIL" help no-such-verb
	fails 'unknown command "no-such-verb"'
	run "$ARIL" -V
	[ "$output" = "$("$ARIL" --version)" ]
	run "$ARIL" --usage
	[ "$status" -eq 0 ]
	[[ $output == 'Usage: aril '* ]]
	run aril --criu /usr/sbin/criu list
	[ "$status" -eq 0 ]
	running
	run aril exec --no-subreaper "$ID" /probe exit 3
	[ "$status" -eq 3 ]
}

@test "features is JSON on stdout, with nothing on stderr" {
	only_aril 'has no such verb'
	run --separate-stderr aril features
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # run sets it
	[ -z "$stderr" ]
	jq -e '(.ociVersionMin | startswith("1.")) and (.ociVersionMax | startswith("1."))
		and (.linux.namespaces | length == 8) and (.mountOptions | index("rro"))
		and (.hooks | length == 6) and .linux.seccomp.enabled' <<<"$output"
}

@test "spec writes a document that runs, and does not overwrite one" {
	run aril spec -b "$B"
	[ "$status" -eq 1 ]
	[[ $output == *'Remove it first'* || $output == *exists* ]]
	rm config.json
	if is_root; then
		aril spec -b "$B"
	else
		aril spec -b "$B" --rootless
		jq -e '.linux.namespaces | any(.type == "user")' config.json
	fi
	jq -e '.process.args == ["sh"] and .process.terminal' config.json
	cfg '.process.terminal = false'
	# the default limit may be above what this caller has
	cfg 'del(.process.rlimits)'
	probe status
	want NoNewPrivs=1
}

@test "plan prints what would be done, and does nothing" {
	only_aril 'has no such verb'
	run aril plan "$B"
	[ "$status" -eq 0 ]
	[[ $output == */proc* && $output == *mount* ]]
	nothing_left
}

@test "a log in JSON: one object for a failure, nothing for success" {
	aril --log "$T/log" --log-format json run -b "$B" "$ID" </dev/null
	[ ! -s "$T/log" ]
	args no-such-program
	run aril --log "$T/log" --log-format json create -b "$B" "$ID" </dev/null
	[ "$status" -eq 1 ]
	cat "$T/log"
	is_aril || only_aril 'warns too'
	[ "$(wc -l <"$T/log")" -eq 1 ]
	jq -es 'length == 1 and .[0].level == "error" and (.[0].msg |
		contains("executable file not found in $PATH")) and (.[0].time |
		test("^20[0-9-]{8}T[0-9:]{8}(Z|[+-][0-9:]{5})$"))' "$T/log"
}

@test "a log in JSON stays JSON, whatever the message quotes" {
	args $'no"such\\program\t\001'
	run aril --log "$T/log" --log-format json create -b "$B" "$ID" </dev/null
	[ "$status" -eq 1 ]
	jq -es 'all(.level and .msg)' "$T/log"
	# an engine shows what is on stderr
	! is_aril || [ -n "$output" ]
}

@test "a log in text" {
	args no-such-program
	run aril --log "$T/log" create -b "$B" "$ID" </dev/null
	[ "$status" -eq 1 ]
	grep -q 'level=error' "$T/log" || only_aril 'has another form'
	grep -qF 'executable file not found in $PATH' "$T/log"
}

@test "an empty environment, no PATH" {
	run env -i "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null 3>&-
	[ "$status" -eq 0 ]
	[ "$output" = hello ]
}

@test "closed stdin, stdout and stderr" {
	mkdir "$T/tell" && chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c '/probe fds >/tell/fds'
	"$ARIL_PROBE" closed "$ARIL" --root "$STATE" run -b "$B" "$ID" 3>&-
	cat "$T/tell/fds"
	not_runc 'puts pipes there'
	# none of the runtime's own files may have taken their numbers
	run ! grep -vE '^fd\.[0-2]=(/dev/null|/tell/fds)$' "$T/tell/fds"
}

@test "started in a directory that is gone" {
	mkdir "$T/gone"
	cd "$T/gone"
	rmdir "$T/gone"
	run "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null 3>&-
	cd "$B"
	is_aril || only_aril 'wants its directory'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = hello ]
}

@test "a relative state directory" {
	cd "$T"
	run "$ARIL" --root ./state run -b "$B" "$ID" </dev/null 3>&-
	[ "$output" = hello ]
	! is_aril || [ "$(stat -c %a "$STATE")" = 700 ]
}

@test "--root / is refused" {
	only_aril 'looks at other things'
	run "$ARIL" --root / list 3>&-
	[ "$status" -eq 1 ]
}

@test "--preserve-fds passes as many files as it says" {
	args /probe fds
	status=0
	# shellcheck disable=SC2261 # 3 and 4 are for the container
	raw run --preserve-fds 2 -b "$B" "$ID" </dev/null \
		3<"$HOST/file" 4<"$B/config.json" 5<"$HOST" >"$T/out" 2>&1 || status=$?
	output=$(cat "$T/out")
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 5 ]
	want_like 'fd\.3=.*/host/file' 'fd\.4=.*/config.json'
}

@test "--preserve-fds with a file that is not open is an error" {
	only_aril 'does not look'
	status=0
	raw run --preserve-fds 2 -b "$B" "$ID" </dev/null \
		3<"$HOST/file" 4<&- >"$T/out" 2>&1 || status=$?
	output=$(cat "$T/out")
	fails
	nothing_left
}

# run with LISTEN_FDS and this LISTEN_PID ("own": the runtime's, as the protocol wants it)
# To run the bundle, or to do what is given.
run_listening() { # PID [VERB...]
	local listening=("${@:2}")
	[ ${#listening[@]} -gt 0 ] || listening=(run -b "$B" "$ID")
	status=0
	# shellcheck disable=SC2016 # the inner shell expands them
	bash -c 'pid=$1; [ "$pid" = own ] && pid=$$; shift
		LISTEN_FDS=1 LISTEN_PID=$pid LISTEN_FDNAMES=web.socket LISTEN_PIDFDID=1 \
		exec "$@"' - "$1" "$ARIL" --root "$STATE" "${listening[@]}" </dev/null \
		3<"$HOST/file" >"$T/out" 2>&1 || status=$?
	output=$(cat "$T/out")
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "LISTEN_FDS: sockets, their number, and the pid that is meant" {
	args /probe fds , env
	cfg '.process.env = ["PATH=/bin", "HOME=/"]'
	run_listening own
	want env.LISTEN_FDS=1
	! is_aril || want env.LISTEN_PID=1
	want_like 'fd\.3=.*/host/file'
}

@test "LISTEN_PID and LISTEN_PIDFDID name the process, wherever it is; names are kept" {
	local ours
	only_aril 'others say 1, and lose the names'
	args /probe env , self
	cfg '.process.env = ["PATH=/bin", "HOME=/"]'
	run_listening own
	want env.LISTEN_PID=1 env.LISTEN_FDNAMES=web.socket
	[ "$(value env.LISTEN_PIDFDID)" = "$(value pidfdid)" ]
	namespace_drop pid
	run_listening own
	ours=$(value pid)
	[ "$ours" -gt 1 ]
	want "env.LISTEN_PID=$ours"
	[ "$(value env.LISTEN_PIDFDID)" = "$(value pidfdid)" ]
}

@test "LISTEN_PID of an exec is its pid in the container" {
	only_aril 'others say 1'
	running
	run_listening own exec "$ID" /probe env , self , fds
	want_like 'fd\.3=.*/host/file'
	[ "$(value pid)" -gt 1 ]
	want "env.LISTEN_PID=$(value pid)" env.LISTEN_FDS=1
	[ "$(value env.LISTEN_PIDFDID)" = "$(value pidfdid)" ]
}

@test "LISTEN_FDS that are meant for another process are not passed on" {
	args /probe fds , env
	not_crun 'does not look at the pid'
	run_listening 99999
	want_none 'fd\.3=.*' 'env.LISTEN_FDS=.*'
}

@test "the state directories of others are not for everybody" {
	args /probe pause
	created --pid-file "$T/pid"
	[ "$(stat -c %a "$STATE")" = 700 ]
	[[ $(stat -c %a "$STATE/$ID") == 7[01]* ]]
}
