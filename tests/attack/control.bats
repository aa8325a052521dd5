#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The control: the attempts that containers are denied are made by root without a
# container, in namespaces of mounts, names and networks that end with the test. What
# does not succeed there proves nothing, and must be on the list, with the reason.

load threat.bash

# The file that an attempt needs, and a machine may lack
needs() { # NAME
	case $1 in
	umount.kcore) echo /proc/kcore ;;
	dev.mem | dev.port | dev.kmsg | dev.kvm | dev.fuse | dev.uinput | dev.tty0 | \
		dev.hwrng | dev.console) echo "/dev/${1#dev.}" ;;
	dev.disk) echo /dev/vda ;;
	dev.loop) echo /dev/loop-control ;;
	dev.tun) echo /dev/net/tun ;;
	modprobe | ns_last_pid) echo "/proc/sys/kernel/$1" ;;
	sysrq) echo /proc/sysrq-trigger ;;
	binfmt) echo /proc/sys/fs/binfmt_misc/register ;;
	kcore | irq | timer_list | sched_debug | acpi | scsi) echo "/proc/$1" ;;
	sys.uevent) echo /sys/kernel/uevent_helper ;;
	sys.module | sys.power) echo "/sys/${1#sys.}" ;;
	firmware) echo /sys/firmware ;;
	powercap) echo /sys/devices/virtual/powercap ;;
	cgroup.procs | cgroup.mkdir) echo /sys/fs/cgroup/cgroup.procs ;;
	cgroup.release) echo /sys/fs/cgroup/release_agent ;;
	init_module | delete_module) echo /proc/modules ;;
	kexec) echo /sys/kernel/kexec_loaded ;;
	*) return 1 ;;
	esac
}

resource_capable() { # CAP_SYS_RESOURCE is number 24
	local caps
	caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status)
	[ $((0x$caps >> 24 & 1)) -eq 1 ]
}

# What cannot succeed here even so, and that it is for this reason
excused() { # NAME ERRNO: the reason
	local file
	case $1=$2 in
	*=ENOENT | init_module=ENOSYS | delete_module=ENOSYS | kexec=ENOSYS)
		file=$(needs "$1") && [ ! -e "$file" ] && echo "there is no $file here" &&
			return
		;;
	esac
	case $1=$2 in
	rlimit.nofile=EPERM | oom_score_adj=EACCES)
		! resource_capable && echo 'root has no CAP_SYS_RESOURCE here'
		;;
	unshare.user=* | clone.user=* | clone3.user=* | i386.unshare=*)
		[ "$(cat /proc/sys/user/max_user_namespaces)" -eq 0 ] &&
			echo 'no user namespaces on this machine'
		;;
	mount.overlay=ENODEV)
		! grep -qw overlay /proc/filesystems &&
			echo 'this kernel has no overlayfs'
		;;
	userns.mount=EPERM | userns.overlay=EPERM) echo 'not below chroot(2)' ;;
	dev.disk=EPERM | mknod.disk=EPERM) echo 'devices are denied by a cgroup here' ;;
	x32.*=ENOSYS | i386.*=ENOSYS) echo 'this kernel has no such calls' ;;
	umount.*=EINVAL | remount.proc.sys=EINVAL) echo 'no mount of its own here' ;;
	host.1.cwd=ENOENT | ro.1.root=ENOENT) echo 'pid 1 is elsewhere here' ;;
	host.leaked=EBADF) echo 'only a runtime has files to leak' ;;
	ro.link=EXDEV | ro.rename=EXDEV | ro.unnamed=EXDEV)
		echo 'no second directory of that mount' ;;
	exe.1=ETXTBSY | exe.self=ETXTBSY) echo 'these programs run' ;;
	kill.group=ESRCH | kill.all=ESRCH) echo 'only the victim can tell' ;;
	acpi=ENODATA | scsi=ENODATA | powercap=ENODATA | keys=ENODATA)
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
	session <<-END
		"$ARIL_PROBE" try type
		"$ARIL_PROBE" typed
	END
	want type=ALLOWED
	want_like 'typed=[1-9][0-9]*'
}
