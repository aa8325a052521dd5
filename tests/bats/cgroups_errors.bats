#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Limits that cannot be: each is an error of one line that names its place in the
# document, and nothing is left; what cgroup v2 has nothing for is a warning, or, with
# --strict, an error.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	only_aril 'has other words'
	bare
}

refuse_limit() { # WHERE RESOURCES [TEXT]
	limits "$2"
	create
	refused "linux.resources.$1" "${@:3}"
}

@test "memory: swap without a limit, below it, and numbers that are none" {
	need_controller memory
	refuse_limit memory.swap '{ "memory": { "swap": 67108864 } }' \
		'unable to set swap limit without memory limit'
	refuse_limit memory.swap '{ "memory": { "limit": 67108864, "swap": 33554432 } }'
	refuse_limit memory.limit '{ "memory": { "limit": -2 } }'
	refuse_limit memory.reservation '{ "memory": { "reservation": -5 } }'
}

@test "pids, cpu: numbers that are none" {
	need_controller pids cpu
	refuse_limit pids.limit '{ "pids": { "limit": -2 } }'
	refuse_limit cpu.quota '{ "cpu": { "quota": -2 } }'
	refuse_limit cpu.idle '{ "cpu": { "idle": 2 } }'
	# the kernel wants 1 ms
	[ "$DRIVER" = systemd ] || refuse_limit cpu.quota '{ "cpu": { "quota": 10 } }'
	refuse_limit cpu.burst '{ "cpu": { "quota": 10000, "burst": 20000 } }'
}

@test "cpuset: processors and nodes that do not exist" {
	need_controller cpuset
	refuse_limit cpu.cpus '{ "cpu": { "cpus": "a-b" } }'
	refuse_limit cpu.cpus '{ "cpu": { "cpus": "5000-4000" } }'
	refuse_limit cpu.mems '{ "cpu": { "mems": "x" } }'
}

@test "blockIO: weights out of range, devices that are none" {
	need_controller io
	refuse_limit blockIO '{ "blockIO": { "weight": 5 } }' weight
	refuse_limit blockIO '{ "blockIO": { "weight": 1001 } }' weight
	refuse_limit 'blockIO.throttleReadBpsDevice[0]' '{ "blockIO":
		{ "throttleReadBpsDevice": [{ "major": 4000, "minor": 1, "rate": 1 }] } }'
	refuse_limit 'blockIO.throttleWriteIOPSDevice[0]' '{ "blockIO":
		{ "throttleWriteIOPSDevice": [{ "major": -1, "minor": 1, "rate": 1 }] } }'
}

@test "hugepageLimits: sizes that are none, or that this kernel has not" {
	need_controller hugetlb
	refuse_limit 'hugepageLimits[0]' '{ "hugepageLimits":
		[{ "pageSize": "2mb", "limit": 0 }] }'
	refuse_limit 'hugepageLimits[0]' '{ "hugepageLimits":
		[{ "pageSize": "../2MB", "limit": 0 }] }'
	refuse_limit 'hugepageLimits[0]' '{ "hugepageLimits":
		[{ "pageSize": "3MB", "limit": 0 }] }'
}

@test "unified: names that are none, or not the container's to set" {
	need_controller pids
	refuse_limit unified '{ "unified": { "../pids.max": "1" } }' 'no slashes'
	refuse_limit unified '{ "unified": { "pids": "1" } }' CONTROLLER.PARAMETER
	refuse_limit unified '{ "unified": { "pids.": "1" } }' '"pids."'
	refuse_limit unified.cgroup.procs '{ "unified": { "cgroup.procs": "1" } }'
	refuse_limit unified.cgroup.freeze '{ "unified": { "cgroup.freeze": "1" } }'
	refuse_limit unified.cgroup.subtree_control \
		'{ "unified": { "cgroup.subtree_control": "+pids" } }'
	refuse_limit unified.pids.nosuch '{ "unified": { "pids.nosuch": "1" } }'
	refuse_limit unified.pids.max '{ "unified": { "pids.max": "many" } }'
}

@test "a controller that no kernel has, and one that this tree lacks" {
	local name
	need_controller pids
	refuse_limit unified.nosuch.max '{ "unified": { "nosuch.max": "1" } }' nosuch
	name=$(controllers)
	case " $name " in
	*' cpuset '*) [[ $name == *hugetlb* ]] && skip 'this tree has all' ;;
	*)
		refuse_limit cpu.cpus '{ "cpu": { "cpus": "0" } }' cpuset
		refuse_limit cpu.mems '{ "cpu": { "mems": "0" } }' cpuset
		;;
	esac
	[[ $name == *hugetlb* ]] || refuse_limit 'hugepageLimits[0]' '{ "hugepageLimits":
		[{ "pageSize": "2MB", "limit": 0 }] }' hugetlb
}

@test "all limits that cannot be are named at once" {
	need_controller pids
	need_root 'what a user is given is seen when it is there'
	[[ $(controllers) != *cpuset* ]] || skip 'cpuset is in the tree'
	refuse_limit cpu.cpus '{ "cpu": { "cpus": "0" },
		"unified": { "nosuch.max": "1" } }' unified.nosuch.max
}

# MEMBER of linux.resources and a document that has it
lost() {
	cat <<-'END'
		memory.kernel { "memory": { "kernel": 1048576 } }
		memory.kernelTCP { "memory": { "kernelTCP": 1048576 } }
		memory.swappiness { "memory": { "swappiness": 10 } }
		memory.disableOOMKiller { "memory": { "disableOOMKiller": true } }
		cpu.realtimeRuntime { "cpu": { "realtimeRuntime": 10000 } }
		cpu.realtimePeriod { "cpu": { "realtimePeriod": 100000 } }
		blockIO.leafWeight { "blockIO": { "leafWeight": 100 } }
		network.classID { "network": { "classID": 1 } }
		network.priorities {"network":{"priorities":[{"name":"lo","priority":1}]}}
	END
}

@test "what cgroup v2 has nothing for is a warning for each" {
	local where
	need_cgroup
	limits "$(lost | sed 's/^[^ ]* //' | jq -cs 'reduce .[] as $r ({}; . * $r)')"
	manager+=(--log-level warning)
	created
	while read -r where _; do
		[[ $output == *"linux.resources.$where"* ]]
	done < <(lost)
	aril delete -f "$ID"
	# who does not listen is told nothing
	manager=("${manager[@]/warning/error}")
	created
	[ -z "$output" ]
}

@test "with --strict each of them is an error" {
	local where json
	need_cgroup
	manager+=(--strict)
	while read -r where json; do
		refuse_limit "$where" "$json"
	done < <(lost)
	limits '{ "memory": { "kernel": 0, "swappiness": null }, "cpu":
		{ "realtimeRuntime": 0 } }'
	created
}
