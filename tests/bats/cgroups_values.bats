#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.resources: what each member becomes in the files of the container's cgroup, and,
# with the systemd driver, in the properties of its unit.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
}

@test "pids.limit" {
	need_controller pids
	limited '{ "pids": { "limit": 17 } }'
	holds pids.max 17
	told TasksMax=17
}

@test "pids.limit 0 forbids to fork, but means no limit in old documents" {
	need_controller pids
	only_aril '0 was always no limit'
	cfg '.ociVersion = "1.3.0"'
	limited '{ "pids": { "limit": 0 } }'
	holds pids.max 1
	told TasksMax=1
	aril delete -f "$ID"
	rm "$T/tell/ready"
	cfg '.ociVersion = "1.2.0"'
	limited
	[ "$(<"$CG/pids.max")" != 1 ]
}

@test "pids.limit -1 is no limit" {
	need_controller pids
	limited '{ "pids": { "limit": -1 } }'
	holds pids.max max
	told TasksMax=infinity
}

@test "memory: limit, reservation, and swap without the memory" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864, "reservation": 33554432,
		"swap": 100663296 } }'
	holds memory.max 67108864 memory.low 33554432 memory.swap.max 33554432 \
		memory.high max
	told MemoryMax=67108864 MemoryLow=33554432 MemorySwapMax=33554432
}

@test "memory.swap equal to memory.limit is no swap" {
	need_controller memory
	limited '{ "memory": { "limit": 67108864, "swap": 67108864 } }'
	holds memory.max 67108864 memory.swap.max 0
	not_runc '1.1.5 does not tell systemd'
	told MemorySwapMax=0
}

@test "memory.limit and memory.swap -1 are no limit" {
	need_controller memory
	limited '{ "memory": { "limit": -1, "swap": -1 } }'
	holds memory.max max memory.swap.max max
	told MemoryMax=infinity MemorySwapMax=infinity
	limited '{ "memory": { "limit": 67108864, "swap": -1 } }'
	holds memory.max 67108864 memory.swap.max max
}

@test "cpu.shares become a weight by the formula that goes through 1024 and 100" {
	local shares weight
	need_controller cpu
	not_crun '1.8.1 has the old formula'
	not_runc '1.1.5 has the old formula'
	while read -r shares weight; do
		limited "{ \"cpu\": { \"shares\": $shares } }"
		holds cpu.weight "$weight"
		told "CPUWeight=$weight"
	done <<-END
		2 1
		512 59
		262144 10000
	END
	limited '{ "cpu": { "shares": 1024 } }'
	holds cpu.weight 100
}

@test "cpu.quota and cpu.period are one line; a period alone has no quota" {
	need_controller cpu
	limited '{ "cpu": { "quota": 25000, "period": 50000 } }'
	holds cpu.max '25000 50000'
	told CPUQuotaPerSecUSec=500ms CPUQuotaPeriodUSec=50ms
	limited '{ "cpu": { "period": 50000 } }'
	holds cpu.max 'max 50000'
	limited '{ "cpu": { "quota": 40000 } }'
	holds cpu.max '40000 100000'
}

@test "cpu.quota -1 is no limit" {
	need_controller cpu
	limited '{ "cpu": { "quota": -1 } }'
	holds cpu.max 'max 100000'
	told CPUQuotaPerSecUSec=infinity
}

@test "systemd counts quotas in percents: the file has the same, rounded up" {
	need_controller cpu
	not_runc '1.1.5 lets them differ'
	limited '{ "cpu": { "quota": 12345, "period": 100000 } }'
	if [ -n "$UNIT" ]; then
		told CPUQuotaPerSecUSec=130ms
		holds cpu.max '13000 100000'
	else
		holds cpu.max '12345 100000'
	fi
}

@test "cpu.burst, also above what is left of the default quota" {
	need_controller cpu
	not_crun '1.8.1 does not know it'
	not_runc '1.1.5 does not know it'
	limited '{ "cpu": { "quota": 50000, "burst": 20000 } }'
	holds cpu.max '50000 100000' cpu.max.burst 20000
}

@test "cpu.idle, which has no weight" {
	need_controller cpu
	not_crun '1.8.1 sets the weight, too'
	not_runc '1.1.5 does not know it'
	limited '{ "cpu": { "idle": 1, "shares": 2048 } }'
	holds cpu.idle 1
	[ -n "$UNIT" ] || return 0
	[ "$(systemctl --version | awk 'NR == 1 { print $2 }')" -ge 252 ] || return 0
	sysctl_unit show -p CPUWeight "$UNIT" | grep -xE 'CPUWeight=(0|idle)'
}

@test "cpu.cpus and cpu.mems" {
	need_controller cpuset
	limited '{ "cpu": { "cpus": "0", "mems": "0" } }'
	holds cpuset.cpus 0 cpuset.mems 0 cpuset.cpus.effective 0
	told AllowedCPUs=0 AllowedMemoryNodes=0
}

@test "blockIO throttles: all four of a device, and 0 is no limit" {
	need_controller io
	need_disk
	not_crun '1.8.1 writes 0 for no limit'
	not_runc '1.1.5 writes 0 for no limit'
	limited "$(jq -nc --arg d "$DISK" '($d | split(":") | map(tonumber)) as [$a, $i]
		| def one(r): [{ major: $a, minor: $i, rate: r }];
		{ blockIO: { throttleReadBpsDevice: one(1048576),
			throttleWriteBpsDevice: one(2097152),
			throttleReadIOPSDevice: one(300),
			throttleWriteIOPSDevice: one(0) } }')"
	holds io.max "$DISK rbps=1048576 wbps=2097152 riops=300 wiops=max"
}

@test "blockIO.weight, by whichever file the kernel has" {
	need_controller io
	limited
	[ -e "$CG/io.weight" ] || [ -e "$CG/io.bfq.weight" ] || skip 'no disk has weights'
	limited '{ "blockIO": { "weight": 500 } }'
	if [ -e "$CG/io.bfq.weight" ]; then
		holds_line io.bfq.weight 'default 500'
	else
		holds_line io.weight 'default 4950'
		told IOWeight=4950
	fi
}

@test "blockIO.weight that no file takes is an error with its place" {
	need_controller io
	only_aril 'leaves it out'
	limited
	[ -e "$CG/io.weight" ] || [ -e "$CG/io.bfq.weight" ] && skip 'disks have weights'
	aril delete -f "$ID"
	limits '{ "blockIO": { "weight": 500 } }'
	create_refused linux.resources.blockIO.weight
}

@test "hugepageLimits, for pages that are used and that are reserved" {
	local name size
	need_controller hugetlb
	for name in /sys/kernel/mm/hugepages/hugepages-*kB; do
		[ -d "$name" ] || skip 'the kernel has no huge pages'
		size=$((${name//[^0-9]/} / 1024))
	done
	limited "{ \"hugepageLimits\": [{ \"pageSize\": \"${size}MB\",
		\"limit\": $((size << 21)) }] }"
	holds "hugetlb.${size}MB.max" $((size << 21))
	not_crun '1.8.1 does not limit reservations'
	holds "hugetlb.${size}MB.rsvd.max" $((size << 21))
}

@test "rdma" {
	local device
	need_controller rdma
	for device in /sys/class/infiniband/*; do
		[ -e "$device" ] || skip 'there is no RDMA device'
	done
	limited "{ \"rdma\": { \"${device##*/}\": { \"hcaHandles\": 3,
		\"hcaObjects\": 10000 } } }"
	holds rdma.max "${device##*/} hca_handle=3 hca_object=10000"
}

@test "unified is written last and wins" {
	need_controller pids memory
	limited '{ "pids": { "limit": 22 }, "memory": { "limit": 67108864 },
		"unified": { "pids.max": "33", "memory.high": "50331648",
			"memory.max": "83886080", "cgroup.max.depth": "5" } }'
	holds pids.max 33 memory.high 50331648 memory.max 83886080 cgroup.max.depth 5
	not_runc '1.1.5 tells systemd the other'
	not_crun '1.8.1 tells systemd the other'
	told TasksMax=33 MemoryHigh=50331648 MemoryMax=83886080
}

@test "unified: max, min and other words of the kernel" {
	need_controller memory cpu
	not_runc '1.1.5 refuses memory.oom.group'
	limited '{ "unified": { "memory.min": "8M", "memory.low": "16M",
		"memory.swap.max": "0", "cpu.weight": "42", "cpu.max": "max 20000",
		"memory.oom.group": "1" } }'
	holds memory.min 8388608 memory.low 16777216 memory.swap.max 0 cpu.weight 42 \
		cpu.max 'max 20000' memory.oom.group 1
}

@test "unified: a file of lines takes one write for each" {
	need_controller io
	need_disk
	not_crun '1.8.1 makes one write'
	not_runc '1.1.5 makes one write'
	limited "{ \"unified\": { \"io.max\":
		\"$DISK rbps=1048576\\n$DISK wiops=77\\n\" } }"
	holds io.max "$DISK rbps=1048576 wbps=max riops=max wiops=77"
}

@test "all that engines write for no limits is no limit" {
	need_cgroup
	not_crun '1.8.1 refuses kernel memory of 0'
	limited '{ "memory": { "limit": 0, "reservation": 0, "swap": 0, "kernel": 0,
		"kernelTCP": 0, "disableOOMKiller": false }, "pids": {},
		"cpu": { "shares": 0, "quota": 0, "period": 0, "cpus": "", "mems": "" },
		"blockIO": { "weight": 0 }, "hugepageLimits": [], "unified": {} }'
	[ ! -e "$CG/memory.max" ] || holds memory.max max memory.low 0 memory.swap.max max
	[ ! -e "$CG/cpu.max" ] || holds cpu.max 'max 100000' cpu.weight 100
}

@test "a container without limits has all controllers, for those who measure" {
	local all got
	need_controller memory pids cpu
	need_cgroupfs
	not_runc 'enables what it uses'
	all=$(controllers)
	limited
	got=$(<"$CG/cgroup.controllers")
	[ "$got" = "$all" ]
}
