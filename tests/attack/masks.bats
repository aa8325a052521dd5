#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Masks and read-only paths that an image or a neighbour puts elsewhere: CVE-2025-31133
# (runc), CVE-2025-62161 (youki), CVE-2023-27561, CVE-2023-28642, CVE-2023-25809.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; tests are subshells

load attack.bash

prepare() {
	cfg 'del(.linux.seccomp)'
	attack_before
}

# What a neighbour does who can write to the root, when it matters most: after the mounts,
# before the masks
between() { # SHELL-TEXT
	cfg '.hooks.createRuntime = [{ path: "/bin/sh",
		args: ["sh", "-c", $text, $dir] }]' --arg text "cd \"\$0\" && $1" \
		--arg dir "$B/rootfs"
}

# What was mounted at /proc or /sys, and is at /moved now, has its masks
masked_in() { # proc|sys
	args /probe "raced-$1" /moved
	go
	[ "$status" -ne 77 ] || through "a ${1}fs without masks"
	! is_aril || [ "$status" -eq 0 ]
}

@test "/proc is moved away before it is masked: the masks are in it (CVE-2023-27561)" {
	between 'mv proc moved && mkdir proc'
	masked_in proc
}

@test "a link takes the place of /proc before it is masked (CVE-2023-27561)" {
	between 'mv proc moved && mkdir false && ln -s /false proc'
	masked_in proc
}

@test "/sys is moved away before it is masked" {
	between 'mv sys moved && mkdir -p sys/firmware'
	masked_in sys
}

@test "/dev is moved away: read-only and masked paths are in the moved one" {
	cfg '(.mounts[] | select(.destination == "/dev") | .options) += ["ro"]
		| .linux.maskedPaths += ["/dev/shm"]
		| .linux.readonlyPaths += ["/dev/mqueue"]'
	between 'mv dev moved && mkdir -p dev/shm dev/mqueue'
	args /probe create /moved/x , mount /moved/shm , mount /moved/mqueue
	go
	if [ "$status" -ne 0 ]; then
		stopped
		return
	fi
	want create./moved/x=EROFS || through 'a writable /dev' || return
	[ "$(grep -c '^mounted=2' <<<"$output")" -eq 2 ] || through 'no mask'
}

@test "the image's /dev/null is a link to a kernel setting (CVE-2025-31133)" {
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	rm -rf rootfs/dev
	mkdir rootfs/dev
	# the attack takes core_pattern; this one belongs to a namespace, for a runtime of
	# before the fix does make it writable
	ln -s /proc/sys/kernel/domainname rootfs/dev/null
	echo secret >rootfs/opt/secret
	cfg '.linux.maskedPaths = ["/opt/secret"] | .linux.readonlyPaths = []
		| .process.args = ["/probe", "statfs", "/opt/secret", ",", "read",
			"/opt/secret"]'
	go
	[[ $output != *=secret* ]] || through 'no mask' || return
	if [ "$status" -eq 0 ]; then
		# what was masked shows nothing, least of all a kernel setting
		want '/opt/secret=' || through 'a file of /proc in the place of a mask'
	else
		stopped '/dev/null'
	fi
}

@test "the image's /dev/null is a file, a directory, another device (CVE-2025-31133)" {
	local kind
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	cfg '.linux.maskedPaths = ["/opt/secret"]'
	args /probe read /opt/secret
	for kind in file directory link; do
		rm -rf rootfs/dev
		mkdir rootfs/dev
		case $kind in
		file) echo false >rootfs/dev/null ;;
		directory) mkdir rootfs/dev/null ;;
		link) ln -s "$HOST/file" rootfs/dev/null ;;
		esac
		echo secret >rootfs/opt/secret
		go
		[[ $output != *=secret* ]] || through "$kind: no mask" || return
		[[ $output != *'=of the host'* ]] || through "$kind: the host's" || return
		[ "$status" -eq 0 ] || stopped '/dev/null' || return
	done
}

@test "a mask is a link of the image to a file of the host" {
	ln -s "$HOST/file" rootfs/opt/mask
	ln -s "../../../../../../../../../../../..$HOST" rootfs/opt/ro
	cfg '.linux.maskedPaths += ["/opt/mask"] | .linux.readonlyPaths += ["/opt/ro"]'
	args /probe climb
	go
	[ "$status" -ne 0 ] || want climb=inside
	[ "$(cat "$HOST/file")" = 'of the host' ] || through 'the host sees the mask'
}

# Whether the container can write to the tree of cgroups, which is the host's
tree_writable() {
	args /bin/sh -c 'mkdir /sys/fs/cgroup/attack && rmdir /sys/fs/cgroup/attack &&
		echo made
		for file in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
			(: >>"$file") 2>/dev/null && echo "writable: $file"
		done
		echo end'
	go
	[[ $output != *made* && $output != *writable:* ]] ||
		through 'a writable tree of cgroups' || return
	[ "$status" -ne 0 ] || want end
}

@test "without a cgroup namespace the tree is read-only (CVE-2023-25809)" {
	namespace_drop cgroup
	cfg '(.mounts[] | select(.destination == "/sys/fs/cgroup") | .options) |= ["ro"]'
	tree_writable
}

@test "nor can it be written where /sys is the host's (CVE-2023-25809)" {
	namespace_drop cgroup
	namespace_drop network
	mount_drop /sys /sys/fs/cgroup
	cfg 'del(.linux.sysctl)'
	mount_add sysfs sysfs /sys nosuid noexec nodev ro
	tree_writable
	mount_add cgroup cgroup /sys/fs/cgroup ro
	tree_writable
}
