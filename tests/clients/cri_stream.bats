#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a kubelet's clients get as streams: exec, attach and port-forward over the engine's
# web sockets, as cri_stream.py speaks them.

load cri.bash

stream() { # CALL REQUEST [SIZE]: with stdin as it is
	local answer
	answer=$(cri "$1" "$2" </dev/null) || {
		echo "$answer"
		return 1
	}
	timeout 60 "$CLIENTS/cri_stream.py" "$(jq -r .url <<<"$answer")" ${3:+"$3"}
}

# exec_request ID FLAGS COMMAND...: FLAGS is an object
exec_request() {
	local id=$1 flags=$2
	shift 2
	jq -cn --arg id "$id" "{ container_id: \$id, cmd: \$ARGS.positional } + $flags" \
		--args -- "$@"
}

@test "exec: streams apart, and the status" {
	local id
	run_pod one
	id=$(run_in one box '' sleep 1000)
	stream Exec "$(exec_request "$id" '{ stdout: true, stderr: true }' \
		sh -c 'echo out; echo err >&2; exit 6')" \
		</dev/null >"$T/out" 2>"$T/err" || output=$?
	is "$output" 6
	is "$(cat "$T/out")" out
	matches "$(cat "$T/err")" '^err'
}

@test "exec -i: stdin gets there, and 300 kB come back" {
	local id
	run_pod one
	id=$(run_in one box '' sleep 1000)
	output=$(seq 50000 | stream Exec "$(exec_request "$id" \
		'{ stdin: true, stdout: true, stderr: true }' head -n 50000)" | cksum)
	is "$output" "$(seq 50000 | cksum)"
}

@test "exec -it: a terminal, and its size" {
	local id
	run_pod one
	id=$(run_in one box '' sleep 1000)
	output=$(stream Exec "$(exec_request "$id" \
		'{ tty: true, stdin: true, stdout: true }' \
		sh -c 'tty; read line; echo "got $line"
		until stty size | grep "33 111"; do sleep 0.1; done')" 111x33 \
		<<<'typed' | tr -d '\r')
	matches "$output" '/dev/pts/[0-9]'
	matches "$output" 'got typed'
	matches "$output" '33 111'
}

@test "attach: output, input, and the end" {
	local id
	run_pod one
	id=$(run_in one box '.config.stdin = true | .config.stdin_once = true' \
		sh -c 'read line; echo "got $line"; echo err >&2; exit 4')
	stream Attach "{\"container_id\": \"$id\", \"stdin\": true, \"stdout\": true,
		\"stderr\": true}" <<<'typed' >"$T/out" 2>"$T/err"
	is "$(cat "$T/out")" 'got typed'
	is "$(cat "$T/err")" err
	until_true 30 has_status "$id" EXITED
	is "$(status_of "$id" exit_code)" 4
	matches "$(said_by box)" 'got typed'
}

@test "attach -t: a terminal, and its size" {
	local id
	run_pod one
	id=$(run_in one box '.config.stdin = true | .config.tty = true' \
		sh -c 'read line; until stty size | grep "33 111"; do sleep 0.1; done
		echo "got $line"')
	output=$(stream Attach "{\"container_id\": \"$id\", \"stdin\": true,
		\"stdout\": true, \"tty\": true}" 111x33 <<<'typed' | tr -d '\r')
	matches "$output" '33 111'
	matches "$output" 'got typed'
	until_true 30 has_status "$id" EXITED
	is "$(status_of "$id" exit_code)" 0
}

@test "port-forward: to a port in the pod" {
	local id answer
	run_pod one
	id=$(run_in one web '' sh -c 'read line <&0; nc -l -p 8080 -e cat')
	until_true 20 eval "sync_in $id netstat -ltn | grep -q :8080"
	answer=$(cri PortForward "{\"pod_sandbox_id\": \"$(cat "$T/one.id")\",
		\"port\": [ 8080 ]}" | jq -r .url)
	output=$(echo there | timeout 20 "$CLIENTS/cri_stream.py" --forward \
		 "$answer" 2>&1 & wait $!) || :
	is "$output" there
}
