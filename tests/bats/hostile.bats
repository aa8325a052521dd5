#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What no container may do to the host, whatever its image and its document say: take
# mounts away, get around rules by links, write into the host's namespaces.
# shellcheck disable=SC2016 # jq's variables, and those of sh -c

load ../lib/bundle.bash

hook() { # KIND SHELL-TEXT
	cfg '.hooks[$kind] = [{ path: "/bin/sh", args: ["sh", "-c", $text] }]' \
		--arg kind "$1" --arg text "$2"
}

# --- the host's mounts -----------------------------------------------------------------

# As run, in a mount namespace of its own where all is shared, as systemd leaves a host;
# fails when the mounts there are others afterwards. $AFTER is run before that is checked.
run_shared() { # [OPTION...]
	run unshare --mount --propagation private sh -c '
		mount --make-rshared / || exit 9
		mounts() { cut -d" " -f5 /proc/self/mountinfo | sort; }
		mounts >"$0/shared.before"
		timeout -k 1 20 "$@" </dev/null || exit
		eval "${AFTER:-}"
		mounts | diff "$0/shared.before" - || exit 8
		' "$T" "$ARIL" --root "$STATE" run -b "$B" "$@" "$ID" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
}

propagations='private rprivate slave rslave shared rshared unbindable runbindable'

@test "no word for the root's propagation unmounts the host's mounts" {
	need_root 'needs mounts'
	only_aril 'is not asked for all words'
	run_shared
	for word in $propagations; do
		echo "$word:"
		cfg '.linux.rootfsPropagation = $w' --arg w "$word"
		run_shared
	done
}

@test "nor does it with hooks" {
	need_root 'needs mounts'
	only_aril 'is not asked for all words'
	hook createRuntime true
	for word in $propagations; do
		echo "$word:"
		cfg '.linux.rootfsPropagation = $w' --arg w "$word"
		run_shared
	done
}

@test "nor does it with --no-pivot" {
	need_root 'needs mounts'
	only_aril 'is not asked for all words'
	for word in private slave rshared; do
		echo "$word:"
		cfg '.linux.rootfsPropagation = $w' --arg w "$word"
		run_shared --no-pivot
	done
}

@test "what a container mounts in a shared bind does appear on the host" {
	need_root 'needs mounts'
	only_aril 'cannot start with a shared root'
	mkdir -p "$HOST/in"
	bind "$HOST" /vol rbind rshared
	cfg '.linux.rootfsPropagation = "rshared"
		| .process.capabilities |= map_values(["CAP_SYS_ADMIN"])
		| del(.linux.seccomp)'
	args /bin/busybox mount -t tmpfs none /vol/in
	AFTER='umount "$0/host/in" || exit 7' run_shared
}

# --- links of the image ----------------------------------------------------------------

# A volume on a path of the image that is a link
@test "a link leads a mount over or into /proc, /sys, /dev or over the root" {
	only_aril 'lets them'
	local to
	for to in /proc /proc/sys /proc/self /sys /sys/kernel /dev /dev/sub / /opt/..; do
		ln -sfn "$to" rootfs/data
		bind "$HOST" /data rbind
		create_refused 'mounts[' '/data' 'a link of the image leads /data to'
		cfg '.mounts[-1] = { destination: "/data/", type: "tmpfs", source: "t" }'
		create_refused 'mounts[' '/data' 'a link of the image leads /data to'
		cfg '.mounts |= .[:-1]'
		host_untouched
	done
}

@test "a link leads a mount below /proc and /sys" {
	only_aril 'lets them'
	ln -sfn /proc rootfs/data
	bind "$HOST" /data/sys/kernel
	create_refused 'a link of the image leads /data/sys/kernel to a proc file system'
	ln -sfn /sys rootfs/data
	cfg '.mounts[-1].destination = "/data/kernel"'
	create_refused 'a link of the image leads /data/kernel to a sysfs'
	host_untouched
}

@test "a link leads a remount to /proc" {
	only_aril 'lets it'
	ln -sfn /proc rootfs/data
	cfg '.mounts += [{ destination: "/data", options: ["remount", "rw"] }]'
	create_refused 'a link of the image leads /data to a proc file system'
}

@test "the image's /proc is a link: the host's /proc is not bound elsewhere" {
	only_aril 'is of before the fix'
	rm -rf rootfs/proc
	mkdir rootfs/elsewhere
	ln -s elsewhere rootfs/proc
	mount_drop /proc
	mount_add bind /proc /proc rbind
	create_refused 'mounts[' '/proc' ELOOP
}

@test "other links of an image are as good as directories" {
	mkdir -p rootfs/run rootfs/var rootfs/mnt
	ln -s ../run rootfs/var/run
	ln -s /dev/shm rootfs/run.shm
	bind "$HOST" /var/run/volume ro
	mount_add tmpfs tmpfs /run.shm size=64k
	probe read /run/volume/file , mount /run/volume , statfs /dev/shm
	want '/run/volume/file=of the host' mounted=1
	want_like 'statfs=64 .*'
}

@test "a link leads a device into a volume" {
	need_root 'a user namespace cannot make devices'
	only_aril 'lets it'
	bind "$HOST" /vol
	ln -s /vol rootfs/opt/link
	cfg '.linux.devices = [{ type: "c", path: "/opt/link/node", major: 1, minor: 3 }]'
	create_refused 'a link of the image leads /opt/link/node to a mount'
	host_untouched
	mkdir rootfs/opt/real
	ln -sfn real rootfs/opt/link
	probe stat /opt/real/node
	want_like '/opt/real/node=c 1:3 .*'
}

@test "an overlay's directories are not looked up in the image" {
	only_aril 'is not asked for it'
	mkdir "$T/upper" "$T/work"
	for dirs in "lowerdir=etc" "lowerdir=$T:etc" "lowerdir=$T\\::etc" lowerdir= \
		"lowerdir=:$T"; do
		mount_add overlay overlay /ov "$dirs" "upperdir=$T/upper" \
			"workdir=$T/work"
		create_refused 'mounts[' '/ov' 'must be an absolute path'
		cfg '.mounts |= .[:-1]'
	done
	mount_add overlay overlay /ov "lowerdir=$T" upperdir=upper "workdir=$T/work"
	create_refused 'option "upperdir=upper"'
}

@test "/etc/passwd of the image is not opened when it is no file" {
	only_aril 'opens it'
	local writer
	cfg '.process.env = ["PATH=/bin"]'
	rm -f rootfs/etc/passwd
	mkfifo rootfs/etc/passwd
	# it waits until somebody opens the other end
	sh -c 'exec 9>rootfs/etc/passwd' 3>&- &
	writer=$!
	children+=("$writer")
	until grep -q '^State:.*S' "/proc/$writer/status"; do :; done
	probe env
	want_like 'env.*HOME=/'
	run "$ARIL_PROBE" wait-pid "$writer" 300
	[ "$status" -ne 0 ]
	kill -KILL "$writer"
	wait "$writer" || true
}

# --- the host's namespaces -------------------------------------------------------------

host_namespace() { # TYPE FILE WHAT
	local path
	for path in "/proc/self/ns/$2" "/proc/1/ns/$2"; do
		namespace_path "$1" "$path"
		create_refused "$3" "the $1 namespace $path is the host's"
	done
}

@test "a namespace by path is the host's: nothing is written in it" {
	need_root 'needs privileges'
	only_aril 'is not asked for all of it'
	local forward
	# values that change nothing, should it be written all the same
	forward=$(cat /proc/sys/net/ipv4/ip_forward)
	cp config.json plain.json
	cfg '.linux.sysctl = { "net.ipv4.ip_forward": $v }' --arg v "$forward"
	host_namespace network net linux.sysctl.net.ipv4.ip_forward
	cp plain.json config.json
	cfg '.linux.sysctl = { "kernel.shmmni": $v }' \
		--arg v "$(cat /proc/sys/kernel/shmmni)"
	host_namespace ipc ipc linux.sysctl.kernel.shmmni
	cp plain.json config.json
	cfg '.hostname = $v' --arg v "$(uname -n)"
	host_namespace uts uts hostname
	cp plain.json config.json
	mount_drop /sys/fs/cgroup
	mount_add cgroup cgroup /sys/fs/cgroup ro
	host_namespace cgroup cgroup 'mounts['
}

@test "the host's mount namespace by path is refused" {
	need_root 'needs privileges'
	only_aril 'is not asked for it'
	host_namespace mount mnt mounts
}

@test "a namespace of the host that nothing is written in may be given by path" {
	need_root 'needs privileges'
	namespace_path network /proc/self/ns/net
	cfg 'del(.linux.sysctl)'
	probe ns
	[ "$(value ns.net)" = "$(readlink /proc/self/ns/net)" ]
}

# --- devices, files, keys, words -------------------------------------------------------

@test "device rules are not left out where there is no cgroup to hold them" {
	need_root 'a user namespace cannot make devices'
	only_aril 'is not asked for it'
	local without=(--log-level=warning --cgroup-manager=disabled run -b "$B" "$ID")
	cfg '.linux.resources.devices = [{ allow: false, access: "rwm" }]'
	local cap
	for cap in MKNOD SYS_ADMIN; do
		cfg ".process.capabilities.bounding += [\"CAP_$cap\"]"
		run aril "${without[@]}" </dev/null
		refused 'linux.resources.devices' 'no cgroup of its own' '"allow": true'
		cfg ".process.capabilities.bounding -= [\"CAP_$cap\"]"
	done
	cfg '.linux.resources.devices += [{ allow: true, access: "rwm" }]'
	run aril "${without[@]}" </dev/null
	[ "$status" -eq 0 ]
	[[ $output != *devices* ]]
	cfg 'del(.linux.resources)'
	run aril "${without[@]}" </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *'the container may use every device'* ]]
}

@test "without a cgroup device rules hold where no node can be made: by nodev" {
	need_root 'a user namespace cannot make devices'
	only_aril 'refuses, or leaves the rules out'
	local without=(--log-level=warning --cgroup-manager=disabled run -b "$B" "$ID")
	mkdir "$T/volume"
	mknod "$T/volume/null" c 1 3
	cp -a "$T/volume/null" "$B/rootfs/null"
	cfg '.process.capabilities[] -= ["CAP_MKNOD", "CAP_SYS_ADMIN"]
		| .linux.resources.devices = [{ allow: false, access: "rwm" },
			{ allow: true, type: "c", major: 1, minor: 5 }]
		| .linux.devices = [{ path: "/dev/five", type: "c", major: 1, minor: 5 }]
		| .mounts += [{ destination: "/volume", type: "bind",
			source: "'"$T"'/volume", options: ["rbind", "dev"] }]'
	args /bin/sh -c 'echo >/dev/null && echo dev; head -c 1 /dev/five | wc -c
		(: >/null) 2>/dev/null || echo root
		(: >/volume/null) 2>/dev/null || echo bind
		mknod /dev/more c 1 3 2>/dev/null || echo node'
	run aril "${without[@]}" </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *'held by nodev mounts'* ]]
	[[ $output == *dev*1*root*bind*node* ]]
	cfg '.linux.devices[0].minor = 7'
	run aril "${without[@]}" </dev/null
	refused 'linux.resources.devices' 'no cgroup of its own'
	local more
	cfg '.linux.devices = []'
	cp "$B/config.json" "$T/good.json"
	for more in '.linux.rootfsPropagation = "rslave"' \
		'.linux.rootfsPropagation = "private"' \
		'.linux.resources.devices += [{ allow: false, type: "", access: "rwm" }]
			| .linux.devices = [{ path: "/dev/five", type: "c", major: 1,
				minor: 5 }]' \
		'.mounts[-1].source = ("../" * 16 + "proc")' '.root.path = "/"' \
		'.mounts[-1].options += ["rslave"]' \
		'.mounts |= map(if .type == "tmpfs" then .options += ["tmpcopyup"]
			else . end)' \
		'.linux.namespaces |= map(select(.type != "pid"))' \
		'.mounts[-1].source = "/proc/../proc/1"' '.mounts[-1].source = "//"'; do
		cfg "$more"
		run aril --log-level=error "${without[@]:1}" </dev/null
		refused 'linux.resources.devices' 'no cgroup of its own'
		cp "$T/good.json" "$B/config.json"
	done
	cfg '.mounts |= map(if .destination == "/dev" then
			.type = "bind" | .source = "/dev" | .options = ["bind"]
			else . end)'
	run aril "${without[@]}" </dev/null
	refused 'linux.resources.devices' 'no cgroup of its own'
}

@test "where nodev holds the device rules no exec makes a node, and no mount brings one" {
	need_root 'a user namespace cannot make devices'
	only_aril 'refuses, or leaves the rules out'
	mkdir "$T/volume" "$B/rootfs/late"
	mknod "$T/volume/null" c 1 3
	cfg '.process.capabilities[] -= ["CAP_MKNOD", "CAP_SYS_ADMIN"]
		| .linux.resources.devices = [{ allow: false, access: "rwm" }]'
	args /probe pause
	aril --cgroup-manager=disabled create -b "$B" "$ID" </dev/null >/dev/null
	aril start "$ID"
	local cap
	for cap in MKNOD SYS_ADMIN; do
		run aril exec --cap "CAP_$cap" "$ID" /bin/true
		[ "$status" -eq 255 ]
		[[ $output == *'CAP_MKNOD, CAP_SYS_ADMIN: the container has no cgroup'* ]]
	done
	aril exec "$ID" /bin/true
	aril mounts add "$ID" - <<-EOF
		[{ "destination": "/late", "type": "bind", "source": "$T/volume",
			"options": ["bind", "dev"] }]
	EOF
	aril exec "$ID" /bin/sh -c 'test -c /late/null'
	run aril exec "$ID" /bin/sh -c ': >/late/null'
	[ "$status" -ne 0 ]
	aril delete --force "$ID"
}

@test "files of the host that are lent as standard files keep their owner" {
	need_root 'needs another user'
	is_aril || skip 'gives them to the user'
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	args /bin/cat
	aril run -b "$B" "$ID" <"$HOST/file" >"$T/out" 2>"$T/err"
	grep -qx 'of the host' "$T/out"
	[ "$(stat -c %u "$HOST/file" "$T/out" "$T/err" | sort -u)" = 0 ]
}

@test "pipes are given to the user, who can open them again" {
	need_root 'needs another user'
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	probe write /dev/stdout ''
	want write./dev/stdout=ok
}

@test "the session keyring is new, and nobody can join it" {
	[ -r /proc/keys ] || skip 'this kernel has no keys'
	only_aril 'names it'
	cfg 'del(.linux.maskedPaths)'
	args /bin/cat /proc/keys
	go
	[ "$status" -eq 0 ]
	grep -E ' 3f030000 +[0-9]+ +-?[0-9]+ keyring +_ses: ' <<<"$output"
	run ! grep -F "_ses.$ID" <<<"$output"
}

@test "what a hook says does not command the terminal" {
	only_aril 'is not asked for it'
	hook createRuntime 'printf "a\033[2Jb\007\177c" >&2; exit 1'
	create_refused 'a [2Jb  c'
	[[ $output != *[$'\x01'-$'\x09\x0b'-$'\x1f\x7f']* ]]
}
