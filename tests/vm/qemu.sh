#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# qemu.sh IMAGE JOB.tar WORKDIR SECONDS: runs the job in a guest of QEMU without KVM, with
# what user-mode Linux lacks: two CPUs, cpuset, PSI, huge pages, a disk to throttle
# (/dev/aril-scratch), checkpoints. README.md says what run and a machine owe each other.
# qemu.sh --prepare IMAGE: only makes what is kept.
#
# Booting takes a minute, so it is done once: the guest is saved where its agent is about
# to wait for the job, and every run goes on from there in a second. Kept in $ARIL_CACHE:
#
#	vm-kernel-VERSION/	vmlinuz, initrd, modules.ext4: Debian's kernel, unpacked
#	vm-saved-KEY/		state, root.qcow2 (what booting wrote to the image)
#
# SECONDS are the job's; making these has a deadline of its own.
#
#	ARIL_VM_KERNEL	the package (linux-image-cloud-amd64)
#	ARIL_VM_MEMORY	of a guest (2048M)
set -u
export PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
cache=${ARIL_CACHE:-$(dirname "$(dirname "$here")")/build/cache}
kernel_package=${ARIL_VM_KERNEL:-linux-image-cloud-amd64}
prepare_seconds=900 # 15 to 60, on a busy machine 200
start_seconds=60
disk_size=1G # of the job's; a saved machine knows its disks' sizes
scratch_size=256M
work='' machine='' own_work=''

cannot() {
	echo "qemu.sh: $1"
	exit 77
}

die() {
	echo "qemu.sh: $1" >&2
	exit 1
}

say() {
	echo "qemu.sh: $1" >&2
}

# shellcheck disable=SC2317 # a trap calls it
finish() {
	trap '' HUP INT TERM
	stop_machine
	[ -z "$own_work" ] || rm -rf --one-file-system "$own_work"
}

stop_machine() {
	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null
	[ -z "$machine" ] || wait "$machine" 2>/dev/null
	machine=''
}

# Into the cache goes what is whole. Images and kernels change: three of a kind stay.
keep() { # DIR NAME KIND(pattern)
	local file
	rm -rf "$2" "$2.new"
	mv "$1" "$2.new" || die "$2 cannot be made"
	mv "$2.new" "$2"
	touch "$2"
	find "$cache" -maxdepth 1 -name "$3" -printf '%T@ %p\n' | sort -rn | tail -n +4 |
		while read -r _ file; do rm -rf "$file"; done
}

# --- the kernel -------------------------------------------------------------------------

kernel_find() { # sets kernel (its directory), package, version
	local memo=$cache/vm-kernel-of-$kernel_package
	# asking apt takes a second
	if [ ! -s "$memo" ] || [ /var/lib/apt/lists -nt "$memo" ]; then
		kernel_ask >"$memo.new"
		[ ! -s "$memo.new" ] || mv "$memo.new" "$memo"
	fi
	[ -s "$memo" ] || cannot "no package $kernel_package is known to apt"
	read -r package version <"$memo"
	kernel=$(cat "$here/qemu-init" "$here/qemu-gate" | sha256sum | cut -c 1-8)
	kernel=$cache/vm-kernel-${package}_${version//:/-}-$kernel
}

kernel_ask() { # the package that the one with the known name stands for, its version
	local package version
	package=$(apt-cache depends --important "$kernel_package" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	package=${package:-$kernel_package}
	version=$(apt-cache policy "$package" 2>/dev/null |
		sed -n 's/^ *Candidate: //p')
	case $version in '' | '(none)') ;; *) echo "$package $version" ;; esac
}

kernel_make() {
	local dir=$work/kernel release size
	say "unpacking $package $version"
	mkdir -p "$dir/deb" "$dir/files" || die "$dir cannot be made"
	(cd "$dir/deb" && timeout 300 apt-get -qq -o APT::Sandbox::User=root \
		download "$package=$version" >&2) || die "$package cannot be fetched"
	dpkg-deb -x "$dir"/deb/*.deb "$dir/files" || die "$package cannot be unpacked"
	cp "$dir"/files/boot/vmlinuz-* "$dir/vmlinuz" || die "$package has no vmlinuz"
	release=$(ls "$dir/files/lib/modules")
	depmod -b "$dir/files" "$release" || die 'depmod is not possible'
	initrd_make "$dir" "$dir/files/lib/modules/$release" "$release"
	size=$(du -sm "$dir/files/lib/modules" | cut -f1)
	mke2fs -q -t ext4 -O ^has_journal -d "$dir/files/lib/modules" \
		"$dir/modules.ext4" "$((size * 5 / 4 + 16))M" >/dev/null ||
		die 'the disk with the modules cannot be made'
	rm -rf "$dir/files" "$dir/deb"
	keep "$dir" "$kernel" 'vm-kernel-*_*'
}

initrd_make() { # DIR MODULES RELEASE
	local tree=$1/tree file
	mkdir -p "$tree/bin" "$tree/dev" "$tree/proc" "$tree/root" "$tree/lib/modules/$3"
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$2"/modules.{order,builtin*} "$tree/lib/modules/$3/"
	cp "$here/qemu-init" "$tree/init"
	cp "$here/qemu-gate" "$tree/qemu-gate"
	chmod 755 "$tree/init" "$tree/qemu-gate"
	sed -nE 's,^([^:]*/(virtio_pci|virtio_blk|virtio_console)\.ko[^:]*):,\1,p' \
		"$2/modules.dep" | xargs -n 1 | sort -u | while read -r file; do
		mkdir -p "$tree/lib/modules/$3/${file%/*}"
		cp "$2/$file" "$tree/lib/modules/$3/$file"
	done
	depmod -b "$tree" "$3"
	(cd "$tree" && find . | LC_ALL=C sort | busybox cpio -o -H newc 2>/dev/null) \
		>"$1/initrd" || die 'the initial ramdisk cannot be made'
	rm -rf "$tree"
}

# --- the machine ------------------------------------------------------------------------

# What a saved machine and the one that goes on must have in common
machine_describe() {
	# shellcheck disable=SC2054 # QEMU's commas
	common=(
		-nodefaults -no-user-config -display none -no-reboot
		-machine q35 -accel tcg -cpu max -smp 2 -m "${ARIL_VM_MEMORY:-2048M}"
		-kernel "$kernel/vmlinuz" -initrd "$kernel/initrd"
		-append "root=/dev/vda rw console=ttyS0 loglevel=5 panic=-1 psi=1 \
hugepages=16 mitigations=off fsck.mode=skip tsc=reliable systemd.show_status=0 \
rcupdate.rcu_cpu_stall_suppress=1 \
aril.job=/dev/vdb aril.out=/dev/vport0p1 aril.status=/dev/vport0p2"
		-serial chardev:console
		-device virtio-serial-pci
		-device virtserialport,nr=1,chardev=output,name=aril.output
		-device virtserialport,nr=2,chardev=status,name=aril.status
		-device virtserialport,nr=3,chardev=gate,name=aril.gate)
	local name
	for name in root job modules scratch; do
		common+=(-device "virtio-blk-pci,drive=$name,serial=$name")
	done
}

# key: of all that makes a saved machine what it is. A file system that was made anew has
# another UUID and other checksums in its first blocks.
machine_key() { # IMAGE
	key=$(
		{
			head -c 1M "$1"
			stat -Lc %s "$1"
			cat "$here/qemu-init" "$here/qemu-gate" "$here/qemu.sh"
			qemu-system-x86_64 --version
			echo "$kernel" "${common[@]}"
		} | sha256sum | cut -c 1-16
	)
}

# Starts QEMU. It dies with this script; "gone" is the last of its events.
machine_start() { # DIR CHARDEV(OUTPUT: our stdout) ROOT-DRIVE ARGUMENT...
	local dir=$1 chardev=$2 root=$3 output modules=$kernel/modules.ext4
	shift 3
	rm -f "$dir/events" "$dir/gate.in" "$dir/gate.out"
	mkfifo "$dir/events" "$dir/gate.in" || die "no fifo in $dir"
	ln -s events "$dir/gate.out"
	truncate -s "$scratch_size" "$dir/scratch"
	# both ways, so that opening waits for nobody
	exec {events}<>"$dir/events" {gate}<>"$dir/gate.in"
	# only QEMU has the other end
	exec {output}> >(cat && echo gone >&"$events")
	TMPDIR=$dir setpriv --pdeathsig KILL -- qemu-system-x86_64 "${common[@]}" \
		-chardev "file,id=console,path=$dir/console,append=on" \
		-chardev "${chardev/OUTPUT//dev/fd/$output},id=output" \
		-chardev "file,id=status,path=$dir/events" \
		-chardev "pipe,id=gate,path=$dir/gate" \
		-drive "if=none,id=root,cache=unsafe,$root" \
		-drive "if=none,id=job,format=raw,readonly=on,file=$dir/job.disk" \
		-drive "if=none,id=modules,format=raw,readonly=on,file=$modules" \
		-drive "if=none,id=scratch,format=raw,cache=unsafe,file=$dir/scratch" \
		"$@" </dev/null >>"$dir/qemu.log" 2>&1 &
	machine=$!
	exec {output}>&-
}

# Waits until the next of the machine's events, which is left in $event
machine_says() { # WHAT PATTERN UNTIL(in $SECONDS)
	local left=$(($3 - SECONDS))
	event=''
	# shellcheck disable=SC2254 # it is a pattern
	if [ "$left" -le 0 ] || ! read -r -t "$left" -u "$events" event; then
		say "no $1 in time"
	else
		case $event in $2) return 0 ;; esac
		say "no $1: $event"
	fi
	cat "$work"/qemu.log "$work"/saved/qemu.log >&2 2>/dev/null
	return 1
}

# --- the saved state --------------------------------------------------------------------

state_make() { # IMAGE
	local dir=$work/saved until=$((SECONDS + prepare_seconds)) monitor
	say 'booting the guest once, its state is kept'
	mkdir -p "$dir" || die "$dir cannot be made"
	truncate -s "$disk_size" "$dir/job.disk"
	qemu-img create -q -f qcow2 -F raw -b "$(realpath "$1")" "$dir/root.qcow2" ||
		die 'the overlay cannot be made'
	mkfifo "$dir/monitor.in"
	: >"$dir/monitor.log"
	ln -s monitor.log "$dir/monitor.out"
	exec {monitor}<>"$dir/monitor.in"
	machine_start "$dir" null \
		"format=qcow2,file=$dir/root.qcow2,backing.driver=raw,\
backing.file.locking=off" \
		-chardev "pipe,id=monitor,path=$dir/monitor" -mon chardev=monitor
	machine_says 'ready guest' ready "$until" || state_failed "$dir"
	say "ready after $SECONDS s"
	{
		echo 'migrate_set_parameter max-bandwidth 100G'
		echo "migrate \"exec:cat >'$dir/state'\""
		echo 'info migrate'
		echo quit
	} >&"$monitor"
	machine_says 'saved state' gone "$until" || state_failed "$dir"
	wait "$machine"
	machine=''
	grep -q 'Migration status: completed' "$dir/monitor.log" ||
		state_failed "$dir"
	find "$dir" -mindepth 1 ! -name state ! -name root.qcow2 \
		! -name console -delete
	keep "$dir" "$saved" 'vm-saved-*'
}

state_failed() { # DIR
	tail -n 30 "$1/console" >&2
	grep -aE '^(Error|Migration|[a-z]*: )' "$1/monitor.log" >&2
	die 'there is no saved machine to go on from'
}

prepare() { # IMAGE
	mkdir -p "$cache" || die "$cache cannot be made"
	exec {lock}>"$cache/vm-qemu.lock"
	flock -w "$prepare_seconds" "$lock" || die "somebody holds $cache/vm-qemu.lock"
	kernel_find
	[ -s "$kernel/initrd" ] || kernel_make
	machine_describe
	machine_key "$1"
	saved=$cache/vm-saved-$key
	[ -s "$saved/state" ] || state_make "$1"
	touch "$saved"
	exec {lock}>&-
}

# --- a run ------------------------------------------------------------------------------

run() { # IMAGE JOB DIR SECONDS
	local image=$1 job=$2 dir=$work until=$((SECONDS + $4)) status
	cp "$saved/console" "$dir/console"
	cp --sparse=always "$job" "$dir/job.disk" || die "$job cannot be read"
	[ "$(stat -c %s "$dir/job.disk")" -le $((1 << 30)) ] || die "$job is too big"
	truncate -s "$disk_size" "$dir/job.disk"
	machine_start "$dir" file,path=OUTPUT \
		"snapshot=on,format=qcow2,file=$saved/root.qcow2,backing.driver=raw,\
backing.file.filename=$(realpath "$image"),backing.file.locking=off" \
		-incoming "exec:cat '$saved/state'"
	# it reads this when it has got that far, and only then is asked to set its clock
	echo wake >&"$gate"
	machine_says 'guest that goes on' awake $((SECONDS + start_seconds)) || return
	echo "go $(date +%s.%N)" >&"$gate"
	machine_says 'start of the job' started $((SECONDS + start_seconds)) || return
	echo started >"$dir/status"
	machine_says 'end of the job' '[0-9]*' "$until" || return
	status=$event
	stop_machine
	machine_says 'end of the output' gone $((SECONDS + start_seconds)) || return
	echo "$status" >>"$dir/status"
}

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

main() {
	[ "$(uname -m)" = x86_64 ] || cannot 'made for x86-64'
	local program
	for program in apt-get busybox depmod dpkg-deb flock mke2fs qemu-img \
		qemu-system-x86_64 setpriv; do
		command -v "$program" >/dev/null || cannot "$program is not installed"
	done
	if [ $# -eq 2 ] && [ "$1" = --prepare ]; then
		mkdir -p "$cache"
		work=$(mktemp -d "$cache/vm-work.XXXXXX") || die "$cache is not writable"
		own_work=$work
		prepare "$2"
	elif [ $# -eq 4 ]; then
		work=$3
		prepare "$1"
		run "$@"
	else
		say 'usage: IMAGE JOB.tar WORKDIR SECONDS | --prepare IMAGE'
		exit 2
	fi
}

# the whole script is read before anything runs
main "$@"
exit
