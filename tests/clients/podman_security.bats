#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What keeps a container of podman from the machine: capabilities, seccomp, masked paths,
# devices, namespaces. What is asked for is read inside.

load podman.bash

# caps OPTION...: inheritable, permitted, effective, bounding and ambient set of a program
caps() {
	no_net "$@" box sed -n 's/^Cap...:\t0*\(.\)/\1/p' /proc/self/status | tr '\n' ' '
}

# bats test_tags=quick
@test "--cap-add, --cap-drop" {
	local usual=800405fb
	is "$(caps)" "0 $usual $usual $usual 0 "
	is "$(caps --cap-drop all)" '0 0 0 0 0 '
	is "$(caps --cap-drop all --cap-add sys_time,CAP_KILL)" \
		'0 2000020 2000020 2000020 0 '
	is "$(caps --cap-drop chown --cap-add net_admin)" \
		'0 800415fa 800415fa 800415fa 0 '
	is "$(caps --cap-add all)" "$(printf '0 %s %s %s 0 ' "$(all_caps)" "$(all_caps)" \
		"$(all_caps)")"
	exits 125 no_net --cap-add no_such_thing box true
}

all_caps() {
	printf '%x' $(((2 << $(cat /proc/sys/kernel/cap_last_cap)) - 1))
}

@test "capabilities of another user than root" {
	local usual=800405fb
	is "$(caps --user box)" "0 0 0 $usual 0 "
	is "$(caps --user box --cap-add net_raw)" '2000 2000 2000 800425fb 2000 '
	is "$(caps --user box --cap-drop all)" '0 0 0 0 0 '
	up one --cap-add net_raw
	exits 0 pod exec --user box one grep CapEff /proc/self/status
	matches "$output" 0000000000000000
	exits 0 pod exec --privileged one grep CapEff /proc/self/status
	matches "$output" "$(all_caps)"
	exits 0 pod exec one grep CapEff /proc/self/status
	matches "$output" 800425fb
}

@test "--privileged: all capabilities, no filter, nothing masked, the devices" {
	exits 0 no_net --privileged box sh -c '
		grep -E "^(CapEff|Seccomp|NoNewPrivs):" /proc/self/status
		/probe mount /proc/sys; /probe mount /proc/kcore; /probe mount /sys
		/probe stat /dev/kmsg'
	matches "$output" "CapEff:.*0$(all_caps)"
	matches "$output" $'Seccomp:\t0'
	matches "$output" $'NoNewPrivs:\t0'
	is "$(grep -c 'mounted=no' <<<"$output")" 2
	matches "$output" 'sysfs'
	matches "$output" '/dev/kmsg=c 1:11'
	exits 1 no_net box test -e /dev/kmsg
	only_root 'make a device'
	exits 0 no_net --privileged box sh -c 'mknod /srv/kmsg c 1 11 &&
		/probe open /srv/kmsg && echo 0 >/proc/sys/net/ipv4/ip_forward &&
		mount -t tmpfs none /srv/volume && mkdir /sys/fs/cgroup/below &&
		rmdir /sys/fs/cgroup/below'
	is "$output" open./srv/kmsg=ok
}

@test "--security-opt seccomp: a file, none, and podman's own" {
	cat >"$T/seccomp.json" <<-'END'
		{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
		 "syscalls": [
		  {"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
		  {"names": ["umask"], "action": "SCMP_ACT_ERRNO"},
		  {"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95,
		   "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
		  {"names": ["getitimer"], "action": "SCMP_ACT_KILL_PROCESS"}]}
	END
	exits 0 no_net --security-opt seccomp="$T/seccomp.json" box sh -c '
		exec 2>/dev/null; grep -E "^Seccomp:" /proc/self/status; /probe call mkdir
		/probe call umask; /probe call personality 8; /probe call personality 0
		/probe call getitimer; echo $?'
	is "$output" "$(printf '%s\n' $'Seccomp:\t2' call.mkdir=ENOSYS call.umask=EPERM \
		call.personality=EOPNOTSUPP call.personality=ok 159)"
	exits 0 no_net box sh -c '/probe call unshare 0x20000; /probe call umask'
	is "$output" $'call.unshare=EPERM\ncall.umask=ok'
	exits 0 no_net --cap-add sys_admin box /probe call unshare 0x20000
	is "$output" call.unshare=ok
	exits 0 no_net --security-opt seccomp=unconfined box sh -c '
		grep -E "^Seccomp:" /proc/self/status; /probe call unshare 0x10000000'
	is "$output" $'Seccomp:\t0\ncall.unshare=ok'
	exits 125 no_net --security-opt seccomp="$T/none.json" box true
}

@test "--security-opt no-new-privileges: a set-user-id program gets nothing" {
	local dir
	dir=$(mktemp -d "$CLIENT_WORK/suid.XXXXXX") # not on /tmp: that is nosuid
	chmod 755 "$dir"
	cp "$ARIL_PROBE" "$dir/probe"
	chmod 4755 "$dir/probe"
	exits 0 no_net --user box -v "$dir:/suid:suid" box /suid/probe status
	matches "$output" 'Uid=1000 0 0 0'
	exits 0 no_net --user box -v "$dir:/suid:nosuid" box /suid/probe status
	matches "$output" 'Uid=1000 1000 1000 1000'
	exits 0 no_net --user box --security-opt no-new-privileges \
		-v "$dir:/suid:suid" box /suid/probe status
	matches "$output" 'Uid=1000 1000 1000 1000'
	matches "$output" 'NoNewPrivs=1'
	up one --security-opt no-new-privileges
	exits 0 pod exec one grep NoNewPrivs /proc/self/status
	matches "$output" 1
}

@test "--security-opt mask, unmask, proc-opts" {
	exits 0 no_net --security-opt mask=/srv/volume:/srv/file box sh -c \
		'ls /srv/volume; cat /srv/file; /probe stat /srv/file'
	matches "$output" '^/srv/file=c 1:3 0666 [0-9:]*$'
	exits 1 no_net box sh -c '/probe mount /proc/kcore; /probe mount /proc/sys;
		echo x >/proc/sys/net/ipv4/ip_forward'
	matches "$output" 'mounted=1.*mounted=1.*Read-only file system'
	exits 0 no_net --security-opt unmask=/proc/kcore box sh -c \
		'/probe mount /proc/kcore; /probe mount /proc/sys'
	matches "$output" '^mounted=no.mounted=1'
	exits 0 no_net --security-opt unmask=ALL box sh -c '/probe mount /proc/kcore
		/probe mount /proc/sys; /probe mount /sys/firmware'
	is "$(uniq <<<"$output")" mounted=no
	exits 0 no_net --security-opt proc-opts=hidepid=2 box \
		grep ' /proc proc' /proc/mounts
	matches "$output" 'hidepid=(2|invisible)'
}

@test "--security-opt label, apparmor: where there is none of them" {
	is "$(pod info --format '{{.Host.Security.SELinuxEnabled}}')" false
	exits 0 no_net --security-opt label=disable box true
	exits 0 no_net --security-opt label=type:spc_t --security-opt label=level:s0 \
		box true
	grep -q apparmor /sys/kernel/security/lsm ||
		exits 0 no_net --security-opt apparmor=unconfined box \
			sh -c 'cat /proc/self/attr/current 2>/dev/null; echo ran'
	matches "$output" ran
}

@test "--device: by path, under another name, a directory" {
	exits 0 no_net --device /dev/kmsg --device /dev/full:/dev/brim --device /dev/net \
		box /probe stat /dev/kmsg /dev/brim /dev/net/tun
	matches "$output" '/dev/kmsg=c 1:11 .*/dev/brim=c 1:7 .*/dev/net/tun=c 10:200'
	exits 0 no_net --device /dev/full:/dev/brim box sh -c 'echo >/dev/brim || :'
	matches "$output" 'No space left'
	exits 125 no_net --device /dev/nothing-there box true
	exits 1 no_net box test -e /dev/net/tun
}

@test "--device r, --device-cgroup-rule: what may be opened and made" {
	only_root 'have rules for devices'
	exits 0 no_net --device /dev/kmsg:/dev/log:r box sh -c \
		'/probe open /dev/log; /probe open /dev/log w'
	is "$output" $'open./dev/log=ok\nopen./dev/log=EPERM'
	exits 0 no_net --device /dev/kmsg:/dev/log:w box sh -c \
		'/probe open /dev/log; /probe open /dev/log w'
	is "$output" $'open./dev/log=EPERM\nopen./dev/log=ok'
	local try='mknod /srv/kmsg c 1 11; /probe open /srv/kmsg'
	exits 0 no_net --cap-add mknod --device-cgroup-rule 'c 1:11 rwm' box sh -c "$try"
	is "$output" open./srv/kmsg=ok
	exits 0 no_net --cap-add mknod --device-cgroup-rule 'c 1:* m' box sh -c "$try"
	is "$output" open./srv/kmsg=EPERM
	exits 0 no_net --cap-add mknod box sh -c "$try"
	is "$output" open./srv/kmsg=EPERM
}

@test "--group-add keep-groups, run.oci.keep_original_groups" {
	local option as=()
	[ "$(id -u)" -ne 0 ] || as=(setpriv --groups '4321,0')
	exits 0 no_net box /probe status
	matches "$output" $'Groups=0?\n'
	for option in '--group-add keep-groups' \
		'--annotation run.oci.keep_original_groups=1'; do
		# shellcheck disable=SC2086 # words
		output=$("${as[@]}" "${pod[@]}" run --rm --network none $option box \
			/probe status 3>&-)
		if [ "$(id -u)" -eq 0 ]; then
			matches "$output" $'Groups=0 4321\n'
		else
			matches "$output" $'Groups=0\n'
		fi
	done
}

@test "--read-only, --read-only-tmpfs" {
	local try='for f in /new /srv/volume/new /tmp/new /run/new /dev/shm/new; do
		/probe create $f; done; exit 0'
	exits 0 no_net --read-only box sh -c "$try"
	is "$output" "$(printf 'create.%s\n' /new=EROFS /srv/volume/new=EROFS \
		/tmp/new=ok /run/new=ok /dev/shm/new=ok)"
	exits 0 no_net --read-only --read-only-tmpfs=false box sh -c "$try"
	matches "$output" '/tmp/new=EROFS.*/run/new=EROFS'
	exits 0 no_net --read-only --tmpfs /srv/volume -v "$T:/data" box sh -c \
		'/probe create /srv/volume/new; /probe create /data/new'
	is "$output" $'create./srv/volume/new=ok\ncreate./data/new=ok'
	[ -e "$T/new" ]
}

@test "--sysctl of the namespaces, and of no namespace" {
	exits 0 no_net --sysctl net.ipv4.ip_unprivileged_port_start=80 \
		--sysctl kernel.msgmax=4096 --sysctl fs.mqueue.msg_max=33 \
		--sysctl kernel.shm_rmid_forced=1 box sh -c 'cd /proc/sys
		cat net/ipv4/ip_unprivileged_port_start kernel/msgmax fs/mqueue/msg_max \
			kernel/shm_rmid_forced'
	is "$output" $'80\n4096\n33\n1'
	exits 125 no_net --sysctl kernel.pid_max=4096 box true
	exits 125 pod run --rm --network host --sysctl net.ipv4.ip_forward=1 box true
	no_net --ipc host --sysctl kernel.msgmax=4096 box true && return 1
	no_net --sysctl net.ipv4.no_such_thing=1 box true && return 1
	is "$(cat /proc/sys/kernel/msgmax)" 8192
}

# shares KIND one|host NAME: the namespaces of kind are the same
shares() {
	local of=self
	[ "$2" = host ] || of=$(told "$2" .State.Pid)
	[ "$(readlink "/proc/$of/ns/$1")" = \
		"$(readlink "/proc/$(told "$3" .State.Pid)/ns/$1")" ]
}

@test "--ipc, --pid, --uts, --cgroupns: host, private, of another container" {
	local kind
	[ "$(id -u)" -eq 0 ] || [ -d /dev/mqueue ] || skip 'the host has no /dev/mqueue'
	up one --network none --ipc shareable --hostname number-one
	up two --network none --ipc host --pid host --uts host --cgroupns host
	up three --network none --ipc container:one --pid container:one \
		--uts container:one --cgroupns container:one
	for kind in ipc pid uts cgroup; do
		shares $kind host two
		shares $kind one three
		exits 1 shares $kind host one
	done
	is "$(pod exec two hostname)" "$(uname -n)"
	is "$(pod exec three hostname)" number-one
	matches "$(pod exec two cat /proc/self/cgroup)" '0::/.*libpod-'
	is "$(pod exec one cat /proc/self/cgroup)" 0::/
	is "$(pod exec three cat /proc/1/comm)" sleep
	is "$(pod exec two cat /proc/1/comm)" systemd
	pod stop -t 0 one >/dev/null
	until_true 20 told_is three .State.Status exited
}

@test "--shm-size, --umask, --oom-score-adj, --hostname, --env-host, --tz" {
	exits 0 no_net --shm-size 4m box /probe statfs /dev/shm
	matches "$output" '^statfs=4096 '
	exits 0 no_net --umask 0077 --oom-score-adj 567 --hostname a.b.example box sh -c \
		'umask; cat /proc/self/oom_score_adj; hostname; echo $HOSTNAME
		grep -o a.b.example /etc/hosts'
	is "$output" $'0077\n567\na.b.example\na.b.example\na.b.example'
	SOME_WORD=outside exits 0 no_net --env-host --env OTHER=x box \
		/bin/sh -c 'echo $SOME_WORD$OTHER'
	is "$output" outsidex
	SOME_WORD=outside exits 0 no_net --env 'SOME_*' box sh -c 'echo $SOME_WORD'
	is "$output" outside
	if [ -e /etc/localtime ]; then
		exits 0 no_net --tz local box date +%Z
		is "$output" "$(date +%Z)"
	fi
	exits 125 no_net --tz Nowhere/Atlantis box true
}

@test "--personality" {
	exits 0 no_net --personality LINUX32 box /probe personality
	matches "$output" 'personality=0x8'
	exits 0 no_net box /probe personality
	matches "$output" 'personality=0x0'
}
