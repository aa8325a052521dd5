#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# update: other limits for a container that runs, by options and by a document; in the
# files, and with the systemd driver in the unit's properties.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
}

# The limits in a file of the test, which is the argument
document() { # JSON
	echo "$1" >"$T/limits.json"
	echo "$T/limits.json"
}

@test "--pids-limit: up, down, none, and 0" {
	need_controller pids
	limited '{ "pids": { "limit": 20 } }'
	updated --pids-limit 30
	holds pids.max 30
	told TasksMax=30
	updated --pids-limit 10
	holds pids.max 10
	updated --pids-limit -1
	holds pids.max max
	told TasksMax=infinity
	only_aril '0 is no limit'
	updated --pids-limit 0
	holds pids.max 1
	told TasksMax=1
}

@test "--memory with and without a suffix" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864 } }'
	updated --memory 50331648
	holds memory.max 50331648
	told MemoryMax=50331648
	not_crun '1.8.1 takes numbers only'
	updated --memory 96M
	holds memory.max 100663296
	told MemoryMax=100663296
	updated --memory -1
	holds memory.max max
	told MemoryMax=infinity
}

@test "--memory-reservation, --memory-high and --memory-low" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864 } }'
	updated --memory-reservation 33554432
	holds memory.low 33554432 memory.max 67108864
	told MemoryLow=33554432 MemoryMax=67108864
	only_aril 'has no such options'
	updated --memory-high 48m
	holds memory.high 50331648 memory.low 33554432
	told MemoryHigh=50331648
	updated --memory-low 16m --memory-high -1
	holds memory.low 16777216 memory.high max
	told MemoryLow=16777216 MemoryHigh=infinity
}

@test "--memory-swap takes the memory from the cgroup when it is not given" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864, "swap": 100663296 } }'
	holds memory.swap.max 33554432
	not_runc 'wants both'
	not_crun 'wants both'
	updated --memory-swap 83886080
	holds memory.max 67108864 memory.swap.max 16777216
	told MemoryMax=67108864 MemorySwapMax=16777216
	updated --memory-swap -1
	holds memory.max 67108864 memory.swap.max max
	updated --memory 32m --memory-swap 48m
	holds memory.max 33554432 memory.swap.max 16777216
}

@test "--memory alone leaves the swap as it is" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864, "swap": 100663296 } }'
	updated --memory 33554432
	holds memory.max 33554432 memory.swap.max 33554432
}

@test "swap below the memory changes nothing, whichever is given" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864, "swap": 100663296 },
		"pids": { "limit": 9 } }'
	update --pids-limit 5 --memory 50331648 --memory-swap 33554432
	fails 'memory' 'limit'
	! is_aril || fails linux.resources.memory.swap
	holds memory.max 67108864 memory.swap.max 33554432 pids.max 9
	told MemoryMax=67108864 MemorySwapMax=33554432 TasksMax=9
	only_aril 'wants both'
	update --memory-swap 33554432
	fails linux.resources.memory.swap 'memory limit'
	holds memory.max 67108864 memory.swap.max 33554432
	told MemorySwapMax=33554432
}

@test "quota and period are two options of one line: each keeps the other" {
	need_controller cpu
	limited '{ "cpu": { "quota": 50000, "period": 100000 } }'
	only_aril 'forgets the other'
	updated --cpu-quota 20000
	holds cpu.max '20000 100000'
	told CPUQuotaPerSecUSec=200ms
	updated --cpu-period 50000
	holds cpu.max '20000 50000'
	told CPUQuotaPerSecUSec=400ms CPUQuotaPeriodUSec=50ms
	updated --cpu-quota -1
	holds cpu.max 'max 50000'
	told CPUQuotaPerSecUSec=infinity
	updated --cpu-quota 30000 --cpu-period 60000
	holds cpu.max '30000 60000'
	told CPUQuotaPerSecUSec=500ms CPUQuotaPeriodUSec=60ms
}

@test "--cpu-burst, before and after the quota that allows it" {
	need_controller cpu
	only_aril 'older ones do not know it'
	limited '{ "cpu": { "quota": 20000, "period": 100000 } }'
	updated --cpu-burst 10000
	holds cpu.max.burst 10000
	updated --cpu-burst 40000 --cpu-quota 50000
	holds cpu.max.burst 40000 cpu.max '50000 100000'
	updated --cpu-burst 5000 --cpu-quota 10000
	holds cpu.max.burst 5000 cpu.max '10000 100000'
	updated --cpu-burst 0
	holds cpu.max.burst 0
}

@test "--cpu-share" {
	need_controller cpu
	not_runc '1.1.5 has the old formula'
	not_crun '1.8.1 has the old formula'
	limited
	updated --cpu-share 512
	holds cpu.weight 59
	told CPUWeight=59
	updated --cpu-share 1024
	holds cpu.weight 100
	told CPUWeight=100
}

@test "--cpu-idle on and off; a weight in between is not an error" {
	need_controller cpu
	only_aril 'older ones do not know it'
	limited '{ "cpu": { "shares": 512 } }'
	updated --cpu-idle 1
	holds cpu.idle 1
	updated --cpu-share 2048
	holds cpu.idle 1
	updated --cpu-idle 0
	holds cpu.idle 0
	updated --cpu-share 512
	holds cpu.weight 59
	told CPUWeight=59
}

@test "--cpuset-cpus and --cpuset-mems" {
	need_controller cpuset
	limited
	updated --cpuset-cpus 0 --cpuset-mems 0
	holds cpuset.cpus 0 cpuset.mems 0
	told AllowedCPUs=0 AllowedMemoryNodes=0
}

@test "--blkio-weight" {
	need_controller io
	limited
	[ -e "$CG/io.weight" ] || [ -e "$CG/io.bfq.weight" ] || skip 'no disk has weights'
	updated --blkio-weight 200
	if [ -e "$CG/io.bfq.weight" ]; then
		holds_line io.bfq.weight 'default 200'
	else
		holds_line io.weight 'default 1920'
		told IOWeight=1920
	fi
}

@test "--resources FILE: every member that it has, and no other" {
	need_controller memory pids cpu
	limited '{ "memory": { "limit": 67108864, "reservation": 8388608 },
		"pids": { "limit": 20 }, "cpu": { "quota": 50000, "period": 100000 } }'
	updated --resources "$(document '{ "memory": { "limit": 50331648 },
		"cpu": { "quota": 20000, "period": 50000 } }')"
	holds memory.max 50331648 memory.low 8388608 pids.max 20 cpu.max '20000 50000'
	told MemoryMax=50331648 MemoryLow=8388608 TasksMax=20 CPUQuotaPerSecUSec=400ms
}

@test "--resources -: the document comes from stdin" {
	need_controller memory pids
	limited '{ "pids": { "limit": 20 } }'
	run aril update --resources - "$ID" <<<'{ "pids": { "limit": 12 },
		"memory": { "limit": 67108864 } }'
	echo "$output"
	[ "$status" -eq 0 ]
	holds pids.max 12 memory.max 67108864
	run aril update -r - "$ID" <<<'{ "pids": { "limit": 13 } '
	[ "$status" -eq 1 ]
	! is_aril || fails 'standard input'
	holds pids.max 12
}

@test "unified in a document" {
	need_controller memory pids
	not_runc '1.1.5 leaves it out'
	limited '{ "pids": { "limit": 20 } }'
	updated --resources "$(document '{ "unified": { "pids.max": "15",
		"memory.high": "33554432" } }')"
	holds pids.max 15 memory.high 33554432
	only_aril 'tells systemd nothing of it'
	told TasksMax=15 MemoryHigh=33554432
}

@test "throttles of a disk come, change and go" {
	local rules
	need_controller io
	need_disk
	not_runc 'its update has no io'
	limited
	rules='{ "blockIO": { "throttleReadBpsDevice":
		[{ "major": '${DISK%:*}', "minor": '${DISK#*:}', "rate": RATE }] } }'
	updated --resources "$(document "${rules/RATE/1048576}")"
	holds io.max "$DISK rbps=1048576 wbps=max riops=max wiops=max"
	updated --resources "$(document "${rules/RATE/2097152}")"
	holds io.max "$DISK rbps=2097152 wbps=max riops=max wiops=max"
	only_aril '0 is an error'
	updated --resources "$(document "${rules/RATE/0}")"
	[ -z "$(<"$CG/io.max")" ]
}

@test "hugepageLimits in a document" {
	need_controller hugetlb
	limited
	[ -e "$CG/hugetlb.2MB.max" ] || skip 'the kernel has no such pages'
	only_aril 'its update has none'
	updated --resources "$(document '{ "hugepageLimits":
		[{ "pageSize": "2MB", "limit": 4194304 }] }')"
	holds hugetlb.2MB.max 4194304 hugetlb.2MB.rsvd.max 4194304
}

@test "checkBeforeUpdate: a limit below what is used is refused, and changes nothing" {
	need_controller memory pids
	not_crun '1.8.1 does not check'
	not_runc '1.1.5 does not check'
	mkdir -m 777 "$T/tell"
	bind "$T/tell" /tell
	limits '{ "memory": { "limit": 134217728 }, "pids": { "limit": 20 } }'
	args /probe eat 24 /tell/ready
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 10000
	place
	update --resources "$(document '{ "pids": { "limit": 5 },
		"memory": { "limit": 8388608, "checkBeforeUpdate": true } }')"
	fails 'rejecting memory limit 8388608 <= usage'
	holds memory.max 134217728 pids.max 20
	told MemoryMax=134217728 TasksMax=20
	updated --resources "$(document '{ "memory": { "limit": 67108864,
		"checkBeforeUpdate": true } }')"
	holds memory.max 67108864
	[ "$(status_of)" = running ]
}

@test "what a v2 kernel cannot do: a warning, and an error with --strict" {
	need_controller pids
	only_aril 'says nothing'
	limited '{ "pids": { "limit": 20 } }'
	run aril --log-level warning update --pids-limit 11 --kernel-memory 1m \
		--cpu-rt-runtime 1000 "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *memory.kernel* && $output == *cpu.realtimeRuntime* ]]
	holds pids.max 11
	run aril --strict update --pids-limit 12 --cpu-rt-runtime 1000 "$ID" </dev/null
	fails cpu.realtimeRuntime
	holds pids.max 11
}

@test "values that make no sense change nothing, and say what they are" {
	need_controller pids cpu
	only_aril 'takes some of them'
	limited '{ "pids": { "limit": 20 } }'
	update --pids-limit 5 --cpu-quota abc
	fails cpu-quota abc
	update --pids-limit 5 --memory 1x
	fails memory 1x
	update --resources "$(document '{ "pids": { "limit": 5 },
		"cpu": { "idle": 2 } }')"
	fails linux.resources.cpu.idle
	update --resources "$(document '{ "pids": { "limit": 5 },
		"unified": { "../pids.max": "1" } }')"
	fails 'no slashes'
	update --resources "$(document '{ "pids": { "limit": 5 },
		"unified": { "cgroup.procs": "1" } }')"
	fails cgroup.procs
	update --resources "$(document '{ "pids": { "limit": 5 } }')" --memory 32m
	fails 'exclude each other'
	holds pids.max 20
}

@test "a value that the kernel refuses is an error with its place" {
	need_controller cpu
	only_aril 'has other words'
	limited '{ "cpu": { "quota": 50000 } }'
	update --cpu-quota 10
	[ -n "$UNIT" ] || fails linux.resources.cpu.quota cpu.max
	update --resources "$(document '{ "unified": { "cpu.nosuch": "1" } }')"
	fails unified.cpu.nosuch
}

@test "a container that was created, but not started; one that has stopped" {
	need_controller pids
	created --pid-file "$T/pid"
	place
	updated --pids-limit 14
	holds pids.max 14
	aril kill "$ID" KILL
	ended
	update --pids-limit 15
	not_crun '1.8.1 asks systemd'
	fails 'container not running'
	ID=nobody update --pids-limit 15
	fails 'does not exist'
}

@test "updates of one container at the same time: all are made" {
	local i jobs=()
	need_controller pids memory cpu
	limited '{ "pids": { "limit": 20 }, "memory": { "limit": 134217728 } }'
	aril update --pids-limit 31 "$ID" 3>&- &
	jobs+=($!)
	aril update --memory 67108864 "$ID" 3>&- &
	jobs+=($!)
	aril update --cpu-quota 50000 "$ID" 3>&- &
	jobs+=($!)
	for i in "${jobs[@]}"; do
		wait "$i"
	done
	holds pids.max 31 memory.max 67108864 cpu.max '50000 100000'
	told TasksMax=31 MemoryMax=67108864 CPUQuotaPerSecUSec=500ms
}
