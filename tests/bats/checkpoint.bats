#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# checkpoint and restore: a counter that loses and repeats no number, whatever the
# container has; and that nothing is left when either fails.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # jq's variables; tests are subshells

load ../lib/bundle.bash
load ../lib/checkpoint.bash

@test "a counter loses and repeats no number" {
	need_criu
	counting
	counts
	there_and_back
	[ "$(aril state "$ID" | jq .pid)" -eq "$(pid)" ]
	run aril exec "$ID" /probe process </dev/null
	[ "$status" -eq 0 ]
	aril pause "$ID"
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	goes_on
	aril kill "$ID" KILL
	ended
	complete
}

@test "a container can be saved and restored again and again" {
	need_criu
	counting
	counts
	for round in 1 2 3; do
		IMAGES=$T/images-$round
		there_and_back
	done
}

@test "restore in the foreground ends with the container's status, and deletes it" {
	need_criu
	bind "$T/tell" /tell rw
	args /probe trap 15 7 /tell/ready
	created
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
	aril restore -b "$B" --image-path "$IMAGES" --pid-file "$T/pid" "$ID" </dev/null \
		>"$T/out" 2>"$T/err" 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/pid" 10000
	until [ "$(status_of)" = running ]; do
		sleep 0.01
	done
	aril kill "$ID" TERM
	status=0
	wait "${children[0]}" || status=$?
	cat "$T/err"
	[ "$status" -eq 7 ]
	[ -z "$(aril list -q)" ]
}

@test "a container that was made with NOTIFY_SOCKET" {
	need_criu
	counting
	NOTIFY_SOCKET=$T/manager created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	goes_on
	export NOTIFY_SOCKET=$T/manager
	there_and_back
}

@test "--leave-running: the container runs on" {
	need_criu
	counting
	counts
	checkpoint --leave-running
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
	[ -s "$IMAGES/inventory.img" ]
	goes_on
	complete
}

@test "logs are in --work-path, or with the images" {
	need_criu
	counting
	counts
	checkpoint --leave-running --work-path "$T/work"
	[ "$status" -eq 0 ]
	[ -s "$T/work/dump.log" ]
	[ ! -e "$IMAGES/dump.log" ]
	checkpoint
	[ "$status" -eq 0 ]
	[ -s "$IMAGES/dump.log" ]
	aril delete "$ID"
	restore --work-path "$T/work"
	[ "$status" -eq 0 ]
	[ -s "$T/work/restore.log" ]
	goes_on
	complete
}

@test "--pre-dump saves memory while it runs, --parent-path takes it from there" {
	need_criu
	grep -q 'mem_dirty_track.*true' "$T/check" ||
		criu check --feature mem_dirty_track >/dev/null 2>&1 ||
		skip 'this kernel has no dirty page tracking'
	counting
	counts
	checkpoint --pre-dump
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
	mv "$IMAGES" "$T/before"
	goes_on
	checkpoint --parent-path ../before
	[ "$status" -eq 0 ]
	[ -L "$IMAGES/parent" ]
	aril delete "$ID"
	restore
	[ "$status" -eq 0 ]
	goes_on
	complete
}

@test "--pre-dump where pages cannot be tracked says so, and the container runs on" {
	need_criu
	! criu check --feature mem_dirty_track >/dev/null 2>&1 ||
		skip 'this kernel has dirty page tracking'
	counting
	counts
	checkpoint --pre-dump
	fails '--pre-dump' 'cannot do it'
	goes_on
}

# A container with a terminal is images only
terminal_saved() { # [WORD]
	cfg '.process.terminal = true'
	counting "$@"
	"$ARIL_PROBE" console "$T/first" "$T/listening" 5000 >"$T/console" 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/listening" 5000
	counts --console-socket "$T/first"
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
}

@test "a terminal is made anew and goes to the console socket" {
	need_criu
	terminal_saved say
	"$ARIL_PROBE" console "$T/second" "$T/again" 10000 >"$T/console2" 2>&1 3>&- &
	receiver=$!
	children+=("$receiver")
	"$ARIL_PROBE" wait-file "$T/again" 5000
	restore --console-socket "$T/second"
	[ "$status" -eq 0 ]
	goes_on
	complete
	aril kill "$ID" KILL
	wait "$receiver"
	output=$(tr -d '\r' <"$T/console2")
	want fds=1 master=ok message=/dev/ptmx
	want_like 'n=[0-9]+'
}

@test "a terminal without a console socket cannot be restored detached" {
	need_criu
	terminal_saved
	restore
	refused 'console socket'
}

@test "a terminal is copied by a restore in the foreground of one" {
	need_criu
	terminal_saved say
	on_terminal 20 60 restore -b "$B" --image-path "$IMAGES" "$ID" </dev/null \
		>"$T/seen" 2>&1 3>&- &
	children+=($!)
	until grep -q 'n=' "$T/seen"; do
		kill -0 "${children[1]}"
		sleep 0.01
	done
	goes_on
	aril kill "$ID" KILL
	status=0
	wait "${children[1]}" || status=$?
	[ "$status" -eq 137 ]
	[ -z "$(aril list -q)" ]
	complete
}

@test "loopback is up again, and --tcp-established keeps a connection" {
	need_criu
	counting tcp
	counts
	checkpoint
	fails 'checkpoint: criu: '
	[ "$(status_of)" = running ]
	goes_on
	checkpoint --tcp-established
	[[ $output != *"Can't get 1:16 opt"* ]] ||
		skip 'this criu does not know the sockets of this kernel'
	[ "$status" -eq 0 ]
	aril delete "$ID"
	restore --tcp-established
	[ "$status" -eq 0 ]
	goes_on
	complete
}

@test "the limits of the cgroup are in force again" {
	need_criu
	[ -n "$(cgroup_tree)" ] || skip 'there is no cgroup2 tree'
	grep -qw pids "$(cgroup_tree)/cgroup.controllers" ||
		skip 'the pids controller is not in the cgroup2 tree'
	cfg '.linux.resources.pids = { limit: 7 }'
	counting
	counts
	there_and_back
	dir=$(cgroup_tree)$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")
	[ "$(cat "$dir/pids.max")" = 7 ]
	[ "$dir" = "$(cgroup_tree)$(aril state "$ID" | jq -r .cgroupPath)" ]
	want_pid=$(pid)
	grep -qx "$want_pid" "$dir/cgroup.procs"
}

@test "--page-server takes the memory" {
	need_criu
	mkdir "$T/served"
	criu page-server --images-dir "$T/served" --address 127.0.0.1 --port 27017 \
		--status-fd 7 7>"$T/serving" >"$T/server" 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/serving" 1000
	there -s "$T/serving"
	counting
	counts
	checkpoint --page-server 127.0.0.1:27017
	[ "$status" -eq 0 ]
	wait "${children[0]}"
	# shellcheck disable=SC2144 # one is enough
	[ ! -e "$IMAGES"/pages-1.img ]
	cp "$T"/served/*.img "$IMAGES"
	aril delete "$ID"
	restore
	[ "$status" -eq 0 ]
	goes_on
	complete
}

# A checkpoint that waits for who asks for pages
serves_pages() {
	counting
	counts
	raw checkpoint --image-path "$IMAGES" --lazy-pages --page-server 127.0.0.1:27018 \
		--status-fd 7 "$ID" 7>"$T/serving" >"$T/lazy" 2>&1 </dev/null 3>&- &
	children+=($!)
	there -s "$T/serving"
}

@test "--lazy-pages: --status-fd is told when pages can be asked for" {
	need_lazy
	serves_pages
	# somebody who wants no page
	exec 8<>/dev/tcp/127.0.0.1/27018
	exec 8>&-
	wait "${children[0]}"
	[ "$(status_of)" = stopped ]
	complete
}

@test "--lazy-pages: a container goes on before its memory is there" {
	need_lazy
	serves_pages
	criu lazy-pages --images-dir "$IMAGES" --page-server --address 127.0.0.1 \
		--port 27018 >"$T/daemon" 2>&1 3>&- 7>&- &
	children+=($!)
	there -S "$IMAGES/lazy-pages.socket"
	first=$ID ID=$ID-2
	restore --lazy-pages
	! grep -q 'splice: -1: Bad file' "$IMAGES/dump.log" ||
		skip 'this criu cannot send pages on this kernel'
	[ "$status" -eq 0 ]
	wait "${children[@]}"
	[ "$(status_of "$first")" = stopped ]
	goes_on
	complete
}

@test "a network namespace by path is joined again" {
	need_criu
	unshare --net sh -c 'exec sleep 60' 3>&- >/dev/null 2>&1 &
	children+=($!)
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.01
	done
	namespace_path network "/proc/$!/ns/net"
	counting
	counts
	there_and_back
	[ "/proc/$(pid)/ns/net" -ef "/proc/${children[0]}/ns/net" ]
}

@test "hooks of create run again, and see the new pid" {
	need_criu
	cfg '.hooks = { createRuntime: [{ path: "/bin/sh",
			args: ["sh", "-c", "cat >>\($t)/created"] }],
		poststart: [{ path: "/bin/sh",
			args: ["sh", "-c", "cat >>\($t)/begun"] }] }' --arg t "$T"
	counting
	counts
	there_and_back
	[ "$(jq -s 'length' "$T/created")" -eq 2 ]
	[ "$(jq -s '.[1].pid' "$T/created")" -eq "$(pid)" ]
	[ "$(jq -rs '.[1].status' "$T/begun")" = running ]
}

@test "a hook that fails ends the restore, and nothing is left" {
	need_criu
	saved
	cfg '.hooks = { createRuntime: [{ path: "/bin/false" }] }'
	restore
	refused 'createRuntime hook #0'
}

@test "org.criu.config names a file of settings for criu" {
	need_criu
	echo 'leave-running' >"$T/criu.conf"
	cfg '.annotations["org.criu.config"] = $p' --arg p "$T/criu.conf"
	counting
	counts
	checkpoint
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
	goes_on
	complete
}

@test "broken images: restore says what criu says, and leaves nothing" {
	need_criu
	saved
	rm "$IMAGES"/mm-1.img
	restore
	refused 'restore: criu: ' "see $IMAGES/restore.log"
}

@test "restore that fails behind its pid file takes it away" {
	need_criu
	saved
	cfg '.hooks.poststart = [{ path: "/bin/false" }]'
	rm "$T/pid"
	restore
	[ "$status" -ne 0 ]
	[ ! -e "$T/pid" ]
	nothing_left
}

@test "restore with an id that is in use changes nothing" {
	need_criu
	counting
	counts
	checkpoint --leave-running
	[ "$status" -eq 0 ]
	restore
	fails 'container with given ID already exists'
	goes_on
	complete
}

# --- without criu ----------------------------------------------------------------------

@test "without criu both say which package is missing" {
	need_root 'checkpoints need root'
	counting
	counts
	mkdir "$T/empty" "$IMAGES"
	# where criu is installed, a device covers it
	# shellcheck disable=SC2016 # the inner shell's
	hidden='for f in /usr/sbin/criu /usr/bin/criu /usr/local/*bin/criu; do
			[ ! -e $f ] || mount --bind /dev/null $f || exit 99
		done
		PATH=$1; shift; exec "$@"'
	for verb in "checkpoint $ID" "restore -d -b $B $ID-2"; do
		# shellcheck disable=SC2086 # words
		run unshare --mount sh -c "$hidden" sh "$T/empty" "$ARIL" \
			--root "$STATE" ${verb%% *} --image-path "$IMAGES" ${verb#* } \
			</dev/null
		echo "$output"
		fails 'criu is not installed' 'package criu'
	done
	[ "$(status_of)" = running ]
	[ "$(aril list -q)" = "$ID" ]
	goes_on
}

@test "a criu that is too old is refused by both" {
	need_root 'checkpoints need root'
	counting
	counts
	mkdir "$IMAGES"
	fake_criu 3 12
	checkpoint
	fails "$T/fake/criu is version 3.12" 'too old' '3.17 or later'
	goes_on
	ID=$ID-2 restore
	fails 'too old'
	[ "$(aril list -q)" = "$ID" ]
}

@test "a criu that ends half-way: the container runs on, a restore leaves nothing" {
	need_root 'checkpoints need root'
	counting
	counts
	mkdir "$IMAGES"
	fake_criu 4 1 "$read_one; exit 3"
	checkpoint
	fails 'ended with status 3'
	[ "$(status_of)" = running ]
	goes_on
	aril delete -f "$ID"
	restore
	refused 'ended with status 3'
}

@test "a criu that speaks nonsense is an error" {
	need_root 'checkpoints need root'
	counting
	counts
	mkdir "$IMAGES"
	printf '%s\n' '#!/bin/sh' "$read_one" 'printf "\377\377" >&3' >"$T/fake/criu"
	chmod 755 "$T/fake/criu"
	PATH=$T/fake:$PATH checkpoint
	fails "read criu's answer"
	goes_on
}

@test "links of others where criu is to write are refused" {
	need_root 'checkpoints need root'
	counting
	counts
	fake_criu 4 1 'touch "$0.ran"'
	mkdir "$IMAGES" "$T/work"
	echo precious >"$T/precious"
	ln -s "$T/precious" "$IMAGES/dump.log"
	chown -h 1000 "$IMAGES/dump.log"
	checkpoint
	fails '--image-path' EPERM 'dump.log must belong to root'
	rm "$IMAGES/dump.log"
	ln -s "$T/precious" "$T/work/dump.log"
	chown -h 1000 "$T/work/dump.log"
	checkpoint --work-path "$T/work"
	fails '--work-path' EPERM 'dump.log must belong to root'
	rm "$T/work/dump.log"
	[ "$(cat "$T/precious")" = precious ]
	[ ! -e "$T/fake/criu.ran" ]
	goes_on
	# what an engine keeps there does no harm
	mkdir -m 1777 "$T/work/shm"
	mkfifo -m 666 "$T/work/ctl"
	touch "$T/work/hostname"
	chown 1000 "$T/work/hostname" "$T/work/shm"
	checkpoint --work-path "$T/work"
	[ -e "$T/fake/criu.ran" ]
}

@test "directories in which others may write are refused, and criu is not run" {
	need_root 'checkpoints need root'
	counting
	counts
	fake_criu 4 1 'touch "$0.ran"'
	mkdir "$IMAGES" "$T/work"
	local mode
	for mode in 1000:0:755 0:1000:775 0:0:1777; do
		chown "${mode%:*}" "$IMAGES"
		chmod "${mode##*:}" "$IMAGES"
		checkpoint
		fails '--image-path' EPERM "$IMAGES must belong to root"
		ID=$ID-2 restore
		fails '--image-path' EPERM "$IMAGES must belong to root"
	done
	chown 0:0 "$IMAGES"
	chmod 775 "$IMAGES"
	chmod 777 "$T/work"
	checkpoint --work-path "$T/work"
	fails '--work-path' EPERM "$T/work must belong to root"
	[ ! -e "$T/fake/criu.ran" ]
	[ -z "$(find "$IMAGES" "$T/work" -mindepth 1)" ]
	[ "$(aril list -q)" = "$ID" ]
	goes_on
}

@test "criu has the directories as its files 4 and 5" {
	need_root 'checkpoints need root'
	local dirs='readlink /proc/$$/fd/4 /proc/$$/fd/5 >"$0.dirs"'
	counting
	counts
	fake_criu 4 1 "$dirs"
	checkpoint --work-path "$T/work"
	[ "$(<"$T/fake/criu.dirs")" = "$IMAGES"$'\n'"$T/work" ]
	checkpoint
	[ "$(<"$T/fake/criu.dirs")" = "$IMAGES"$'\n'"$IMAGES" ]
	rm "$T/fake/criu.dirs"
	ID=$ID-2 restore --work-path "$T/work"
	[ "$(<"$T/fake/criu.dirs")" = "$IMAGES"$'\n'"$T/work" ]
}

@test "images that are not there" {
	need_root 'checkpoints need root'
	counting
	restore
	refused '--image-path' "open $IMAGES" ENOENT
}

@test "only a container that runs can be saved" {
	args /probe exit 0
	created
	run aril checkpoint --image-path "$IMAGES" "$ID" </dev/null
	fails 'cannot checkpoint a container in the created state'
	run aril checkpoint --image-path "$IMAGES" nobody </dev/null
	fails 'container does not exist'
	[ ! -e "$IMAGES" ]
}

@test "ordinary users are told that it needs root" {
	need_user
	mkdir "$IMAGES"
	running
	checkpoint
	fails 'need root of the host'
	[ "$(status_of)" = running ]
	ID=$ID-2 restore
	fails 'need root of the host'
}

@test "podman's probes" {
	run aril checkpoint --help
	[ "$status" -eq 0 ]
	run aril restore --lsm-mount-context
	[ "$status" -eq 1 ]
	[[ $output == *'requires an argument'* ]]
}

@test "options that cannot be are refused" {
	mkdir "$IMAGES"
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		run aril $words "$ID" </dev/null
		echo "$output"
		fails "$text"
	done <<-END
		restore --lsm-profile foo|is not apparmor:NAME or selinux:LABEL
		restore --lsm-profile selinux:|is not apparmor:NAME or selinux:LABEL
		checkpoint --manage-cgroups-mode hard|soft, full, strict, ignore
		checkpoint --network-lock none|iptables, nftables, skip
		checkpoint --empty-ns pid|only network
		checkpoint --page-server here|ADDRESS:PORT
		checkpoint --page-server here:0|ADDRESS:PORT
		checkpoint --lazy-pages|--page-server
		checkpoint --status-fd 999|--status-fd 999
		restore --no-pivot|pivot_root
		restore --pre-dump|unknown option
	END
}
