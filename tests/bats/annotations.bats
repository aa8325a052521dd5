#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Annotations that engines set for crun: applied, refused or ignored. Those about a
# pidfd are in pidfd.bats, those about cgroups and units in the files about these.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'others refuse nothing'
}

@test "what cannot be had is refused by name, with the reason" {
	local name
	for name in run.oci.handler run.oci.systemd.force_cgroup_v1 \
		run.oci.seccomp.plugins; do
		cfg '.annotations = {}'
		annotate "$name" something
		create
		refused "annotations.$name" something
	done
}

@test "what is about parts that aril does not have is ignored" {
	local name
	for name in krun.cpus module.wasm.image/variant org.example.mine run.oci.unknown \
		io.kubernetes.cri.container-type; do
		annotate "$name" 1
	done
	probe say hello
	want hello
}

# As the runtime's caller with these groups
with_groups() { # GROUP,GROUP... COMMAND...
	setpriv --groups "$1" "${@:2}"
}

@test "run.oci.keep_original_groups: the caller's groups stay" {
	need_root 'only root can have groups that are not its own'
	annotate run.oci.keep_original_groups 1
	args /probe status
	run with_groups 4242,4243 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	[ "$status" -eq 0 ]
	want 'Groups=4242 4243'
	annotate run.oci.keep_original_groups 0
	run with_groups 4242,4243 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	want Groups=
	cfg '.annotations = {}'
	run with_groups 4242,4243 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	want Groups=
}

@test "keep_original_groups: a file of a group without a number in the container" {
	need_root 'only root can have groups that are not its own'
	bare
	touch "$B/rootfs/file"
	find "$B/rootfs" -type d -exec chown 100000:100000 {} +
	chown root:4242 "$HOST/file"
	chmod 640 "$HOST/file"
	bind "$HOST/file" /file
	cfg '.linux.namespaces += [{ type: "user" }] | .process.user = { uid: 5, gid: 5 }
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }]
		| .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$T" "$HOST" "$B"
	args /probe status , read /file
	run with_groups 4242 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	echo "$output"
	want /file=EACCES
	annotate run.oci.keep_original_groups 1
	run with_groups 4242 "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null
	echo "$output"
	want '/file=of the host' Groups=65534
	args /probe pause
	created
	start
	run with_groups 4242 "$ARIL" --root "$STATE" exec "$ID" /probe read /file \
		</dev/null
	want '/file=of the host'
}

@test "keep_original_groups wants 1 or 0" {
	annotate run.oci.keep_original_groups maybe
	create
	refused 'annotations.run.oci.keep_original_groups: "maybe" is neither 1 nor 0'
}

@test "keep_original_groups for ordinary users: setgroups is not called" {
	annotate run.oci.keep_original_groups 1
	cfg 'del(.process.user.additionalGids)
		| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW" }'
	probe status
	want_like 'Groups=.*'
}

# A hook of each kind that says its name on stdout, and on stderr
talking_hooks() {
	local kind
	for kind in prestart createRuntime createContainer startContainer poststart \
		poststop; do
		cfg '.hooks[$k] = [{ path: "/bin/sh", args: ["sh", "-c",
			"echo out-" + $k + "; echo err-" + $k + " >&2"] }]' \
			--arg k "$kind"
	done
}
all_kinds=$'prestart\ncreateRuntime\ncreateContainer\nstartContainer\n'
all_kinds+=$'poststart\npoststop'

@test "run.oci.hooks.stdout and stderr: what hooks print is appended to files" {
	talking_hooks
	annotate run.oci.hooks.stdout "$HOST/out"
	annotate run.oci.hooks.stderr "$HOST/err"
	echo before >"$HOST/out"
	args /probe fds
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ended
	# nothing of that reaches the program
	[ "$(grep -c '^fd\.' "$T/out")" -eq 3 ]
	aril delete "$ID"
	[ "$(cat "$HOST/out")" = "before
$(sed s/^/out-/ <<<"$all_kinds")" ]
	[ "$(cat "$HOST/err")" = "$(sed s/^/err-/ <<<"$all_kinds")" ]
	go
	[ "$status" -eq 0 ]
	[ "$(wc -l <"$HOST/out")" -eq 13 ]
	[ "$(wc -l <"$HOST/err")" -eq 12 ]
	rm "$HOST/out" "$HOST/err"
}

@test "run.oci.hooks.stdout: who writes to a fifo waits for its reader" {
	need dd
	mkfifo "$HOST/fifo"
	annotate run.oci.hooks.stdout "$HOST/fifo"
	# in one piece more than a pipe holds
	cfg '.hooks.createRuntime = [{ path: "/bin/sh", args: ["sh", "-c",
		"exec dd if=/dev/zero bs=300000 count=1 2>/dev/null"], env: [$path] }]' \
		--arg path "PATH=$PATH"
	args /probe fds
	exec 8<>"$HOST/fifo"
	aril run -b "$B" "$ID" </dev/null >"$T/said" 2>&1 3>&- 8>&- &
	children+=("$!")
	# once it is full
	timeout 10 head -c 1 <&8 >"$T/first"
	[ "$(timeout 10 head -c 299999 <&8 | wc -c)" -eq 299999 ]
	exec 8>&-
	wait "$!"
	rm "$HOST/fifo"
}

@test "only run.oci.hooks.stderr: the other one is shown when a hook fails" {
	annotate run.oci.hooks.stderr "$HOST/err"
	cfg '.hooks.createContainer = [{ path: "/bin/sh",
		args: ["sh", "-c", "echo shown; echo kept >&2; exit 3"] }]'
	create
	refused 'error running createContainer hook #0: exit status 3, stdout: shown'
	[[ $output != *kept* ]]
	[ "$(cat "$HOST/err")" = kept ]
	rm "$HOST/err"
}

@test "a file for hooks that cannot be opened is an error, and nothing is left" {
	local kind
	for kind in createRuntime createContainer startContainer; do
		cfg '.hooks = { ($k): [{ path: "/bin/true" }] }' --arg k "$kind"
		annotate run.oci.hooks.stdout "$HOST/no/out"
		create
		refused "annotations.run.oci.hooks.stdout: open $HOST/no/out: ENOENT"
	done
	annotate run.oci.hooks.stdout relative
	create
	refused annotations.run.oci.hooks.stdout absolute
	mkfifo "$HOST/fifo"
	annotate run.oci.hooks.stdout "$HOST/fifo"
	create
	refused "annotations.run.oci.hooks.stdout: open $HOST/fifo: ENXIO"
	rm "$HOST/fifo"
}

@test "features lists those that an engine must not pass on from an image" {
	output=$("$ARIL" features | jq -r '.potentiallyUnsafeConfigAnnotations[]')
	want run.oci.pidfd_receiver run.oci.handler org.systemd.property.
	want_none 'krun.*'
}

@test "aril.root and aril.file: a root in memory, with these files and no others" {
	annotate aril.root tmpfs
	annotate aril.file./etc/motd hello
	annotate aril.file./a/b/c ''
	bind "$ARIL_PROBE" /probe ro
	probe read /etc/motd , stat /a/b/c , mounts , stat /etc/passwd
	want /etc/motd=hello '/a/b/c=- 0644 0:0'
	want_like 'mount./=tmpfs .*'
	[[ $output == *'/etc/passwd=ENOENT'* ]]
	cfg '.root.readonly = true | .annotations["aril.root"] = "tmpfs:mode=711,size=4k"'
	probe stat / , create /x
	want '/=d 0711 0:0'
	[[ $output == *EROFS* ]]
	[ ! -e "$B/rootfs/a" ]
}

@test "aril.root and the others: mistakes" {
	annotate aril.root ramfs
	create
	refused annotations.aril.root ramfs
	cfg '.annotations = {}'
	annotate aril.file./x text
	create
	refused 'annotations.aril.file./x' 'aril.root'
	annotate aril.root tmpfs
	annotate aril.file.relative text
	create
	refused annotations.aril.file.relative 'not absolute'
	cfg '.annotations = {}'
	annotate aril.root tmpfs:nonsense=1
	create
	refused 'mount tmpfs' nonsense
	cfg '.annotations = {}'
	annotate aril.init 1
	namespace_drop pid
	create
	refused annotations.aril.init PID
	annotate aril.init perhaps
	create
	refused annotations.aril.init perhaps
}

@test "aril.init: the program is the child of a first process" {
	annotate aril.init 1
	probe process , exit 7 || [ "$status" -eq 7 ]
	want pid=2 ppid=1
	args /probe kill 15
	go
	[ "$status" -eq 143 ]
	# a container that is only started lives on without its runtime
	running
	[ "$(status_of)" = running ]
	aril exec "$ID" /probe say hello | grep -qx hello
	aril kill "$ID" KILL
	ended
}
