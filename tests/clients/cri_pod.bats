#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods: what they are given, what their containers share, and their end.

load cri.bash

# bats test_tags=quick
@test "the runtime and its network are ready" {
	is "$(cri Version | jq -r .runtime_name)" containerd
	# newer ones have more of them
	is "$(cri Status | jq -c '[ .status.conditions[] | select(.status).type ][:2]')" \
		'["RuntimeReady","NetworkReady"]'
	output=$(cri Status '{ "verbose": true }' | jq -c --arg handler "$HANDLER" \
		'.info.config | fromjson | .containerd.runtimes[$handler].options')
	is "$(jq .SystemdCgroup <<<"$output")" \
		"$([ "$CLIENT_MANAGER" = systemd ] && echo true || echo false)"
	[ "$HANDLER" = runc ] || is "$(jq -r .BinaryName <<<"$output")" "$CLIENT_RUNTIME"
}

@test "RunPodSandbox: state, names, labels, annotations, handler" {
	local id
	id=$(run_pod one '.annotations = { note: "a b" } | .labels.tier = "x"')
	output=$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$id\"}" | jq -c .status)
	is "$(jq -r .state <<<"$output")" SANDBOX_READY
	is "$(jq -r .metadata.name <<<"$output")" one
	is "$(jq -cS .labels <<<"$output")" '{"app":"one","tier":"x"}'
	is "$(jq -c .annotations <<<"$output")" '{"note":"a b"}'
	is "$(jq -r .runtime_handler <<<"$output")" "$HANDLER"
	is "$(tr '\0' ' ' <"/proc/$(pod_pid one)/cmdline")" '/pause -P '
}

@test "a handler that nobody knows is refused" {
	exits 1 run_pod one . nobody
	matches "$output" 'no runtime for "nobody" is configured'
	is "$(cri ListPodSandbox | jq -c .items)" '[]'
}

@test "the pod has its host name, name servers and sysctls" {
	run_pod one '.hostname = "given" | .dns_config = { servers: [ "192.0.2.1" ],
		searches: [ "box.test" ], options: [ "ndots:3" ] } |
		.linux.sysctls = { "kernel.shm_rmid_forced": "1",
		"net.ipv4.ip_unprivileged_port_start": "80" }'
	output=$(ran one box '' sh -c 'hostname; cat /etc/hostname /etc/resolv.conf
		cat /proc/sys/kernel/shm_rmid_forced
		cat /proc/sys/net/ipv4/ip_unprivileged_port_start')
	is "${output//$'\n'/|}" "given|given|search box.test|nameserver 192.0.2.1|$(
		)options ndots:3|1|80"
}

@test "containers of a pod share its network, IPC and host name, not processes" {
	local first second kind of_pod
	run_pod one
	first=$(run_in one first '' sleep 1000)
	second=$(run_in one second '' sleep 1000)
	of_pod=$(pod_pid one)
	for kind in net ipc uts; do
		is "$(sync_in "$first" readlink /proc/self/ns/$kind)" \
			"$(readlink "/proc/$of_pod/ns/$kind")" $kind
		is "$(readlink "/proc/$(pid_of "$second")/ns/$kind")" \
			"$(readlink "/proc/$of_pod/ns/$kind")" $kind
		[ "$(readlink "/proc/$of_pod/ns/$kind")" != \
			"$(readlink /proc/self/ns/$kind)" ]
	done
	for kind in pid mnt cgroup; do
		[ "$(readlink "/proc/$(pid_of "$first")/ns/$kind")" != \
			"$(readlink "/proc/$(pid_of "$second")/ns/$kind")" ]
	done
	is "$(sync_in "$first" ps -o args | grep -c sleep)" 1
	sync_in "$first" sh -c 'echo shared >/dev/shm/file'
	is "$(sync_in "$second" cat /dev/shm/file)" shared
}

@test "pid POD: containers see each other, and the pod's first process" {
	local first orphan
	run_pod one '.linux.security_context.namespace_options.pid = "POD"'
	first=$(run_in one first '' sleep 1000)
	run_in one second '' sleep 2000
	output=$(sync_in "$first" ps -o pid,args)
	matches "$output" '1 /pause -P'
	matches "$output" 'sleep 1000'
	matches "$output" 'sleep 2000'
	# its orphans are taken by the pod's first process
	orphan=$(sync_in "$first" sh -c 'sleep 3000 >/dev/null 2>&1 & echo $!')
	matches "$(sync_in "$first" cat "/proc/$orphan/status")" 'PPid:.1[^0-9]'
	sync_in "$first" sh -c "kill -KILL $orphan"
	until_true 20 sync_in "$first" sh -c "[ ! -e /proc/$orphan ]"
	stop "$first"
	is "$(status_of "$first" state)" CONTAINER_EXITED
}

@test "pid NODE, network NODE, IPC NODE: the machine's own" {
	local id kind
	run_pod one '.hostname = "" | .linux.security_context.namespace_options =
		{ pid: "NODE", network: "NODE", ipc: "NODE" }'
	id=$(run_in one first '' sleep 1000)
	for kind in pid net ipc; do
		is "$(sync_in "$id" readlink /proc/self/ns/$kind)" \
			"$(readlink /proc/self/ns/$kind)" $kind
	done
	is "$(sync_in "$id" hostname)" "$(hostname)"
	matches "$(sync_in "$id" ps -o args)" containerd
}

@test "pid TARGET: a second container among the processes of a first" {
	local first second
	run_pod one
	first=$(run_in one first '' sleep 1000)
	second=$(run_in one second '.config.linux.security_context.namespace_options =
		{ pid: "TARGET", target_id: "'"$first"'" }' sleep 2000)
	is "$(readlink "/proc/$(pid_of "$second")/ns/pid")" \
		"$(readlink "/proc/$(pid_of "$first")/ns/pid")"
	is "$(sync_in "$second" ps -o args | grep -c '^sleep')" 2
}

@test "cgroups: the pod and its containers are below the parent that it names" {
	local id
	run_pod one
	id=$(run_in one first '' sleep 1000)
	for id in "$(pod_pid one)" "$(pid_of "$id")"; do
		output=$(cut -d: -f3 "/proc/$id/cgroup")
		if [ "$CLIENT_MANAGER" = systemd ]; then
			matches "$output" "^$PARENT/cri-containerd-[0-9a-f]{64}\.scope$"
			is "$(systemctl is-active "${output##*/}")" active
		else
			matches "$output" "^$PARENT/[0-9a-f]{64}$"
		fi
	done
}

@test "the pod's network: an address, a route, and another pod that answers" {
	local id ip
	run_pod server
	ip=$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$(cat "$T/server.id")\"}" |
		jq -r .status.network.ip)
	matches "$ip" '^10\.99\.0\.[0-9]+$'
	id=$(run_in server web '' sh -c 'echo hello | nc -l -p 8080')
	until_true 20 eval "sync_in $id netstat -ltn | grep -q :8080"
	is "$(sync_in "$id" ip -o -4 addr show eth0 | awk '{ print $4 }')" "$ip/24"
	run_pod client
	is "$(ran client ask '' nc -w 10 "$ip" 8080 </dev/null)" hello
}

@test "StopPodSandbox ends its containers; stop and remove can be said twice" {
	local id pod pid
	pod=$(run_pod one)
	id=$(run_in one first '' sleep 1000)
	pid=$(pid_of "$id")
	exits 0 cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	[ ! -e "/proc/$pid" ]
	is "$(status_of "$id" state)" CONTAINER_EXITED
	is "$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$pod\"}" |
		jq -r .status.state)" \
		SANDBOX_NOTREADY
	exits 0 cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	exits 0 cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	exits 0 cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	exits 1 cri PodSandboxStatus "{\"pod_sandbox_id\": \"$pod\"}"
	matches "$output" '^NOT_FOUND'
	exits 1 cri ContainerStatus "{\"container_id\": \"$id\"}"
	matches "$output" '^NOT_FOUND'
}

@test "lists: by label, by state, by pod" {
	local pod first second
	pod=$(run_pod one)
	run_pod two >/dev/null
	first=$(run_in one first '' sleep 1000)
	second=$(create_in one second '' sleep 1000)
	names() {
		cri "$1" "{ \"filter\": $2 }" |
			jq -r '[ (.items // .containers)[].metadata.name ] |
			sort | join(" ")'
	}
	is "$(names ListPodSandbox '{}')" 'one two'
	is "$(names ListPodSandbox '{ "label_selector": { "app": "two" } }')" two
	is "$(names ListPodSandbox "{ \"id\": \"$pod\" }")" one
	is "$(names ListContainers '{}')" 'first second'
	is "$(names ListContainers '{ "state": { "state": "CONTAINER_RUNNING" } }')" first
	is "$(names ListContainers '{ "label_selector": { "part": "second" } }')" second
	is "$(names ListContainers "{ \"pod_sandbox_id\": \"$(cat "$T/two.id")\" }")" ''
	is "$(names ListContainers "{ \"id\": \"${second}\" }")" second
	stop "$first"
	is "$(names ListContainers '{ "state": { "state": "CONTAINER_EXITED" } }')" first
	cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	is "$(names ListPodSandbox '{ "state": { "state": "SANDBOX_READY" } }')" two
}

@test "a user namespace of the pod" {
	local id
	cri Status | jq -e 'any(.runtime_handlers[]; .features.user_namespaces)' ||
		skip 'this containerd tells no user namespaces'
	run_pod one '.linux.security_context.namespace_options.userns_options = {
		mode: "POD", uids: [ { host_id: 200000, length: 65536 } ],
		gids: [ { host_id: 200000, length: 65536 } ] }'
	id=$(run_in one first '' sleep 1000)
	is "$(sync_in "$id" cat /proc/self/uid_map | tr -s ' ')" ' 0 200000 65536'
	is "$(stat -c %u "/proc/$(pid_of "$id")")" 200000
	is "$(readlink "/proc/$(pid_of "$id")/ns/user")" \
		"$(readlink "/proc/$(pod_pid one)/ns/user")"
}

@test "pods run on while containerd restarts" {
	local id pid
	run_pod one
	id=$(run_in one first '' sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done')
	pid=$(pid_of "$id")
	systemctl restart containerd.service 3>&-
	until_true 60 cri Status
	until_true 60 has_status "$id" RUNNING
	is "$(pid_of "$id")" "$pid"
	is "$(sync_in "$id" echo still)" still
	stop "$id" 30
	is "$(status_of "$id" exit_code)" 3
}

@test "30 pods at once" {
	local i pids=()
	for i in $(seq 30); do
		run_pod "many-$i" '.hostname = "many"' >/dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	is "$(cri ListPodSandbox | jq '[ .items[] | select(.state == "SANDBOX_READY") ] |
		length')" 30
	is "$(ran many-30 box '' hostname)" many
}
