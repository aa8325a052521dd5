#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Images and documents that attack the host: links that point outside, a program that is
# the runtime itself, a working directory outside, masks that are links.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	mkdir "$HOST/dev" "$HOST/proc" "$HOST/sys" "$HOST/etc" "$HOST/pts"
	chmod 777 "$HOST" "$HOST"/*
	find "$HOST" -printf '%p %y %m %s\n' | sort >"$T/host.before"
}

# The host's directory is as it was, whatever the container's fate
undo() {
	find "$HOST" -printf '%p %y %m %s\n' | sort | diff "$T/host.before" -
}

# Either refused with nothing left, or contained: then nothing was done to the host
contained() {
	args /probe climb
	go
	if [ "$status" -ne 0 ]; then
		[ "$status" -eq 1 ]
		nothing_left
	else
		want climb=inside
	fi
}

@test "the image's /dev is a link to a directory of the host (CVE-2026-41579)" {
	rm -rf rootfs/dev
	ln -s "$HOST/dev" rootfs/dev
	contained
	mount_drop /dev
	contained
}

@test "the image's /dev is a link upwards" {
	rm -rf rootfs/dev
	ln -s "../../../../../../../../../../..$HOST/dev" rootfs/dev
	contained
	mount_drop /dev
	contained
}

@test "the image's /proc is a link (CVE-2019-19921)" {
	rm -rf rootfs/proc
	mkdir rootfs/etc/proc
	ln -s /etc/proc rootfs/proc
	contained
	rm rootfs/proc
	ln -s "$HOST/proc" rootfs/proc
	contained
	! is_aril || [ "$status" -eq 1 ]
}

@test "the image's /sys is a link" {
	rm -rf rootfs/sys
	ln -s "$HOST/sys" rootfs/sys
	contained
	! is_aril || [ "$status" -eq 1 ]
}

@test "the image's /etc is a link: binds below it" {
	rm -rf rootfs/etc
	ln -s "$HOST/etc" rootfs/etc
	contained
	rm rootfs/etc
	ln -s "../../../../../../../../../..$HOST/etc" rootfs/etc
	contained
}

@test "mount targets that go up or through links" {
	ln -s / rootfs/top
	ln -s "$HOST" rootfs/out
	mount_add tmpfs tmpfs /out/new/dir
	mount_add tmpfs tmpfs "/../../../../../../../..$HOST/up"
	mount_add tmpfs tmpfs "/top/..$HOST/through"
	bind "$T/host/file" /out/file2
	contained
}

@test "a link at the end of a mount's target" {
	ln -s "$HOST/created" rootfs/opt/last
	bind "$B/config.json" /opt/last
	contained
}

@test "a link into the container's /proc as a mount's target" {
	ln -s /proc/self/fd rootfs/opt/fd
	ln -s /proc/1/root/tmp rootfs/opt/root
	mount_add tmpfs tmpfs /opt/fd/x
	contained
	cfg '.mounts |= .[:-1]'
	mount_add tmpfs tmpfs /opt/root/x
	contained
}

@test "masks do not follow the image's /dev/null (CVE-2025-31133)" {
	mount_drop /dev
	mkdir -p rootfs/dev
	rm -rf rootfs/dev/null
	# the real attack takes core_pattern; this is a file that a namespace owns, as
	# runtimes of before the fix do write to it
	ln -s /proc/sys/kernel/hostname rootfs/dev/null
	echo secret >rootfs/opt/secret
	cfg '.linux.maskedPaths += ["/opt/secret"]'
	args /probe stat /opt/secret , read /opt/secret
	not_runc 'is of before the fix'
	go
	if [ "$status" -eq 0 ]; then
		want_like '/opt/secret=c 1:3 .*'
	else
		nothing_left
	fi
}

@test "masked and read-only paths that are links do not leave the container" {
	ln -s "$HOST/file" rootfs/opt/mask
	ln -s "../../../../../../../../../../..$HOST" rootfs/opt/ro
	cfg '.linux.maskedPaths += ["/opt/mask"] | .linux.readonlyPaths += ["/opt/ro"]'
	contained
	echo 'still written' >"$T/written"
	[ "$(cat "$HOST/file")" = 'of the host' ]
}

@test "default devices do not replace what a link of the image points to" {
	mount_drop /dev
	mkdir -p rootfs/dev
	for name in null zero full random urandom tty ptmx fd stdin stdout stderr; do
		ln -sfn "$HOST/file" "rootfs/dev/$name"
	done
	contained
}

@test "linux.devices through links" {
	need_root 'a user namespace cannot make devices'
	ln -s "$HOST" rootfs/opt/out
	cfg '.linux.devices = [{ type: "c", path: "/opt/out/node", major: 1, minor: 3 }]'
	contained
}

@test "a working directory outside, by an open file (CVE-2024-21626)" {
	local n
	args /probe cwd , climb
	exec 7<"$HOST" 8</ 9</etc
	for n in {3..20}; do
		cfg '.process.cwd = "/proc/self/fd/" + $n' --arg n "$n"
		run raw run -b "$B" "$ID" </dev/null 3>&-
		echo "$n: $status $output"
		[ "$status" -eq 1 ]
		aril delete -f "$ID"
	done
	exec 7<&- 8<&- 9<&-
	nothing_left
}

@test "a working directory that is a link to an open file" {
	only_aril 'is of before the fix'
	exec 7<"$HOST"
	for n in 4 7 8 9 10; do
		ln -sfn "/proc/self/fd/$n" rootfs/opt/cwd
		cfg '.process.cwd = "/opt/cwd"'
		args /probe cwd , climb
		run raw run -b "$B" "$ID" </dev/null 3>&-
		[ "$status" -eq 1 ]
	done
	exec 7<&-
}

@test "exec with a working directory of open files" {
	running
	for n in {3..12}; do
		run aril exec --cwd "/proc/self/fd/$n" "$ID" /probe climb , cwd </dev/null
		echo "$n: $status $output"
		# refused, or a directory of the container's
		[ "$status" -ne 0 ] || want climb=inside
		want_none 'cwd=.*unreachable.*'
	done
}

@test "the program is /proc/self/exe (CVE-2019-5736)" {
	local before
	before=$(cksum <"$ARIL")
	args /proc/self/exe
	go
	[ "$(cksum <"$ARIL")" = "$before" ]
	printf '#!/proc/self/exe\n' >rootfs/opt/self
	chmod 755 rootfs/opt/self
	args /opt/self
	go
	[ "$(cksum <"$ARIL")" = "$before" ]
	aril delete -f "$ID"
	nothing_left
}

@test "exec of /proc/self/exe, and pid 1's program is not the runtime's" {
	local before
	before=$(cksum <"$ARIL")
	running
	run aril exec "$ID" /proc/self/exe </dev/null
	run aril exec "$ID" /probe overwrite /proc/1/exe \
		, overwrite /proc/self/exe </dev/null
	echo "$output"
	want_none '.*reopen=ok' || want_none 'overwrite.write=ok'
	[ "$(cksum <"$ARIL")" = "$before" ]
}

@test "an init that waits for start cannot be used to reach the runtime's program" {
	only_aril 'has its own copy'
	args /probe pause
	created --pid-file "$T/pid"
	[[ $(readlink "/proc/$(pid)/exe") != "$ARIL" ]]
	# a sealed file in memory, that nobody can open for writing, not even root
	if is_root; then
		run "$ARIL_PROBE" overwrite "/proc/$(pid)/exe"
		want_none 'overwrite.write=ok'
	fi
}

@test "an init that waits has no file of the host open" {
	need_root 'an undumpable process cannot be looked at'
	args /probe pause
	created --pid-file "$T/pid"
	run "$ARIL_PROBE" fds "$(pid)"
	echo "$output"
	only_aril 'has some that are close-on-exec'
	want_none "fd\.[0-9]+=(/|/proc.*|/sys.*|/etc.*|$HOST.*|$ARIL|$B.*)"
}

@test "/etc/passwd is a fifo, a device, a directory, a link outside: no wait, no harm" {
	cfg '.process.env = ["PATH=/bin"]'
	local kind
	args /probe env
	for kind in fifo zero directory outside loop; do
		rm -rf rootfs/etc/passwd
		case $kind in
		fifo) mkfifo rootfs/etc/passwd ;;
		zero) ln -s /dev/zero rootfs/etc/passwd ;;
		directory) mkdir rootfs/etc/passwd ;;
		outside) ln -s /etc/passwd rootfs/etc/passwd ;;
		loop) ln -s passwd rootfs/etc/passwd ;;
		esac
		is_aril || [ "$kind" = outside ] || [ "$kind" = loop ] || continue
		run raw run -b "$B" "$ID" </dev/null 3>&-
		echo "$kind: $status $output"
		[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
	done
}

@test "/dev/console and /dev/pts are links, and the container wants a terminal" {
	cfg '.process.terminal = true'
	mount_drop /dev
	mkdir -p rootfs/dev
	ln -sfn "$HOST/file" rootfs/dev/console
	ln -sfn "$HOST/pts" rootfs/dev/pts
	args /probe climb
	on_terminal 20 60 run -b "$B" "$ID" </dev/null \
		>"$T/out" 2>&1 || true
	cat "$T/out"
	[ "$(cat "$HOST/file")" = 'of the host' ]
}

@test "a name in the document with NUL is refused" {
	only_aril 'cuts it'
	cfg '.mounts += [{ destination: "/opt\u0000/x", type: "tmpfs", source: "t" }]'
	create_refused 'mounts['
}

@test "the container cannot see or signal the processes of the host" {
	args /bin/ls /proc
	go
	[ "$(grep -cE '^[0-9]+$' <<<"$output")" -eq 1 ]
}
