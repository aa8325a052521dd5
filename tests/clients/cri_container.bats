#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Containers of a pod: from created to removed, their logs, limits and numbers.

load cri.bash

# bats test_tags=quick
@test "created, running, exited, removed" {
	local id
	run_pod one
	# containerd takes the time of the start when the start has been answered: what
	# ends at once would have ended before it
	id=$(create_in one box '.config.annotations = { note: "a b" }' sh -c \
		'while [ ! -e /srv/go ]; do sleep 0.1; done')
	is "$(status_of "$id" state)" CONTAINER_CREATED
	is "$(status_of "$id" labels.part)" box
	is "$(status_of "$id" annotations.note)" 'a b'
	start "$id"
	is "$(status_of "$id" state)" CONTAINER_RUNNING
	sync_in "$id" touch /srv/go
	until_true 30 has_status "$id" EXITED
	is "$(status_of "$id" exit_code)" 0
	is "$(status_of "$id" reason)" Completed
	[ "$(status_of "$id" started_at)" -ge "$(status_of "$id" created_at)" ]
	[ "$(status_of "$id" finished_at)" -ge "$(status_of "$id" started_at)" ]
	exits 0 cri RemoveContainer "{\"container_id\": \"$id\"}"
	exits 0 cri RemoveContainer "{\"container_id\": \"$id\"}"
	exits 1 cri ContainerStatus "{\"container_id\": \"$id\"}"
	matches "$output" '^NOT_FOUND'
}

@test "exit statuses and their reason" {
	local id
	run_pod one
	id=$(run_in one seven '' sh -c 'exit 7')
	until_true 30 has_status "$id" EXITED
	is "$(status_of "$id" exit_code)" 7
	is "$(status_of "$id" reason)" Error
	id=$(run_in one killed '' sh -c 'trap "" TERM; sleep 1000')
	stop "$id"
	is "$(status_of "$id" exit_code)" 137
}

@test "what cannot be started: the error is told, and stays in the status" {
	local id
	run_pod one
	id=$(create_in one box '' /bin/nothing)
	exits 1 start "$id"
	matches "$output" 'no such file or directory|not found'
	is "$(status_of "$id" state)" CONTAINER_EXITED
	is "$(status_of "$id" exit_code)" 128
	is "$(status_of "$id" reason)" StartError
	matches "$(status_of "$id" message)" 'no such file or directory|not found'
	id=$(create_in one two '' /srv/data)
	exits 1 start "$id"
	matches "$output" 'permission denied'
}

@test "arguments, directory and environment" {
	run_pod one
	is "$(ran one box '.config.args = [ "a  b", "" ] | .config.working_dir = "/srv" |
		.config.envs = [ { key: "A", value: "b c" } ]' \
		sh -c 'echo "$A|$(pwd)|$0|$#"')" 'b c|/srv|a  b|1'
}

@test "StopContainer: its signal, its patience, and again" {
	local id began
	run_pod one
	id=$(run_in one polite '' sh -c 'trap "exit 3" TERM
		touch /ready; while :; do sleep 0.1; done')
	until_true 30 sync_in "$id" test -e /ready
	exits 0 stop "$id" 30
	is "$(status_of "$id" exit_code)" 3
	exits 0 stop "$id" 30
	id=$(run_in one deaf '' sh -c 'trap "" TERM; touch /ready
		while :; do sleep 1; done')
	until_true 30 sync_in "$id" test -e /ready
	began=$SECONDS
	exits 0 stop "$id" 2
	[ $((SECONDS - began)) -ge 1 ]
	is "$(status_of "$id" exit_code)" 137
}

@test "what runs is stopped by RemoveContainer" {
	local id pid
	run_pod one
	id=$(run_in one box '' sh -c 'sleep 2000 & exec sleep 1000')
	pid=$(pid_of "$id")
	exits 0 cri RemoveContainer "{\"container_id\": \"$id\"}"
	[ ! -e "/proc/$pid" ]
	is "$(cri ListContainers | jq -c .containers)" '[]'
}

@test "the log has both streams, with times" {
	local id
	run_pod one
	id=$(run_in one box '' sh -c 'echo out; echo err >&2; printf "no end"')
	until_true 30 has_status "$id" EXITED
	until_true 30 grep -q 'no end' "$T/logs/box.log"
	is "$(cut -d' ' -f2- "$T/logs/box.log" | sort | tr '\n' '|')" \
		'stderr F err|stdout F out|stdout P no end|'
	exits 1 grep -vE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+) ' \
		"$T/logs/box.log"
	is "$(status_of "$id" log_path)" "$T/logs/box.log"
}

@test "the log of a terminal is one stream" {
	local id
	run_pod one
	id=$(run_in one box '.config.tty = true' sh -c 'tty; echo err >&2')
	until_true 30 has_status "$id" EXITED
	until_true 30 grep -q err "$T/logs/box.log"
	is "$(cut -d' ' -f2- "$T/logs/box.log" | tr -d '\r' | tr '\n' '|')" \
		'stdout F /dev/pts/0|stdout F err|'
}

@test "ReopenContainerLog: what comes later is in a new file" {
	local id
	run_pod one
	id=$(run_in one box '' sh -c 'echo first
		until [ -e /go ]; do sleep 0.1; done; echo second')
	until_true 30 grep -q first "$T/logs/box.log"
	mv "$T/logs/box.log" "$T/logs/box.old"
	exits 0 cri ReopenContainerLog "{\"container_id\": \"$id\"}"
	sync_in "$id" touch /go
	until_true 30 grep -q second "$T/logs/box.log"
	exits 1 grep first "$T/logs/box.log"
	exits 1 grep second "$T/logs/box.old"
}

@test "ExecSync: both streams, the status, and what is not there" {
	local id
	run_pod one
	id=$(run_in one box '' sleep 1000)
	output=$(cri ExecSync "{\"container_id\": \"$id\",
		\"cmd\": [ \"sh\", \"-c\", \"echo out; echo err >&2; exit 5\" ]}")
	is "$(jq -r '.stdout | @base64d' <<<"$output")" out
	is "$(jq -r '.stderr | @base64d' <<<"$output")" err
	is "$(jq -r .exit_code <<<"$output")" 5
	is "$(sync_in "$id" seq 20000 | tail -n 1)" 20000
	exits 125 sync_in "$id" nothing
	matches "$output" 'executable file not found in \$PATH'
	exits 125 sync_in "$id" /srv/data
	matches "$output" 'permission denied'
	is "$(status_of "$id" state)" CONTAINER_RUNNING
}

@test "ExecSync ends what takes too long" {
	local id
	run_pod one
	id=$(run_in one box '' sleep 1000)
	exits 1 cri ExecSync "{\"container_id\": \"$id\", \"timeout\": 2,
		\"cmd\": [ \"sleep\", \"3000\" ]}"
	matches "$output" 'DEADLINE_EXCEEDED.*timeout'
	until_true 30 eval "! sync_in $id ps -o args | grep '^sleep 3000'"
	is "$(status_of "$id" state)" CONTAINER_RUNNING
}

@test "limits are in the cgroup, and UpdateContainerResources changes them" {
	local id
	run_pod one
	id=$(run_in one box '.config.linux.resources = { memory_limit_in_bytes: 67108864,
		cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512,
		oom_score_adj: 500, unified: { "memory.low": "4194304" } }' sleep 1000)
	is "$(cgroup memory.max "$id")" 67108864
	is "$(cgroup cpu.max "$id")" '50000 100000'
	# runc's rule for it has changed; aril has the newer one
	matches "$(cgroup cpu.weight "$id")" '^(20|59)$'
	is "$(cgroup memory.low "$id")" 4194304
	is "$(cat "/proc/$(pid_of "$id")/oom_score_adj")" 500
	exits 0 cri UpdateContainerResources "{\"container_id\": \"$id\", \"linux\": {
		\"memory_limit_in_bytes\": 134217728, \"cpu_quota\": 75000,
		\"cpu_period\": 100000, \"cpu_shares\": 1024 }}"
	is "$(cgroup memory.max "$id")" 134217728
	is "$(cgroup cpu.max "$id")" '75000 100000'
	matches "$(cgroup cpu.weight "$id")" '^(39|100)$'
	is "$(sync_in "$id" cat /sys/fs/cgroup/memory.max)" 134217728
	exits 1 cri UpdateContainerResources "{\"container_id\": \"$id\", \"linux\": {
		\"cpuset_cpus\": \"0-9999\" }}"
	is "$(cgroup memory.max "$id")" 134217728
}

@test "what runs out of memory is told as such" {
	local id
	run_pod one
	# the shim watches when it has been told to start: what ends before is not seen
	id=$(run_in one box '.config.linux.resources.memory_limit_in_bytes = 16777216' \
		sh -c 'until [ -e /go ]; do sleep 0.1; done
		dd if=/dev/zero of=/dev/null bs=64M count=9; status=$?
		until [ -e /end ]; do sleep 0.1; done; exit $status')
	sync_in "$id" touch /go
	until_true 60 eval '[ "$(status_of "$id" reason)" = OOMKilled ]'
	sync_in "$id" touch /end
	until_true 60 has_status "$id" EXITED
	is "$(status_of "$id" exit_code)" 137
	is "$(status_of "$id" reason)" OOMKilled
}

@test "numbers of a container and of all" {
	local id other
	run_pod one
	id=$(run_in one box '' sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done
		touch /done; exec sleep 1000')
	other=$(run_in one other '' sleep 1000)
	until_true 60 sync_in "$id" test -e /done
	output=$(cri ContainerStats "{\"container_id\": \"$id\"}" | jq -c .stats)
	is "$(jq -r .attributes.id <<<"$output")" "$id"
	is "$(jq -r .attributes.labels.part <<<"$output")" box
	[ "$(jq -r .cpu.usage_core_nano_seconds.value <<<"$output")" -gt 1000000 ]
	[ "$(jq -r .memory.working_set_bytes.value <<<"$output")" -gt 10000 ]
	[ "$(jq -r .memory.working_set_bytes.value <<<"$output")" -lt 67108864 ]
	is "$(cri ListContainerStats "{ \"filter\": { \"id\": \"$other\" } }" |
		jq -r '.stats[].attributes.id')" "$other"
	is "$(cri ListContainerStats | jq '.stats | length')" 2
}

@test "numbers of a pod" {
	run_pod one
	run_in one box '' sleep 1000
	exits 0 cri PodSandboxStats "{\"pod_sandbox_id\": \"$(cat "$T/one.id")\"}"
	is "$(jq -r .stats.attributes.id <<<"$output")" "$(cat "$T/one.id")"
	jq -e '.stats.linux | (.cpu.usage_core_nano_seconds.value | tonumber > 1000) and
		(.memory.working_set_bytes.value | tonumber > 10000) and
		(.containers | length == 1)' <<<"$output"
}
