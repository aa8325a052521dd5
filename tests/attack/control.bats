#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The control: the attempts that containers are denied are made by root without a
# container, in namespaces of mounts, names and networks that end with the test. What
# does not succeed there proves nothing, and must be on the list, with the reason.

load threat.bash

# What no program can have here, or not twice, or not without harm
excused() { # NAME ERRNO: the reason
	case $1=$2 in
	dev.disk=EPERM) echo 'devices are denied by a cgroup here' ;;
	rlimit.nofile=EPERM | oom_score_adj=EACCES)
		echo 'root has no CAP_SYS_RESOURCE here' ;;
	*=ENOSYS | *=ENODEV | *=ENXIO | *=EAFNOSUPPORT | *=EPROTONOSUPPORT)
		echo 'this kernel does not have it' ;;
	umount.*=EINVAL | remount.proc.sys=EINVAL) echo 'is about a container' ;;
	*=ENOENT) echo 'the machine has no such file' ;;
	userns.*=* | unshare.user=* | clone.user=* | clone3.user=* | i386.unshare=* | \
		*=EUSERS) echo 'not below chroot(2), or not on this machine' ;;
	host.leaked=EBADF | ro.*=* | exe.*=*) echo 'is about a container' ;;
	host.upwards=* | host.1.*) echo 'is about a container' ;;
	kill.group=ESRCH | kill.all=ESRCH) echo 'only the victim can tell' ;;
	metadata=* | private=* | multicast=*) echo 'there is no such way here' ;;
	mknod.*=* | dev.*=EBUSY | dev.*=EIO) echo 'is there already, or in use' ;;
	ns.*=EXDEV | tcp.*=* | udp.*=*) echo 'made in a namespace of its own' ;;
	acpi=* | scsi=* | powercap=* | keys=* | proc.bus=* | proc.fs=*)
		echo 'empty on this machine' ;;
	*) return 1 ;;
	esac
}

# Prints what came of a group, and fails for what is unexcused
controlled() {
	local line name verdict reason all=0 done=0 bad=0
	while read -r line; do
		name=${line%%=*} verdict=${line#*=}
		[[ $line =~ ^[a-z0-9_.]+=[A-Z][A-Z0-9]+$ ]] || continue
		all=$((all + 1))
		if [ "$verdict" = ALLOWED ]; then
			done=$((done + 1))
		elif reason=$(excused "$name" "$verdict"); then
			echo "# $name: $verdict: $reason" >&3
		else
			echo "does not succeed without a container: $line"
			bad=1
		fi
	done <<<"$output"
	echo "# $done of $all attempts succeed without a container" >&3
	[ "$done" -gt 0 ] && [ "$bad" -eq 0 ]
}

@test "control: what the victim has can be reached" {
	need_root
	local said what
	attempts tasks peers network
	run "$ARIL_PROBE" "${words[@]}" </dev/null
	controlled
	# and it does say so
	said=$(victim_end) && return 1
	for what in 'abstract socket' 'socket by path' TCP UDP signal 'shared memory' \
		semaphore 'message queue' 'POSIX queue' /tmp/aril- /dev/shm/aril-; do
		grep -F "reached=$what" <<<"$said"
	done
	unset VICTIM
}

@test "control: mounts, files and devices" {
	need_root
	mkdir "$T/root"
	facts=(apart "${facts[@]}")
	attempts mounts files devices
	run unshare --mount --uts --net --propagation private sh -ec '
		root=$1 shared=$2
		shift 2
		mount -t tmpfs root "$root"
		for d in /*; do
			if [ -d "$d" ] && [ ! -L "$d" ]; then
				mkdir -p "$root$d"
				mount --rbind "$d" "$root$d"
			else
				cp -a "$d" "$root"
			fi
		done
		mkdir "$root/ro" "$root/rw"
		mount --bind "$shared/ro" "$root/ro"
		mount --bind "$shared/rw" "$root/rw"
		exec chroot "$root" "$@"' sh "$T/root" "$T/shared" "$ARIL_PROBE" \
		"${words[@]}" </dev/null
	rm -rf --one-file-system /tmp/aril-try /tmp/aril-node "$T/shared/ro/new"
	controlled
}

@test "control: the kernel's settings, and what it tells" {
	need_root
	attempts writes reads
	ARIL_SECRET=$SECRET run unshare --mount --uts --net --propagation private \
		"$ARIL_PROBE" "${words[@]}" </dev/null
	controlled
}

@test "control: system calls and sockets" {
	need_root
	attempts calls sockets
	run unshare --mount --uts --net --ipc --propagation private \
		"$ARIL_PROBE" "${words[@]}" </dev/null
	controlled
}

@test "control: the terminal of the caller" {
	need_root
	printf '#!/bin/sh\n"%s" try type\n"%s" typed\n' "$ARIL_PROBE" "$ARIL_PROBE" \
		>"$T/session"
	chmod 755 "$T/session"
	run "$ARIL_PROBE" pty 24 80 "$T/session" </dev/null
	output=${output//$'\r'/}
	echo "$output"
	want type=ALLOWED
	want_like 'typed=[1-9][0-9]*'
}
