#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole bundle, as podman writes it: what the program inside sees is what was asked for.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

@test "the podman-like bundle runs, and its pid 1 is as its document says" {
	not_crun 'cannot load device rules everywhere'
	cp "$BED/template/podman.json" config.json
	probe status 1 , process , ids , mounts
	want 1.Uid='0 0 0 0' 1.Gid='0 0 0 0' 1.NSpid=1 1.Seccomp=2 1.NoNewPrivs=0
	want 1.CapEff=00000000800405fb 1.CapPrm=00000000800405fb 1.CapBnd=00000000800405fb
	want 1.CapInh=0000000000000000 1.CapAmb=0000000000000000
	want pid=1 ppid=0
	want_like 'mount./proc=proc private rw,nosuid,nodev,noexec.*' \
		'mount./sys=sysfs private ro,nosuid,nodev,noexec.*' \
		'mount./dev=tmpfs private rw,nosuid.*' 'mount./dev/pts=devpts .*' \
		'mount./dev/mqueue=mqueue .*' 'mount./dev/shm=.* private rw,nosuid.*' \
		'mount./run/secrets=.* ro,.*' 'mount./etc/hosts=.*' \
		'mount./etc/resolv.conf=.*' 'mount./run/.containerenv=.*' \
		'mount./sys/fs/cgroup=.* ro,.*' 'mount./tmp=tmpfs .*' \
		'mount./var/tmp=tmpfs .*' 'mount./proc/sys=proc .* ro,.*' \
		'mount./proc/keys=.*' 'mount./sys/firmware=tmpfs .* ro,.*'
}

@test "the exit status of the program is that of run" {
	args /probe exit 7
	go
	[ "$status" -eq 7 ]
}

@test "a program that a signal kills gives 128 and the signal" {
	args /bin/sh -c '/probe kill 9; exit $?'
	go
	[ "$status" -eq 137 ]
	# pid 1 of a namespace is not killed by its own signals
	need_root "no other way to share a process namespace"
	namespace_drop pid
	args /probe kill 15
	go
	[ "$status" -eq 143 ]
}

@test "stdin, stdout and stderr are the caller's" {
	args /probe cat , say out , say err 2
	run --separate-stderr aril run -b "$B" "$ID" < <(echo in)
	[ "$output" = $'in\nout' ]
	# shellcheck disable=SC2154 # run sets it
	[ "$stderr" = err ]
}

@test "the five capability sets are each as given" {
	cfg '.process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SYS_CHROOT"],
		permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"],
		effective: ["CAP_CHOWN", "CAP_KILL"],
		inheritable: ["CAP_CHOWN", "CAP_SETUID"],
		ambient: ["CAP_CHOWN"] }'
	need_ids
	# with uid 0 the exec would fill the sets again
	cfg '.process.user = { uid: 5, gid: 5 }'
	probe status
	want CapBnd=00000000000400a1 CapInh=0000000000000081 CapAmb=0000000000000001
	# after the exec of a file without capabilities only the ambient ones are left
	want CapPrm=0000000000000001 CapEff=0000000000000001
}

@test "the sets that root keeps over exec are those of the document" {
	cfg '.process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SYS_CHROOT"],
		permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN"],
		inheritable: [], ambient: [] }'
	probe status
	want CapBnd=00000000000400a1 CapInh=0000000000000000 CapAmb=0000000000000000
}

@test "no capabilities at all" {
	cfg '.process.capabilities = { bounding: [], effective: [], permitted: [],
		inheritable: [], ambient: [] }'
	probe status
	for set in Inh Prm Eff Bnd Amb; do
		want Cap$set=0000000000000000
	done
}

@test "an unknown capability is not an error" {
	cfg '.process.capabilities.bounding += ["CAP_FROM_THE_FUTURE"]'
	probe status
	want CapBnd=00000000800405fb
}

@test "the program has the file descriptors 0, 1 and 2, whatever the caller has open" {
	args /probe fds
	exec 7</etc 8<"$HOST" 9>"$T/file"
	go
	exec 7<&- 8<&- 9>&-
	[ "$status" -eq 0 ]
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 3 ]
	want_like 'fd\.0=.*' 'fd\.1=.*' 'fd\.2=.*'
}

@test "signals are neither blocked nor ignored" {
	probe signals
	want_none 'blocked=.*'
}

@test "the environment is what the document says, and HOME is kept" {
	cfg '.process.env = ["PATH=/bin", "A=1", "B=x=y", "EMPTY=", "HOME=/here"]'
	NOT_FOR_IT=1 probe env
	want env.PATH=/bin env.A=1 env.B=x=y env.EMPTY= env.HOME=/here envs=5
}

@test "HOME comes from the container's passwd" {
	echo 'root:x:0:0:root:/root/home:/bin/sh' >rootfs/etc/passwd
	cfg '.process.env = ["PATH=/bin"]'
	probe env
	want env.HOME=/root/home
}

@test "HOME is / where passwd does not know the user" {
	rm rootfs/etc/passwd
	cfg '.process.env = ["PATH=/bin"]'
	probe env
	want env.HOME=/
}

@test "of an environment variable that is there twice the last counts" {
	only_aril 'keeps both'
	cfg '.process.env = ["PATH=/bin", "A=1", "B=2", "A=3"]'
	probe env
	want env.A=3 env.B=2
	want_none 'env.A=1'
}

@test "the program is found in the container's PATH, the first that can be executed" {
	mkdir -p rootfs/{a/tool,b,c}
	echo 'not a program' >rootfs/b/tool
	cp rootfs/probe rootfs/c/tool
	cfg '.process.env = ["PATH=/nowhere:/a:/b:/c"]'
	args tool exe
	go
	[ "$status" -eq 0 ]
	want exe=/c/tool
}

@test "a program with a slash is not looked up" {
	cp rootfs/probe rootfs/etc/tool
	cfg '.process.cwd = "/etc"'
	args ./tool exe
	go
	want exe=/etc/tool
}

@test "a missing working directory is made" {
	cfg '.process.cwd = "/made/for/it"'
	probe cwd , stat /made /made/for/it
	want cwd=/made/for/it
	want_like '/made=d 0755 0:0' '/made/for/it=d 0755 0:0'
}

@test "a relative working directory is refused" {
	cfg '.process.cwd = "made/for/it"'
	is_aril && want=process.cwd
	create_refused "${want:-Cwd}"
}

@test "the user, its groups and its umask" {
	need_ids
	is_root || only_aril "gives no groups without root"
	cfg '.process.user = { uid: 1000, gid: 1001, additionalGids: [7, 1001, 50],
		umask: 63 }'
	probe status , umask
	want Uid='1000 1000 1000 1000' Gid='1001 1001 1001 1001' umask=0077
	[ "$(value Groups | tr ' ' '\n' | sort -n | tr '\n' ' ')" = '7 50 1001 ' ]
}

@test "without additional groups there are none of the caller's" {
	need_root
	cfg 'del(.process.user.additionalGids)'
	args /probe status
	run setpriv --groups 7,50 "$ARIL" --root "$STATE" run -b "$B" "$ID" \
		</dev/null 3>&-
	[ "$status" -eq 0 ]
	want Groups=
}

@test "an ordinary user starts in a directory that only it can enter" {
	need_ids
	need_root 'an owner must be set'
	mkdir -m 700 rootfs/secret
	chown 1000:1000 rootfs/secret
	cfg '.process.user = { uid: 1000, gid: 1000 } | .process.cwd = "/secret" |
		.process.capabilities = { bounding: [], effective: [], permitted: [] }'
	probe cwd
	want cwd=/secret
}

@test "resource limits are set, soft and hard" {
	cfg '.process.rlimits = [
		{ type: "RLIMIT_NOFILE", soft: 512, hard: 1000 },
		{ type: "RLIMIT_CORE", soft: 0, hard: 0 },
		{ type: "RLIMIT_FSIZE", soft: 1048576, hard: 2097152 },
		{ type: "RLIMIT_STACK", soft: 4194304, hard: 8388608 }]'
	probe rlimits
	want rlimit.NOFILE=512:1000 rlimit.CORE=0:0 rlimit.FSIZE=1048576:2097152 \
		rlimit.STACK=4194304:8388608
}

@test "noNewPrivileges and a filter together" {
	cfg '.process.noNewPrivileges = true'
	probe status
	want NoNewPrivs=1 Seccomp=2
}

@test "without seccomp there is no filter" {
	cfg 'del(.linux.seccomp)'
	probe status
	want Seccomp=0 NoNewPrivs=0
}

@test "oomScoreAdj is set" {
	cfg '.process.oomScoreAdj = 500'
	probe process
	want oom_score_adj=500
}

@test "an oomScoreAdj that an ordinary user may not have is done without" {
	need_user
	only_aril "refuses it"
	cfg '.process.oomScoreAdj = -500'
	probe process
	want "oom_score_adj=$(</proc/self/oom_score_adj)"
}

@test "host name and domain name" {
	cfg '.hostname = "pip" | .domainname = "fruit.example"'
	only_aril 'does not know domainname'
	probe names
	want hostname=pip domainname=fruit.example
	[ "$(hostname)" != pip ]
}

@test "sysctls, with dots and with slashes" {
	cfg '.linux.sysctl = { "net.ipv4.ping_group_range": "0 0",
		"kernel.msgmax": "4096" }'
	is_aril && cfg '.linux.sysctl["net/ipv4/ip_default_ttl"] = "42"'
	probe read /proc/sys/net/ipv4/ping_group_range /proc/sys/kernel/msgmax \
		/proc/sys/net/ipv4/ip_default_ttl
	want_like '/proc/sys/net/ipv4/ping_group_range=0[[:space:]]0'
	want /proc/sys/kernel/msgmax=4096
	is_aril && want /proc/sys/net/ipv4/ip_default_ttl=42
	[ "$(cat /proc/sys/net/ipv4/ip_default_ttl)" != 42 ]
}

@test "sysctls, whatever the container's own /proc is" {
	local change
	for change in '(.mounts[] | select(.type == "proc")).options += ["hidepid=2"]' \
		'(.mounts[] | select(.type == "proc")).options += ["subset=pid"]' \
		'del(.mounts[] | select(.type == "proc"))'; do
		bare
		cfg '.linux.sysctl = { "kernel.msgmax": "4096" } | .linux.maskedPaths = []
			| .linux.readonlyPaths = [] | .mounts += [{
				type: "bind", options: ["rbind"],
				source: "/proc", destination: "/seen" }]'
		cfg "$change"
		probe read /seen/sys/kernel/msgmax
		want /seen/sys/kernel/msgmax=4096
	done
	[ "$(</proc/sys/kernel/msgmax)" != 4096 ]
}

@test "loopback is up, and is the only interface of a new network namespace" {
	probe lo , read /proc/net/dev
	want lo=up
	[[ $output != *eth0* ]]
}

@test "/proc/self/exe is the container's program, and so is its pid 1's" {
	probe exe , exe 1
	want exe=/probe
	want_none 'exe=.*(aril|runc|crun).*'
}

@test "the filter's rules: default action, arguments, errnoRet" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 13 },
		{ names: ["getitimer"], action: "SCMP_ACT_ERRNO" },
		{ names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 97,
		  args: [{ index: 0, value: 16, op: "SCMP_CMP_EQ" }] },
		{ names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 22,
		  args: [{ index: 0, value: 255, valueTwo: 8,
		  op: "SCMP_CMP_MASKED_EQ" }] },
		{ names: ["no_such_call"], action: "SCMP_ACT_ERRNO" }] }'
	probe status , call mkdir , call getitimer , call socket 16 , call socket 1 \
		, call personality 8 , call personality 0
	want Seccomp=2 call.mkdir=EACCES call.getitimer=EPERM call.socket=EAFNOSUPPORT \
		call.socket=ok call.personality=EINVAL call.personality=ok
}

@test "docker's rules on arguments: personality and network families" {
	probe call personality 0 , call personality 131072
	[ "$(grep -c '^call.personality=ok' <<<"$output")" -eq 2 ]
	args /probe call personality 4 , call unshare 0x10000000
	go
	want_like 'call.personality=(EPERM|ENOSYS)' 'call.unshare=(EPERM|ENOSYS)'
}

@test "a filter may kill" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["getitimer"], action: "SCMP_ACT_KILL_PROCESS" }] }'
	args /probe call getitimer
	go
	[ "$status" -eq 159 ]
}

@test "unknown members are ignored, null is absent, and the order does not matter" {
	only_aril 'decodes null in its own way'
	cfg '{ linux, future: { deep: [1, { a: null }] }, hooks: null, mounts, root,
		process, hostname, ociVersion, solaris: {} } | .process.rlimits = null |
		.linux.intelRdt = null | .process.future = 1e400 |
		.process.user.username = "of another platform"'
	probe say hello
	want hello
}

@test "the bundle is the current directory unless --bundle is given" {
	args /probe say here
	run aril run "$ID" </dev/null
	[ "$output" = here ]
}

@test "an absolute path of the root file system" {
	mv rootfs "$T/elsewhere"
	cfg '.root.path = $p' --arg p "$T/elsewhere"
	probe say here
	want here
}

# --- a distribution's files ------------------------------------------------------------

debian() {
	[ -s "$BED/../debian.tar" ] || skip "$(tail -n 1 "$BED/../debian.log")"
	if [ ! -d "$BED/debian" ]; then
		mkdir "$BED/debian.new"
		as=() owner=()
		[ "$BED_MODE" = user ] && as=(unshare --user --map-root-user --map-auto)
		[ "$BED_MODE" = solo ] && as=(unshare --user --map-root-user) &&
			owner=(--no-same-owner)
		"${as[@]}" tar -xf "$BED/../debian.tar" -C "$BED/debian.new" \
			"--exclude=./dev/*" "${owner[@]}"
		mv "$BED/debian.new" "$BED/debian"
	fi
	cfg '.root.path = $p' --arg p "$BED/debian"
	bind "$ARIL_PROBE" /opt/probe ro
}

@test "a Debian root file system runs its shell, and its tools see the container" {
	debian
	# shellcheck disable=SC2016 # the container's shell expands it
	args /bin/bash -c 'set -e; dpkg --print-architecture; echo uid=$(id -u);
		echo "first=$(readlink /proc/1/exe)"; touch /tmp/file; ls -l /tmp'
	go
	[ "$status" -eq 0 ]
	want "$(dpkg --print-architecture)" uid=0
	want_like 'first=.*bash'
}

@test "a Debian root file system: the probe in it" {
	debian
	args /opt/probe status , mount / , exe , fds
	go
	[ "$status" -eq 0 ]
	want Seccomp=2 NSpid=1 exe=/opt/probe
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 3 ]
}
