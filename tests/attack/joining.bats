#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A process of a container that attacks each `exec` while it joins: it looks for every new
# process id, and tries all that leads into the process. CVE-2016-9962 (ptrace and fds),
# CVE-2019-5736 (the runtime's program), CVE-2024-21626 (fds and working directory).
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load attack.bash

prepare() {
	attack_before "$ARIL"
	mkdir -m 777 "$T/tell"
	echo "secret-$$-$RANDOM$RANDOM" >"$T/tell/secret"
	ATTACK_SECRET=$(cat "$T/tell/secret")
	export ATTACK_SECRET
}
undo() {
	attack_after "$ARIL"
}
# The spies end by this
release() {
	[ ! -d "$T/tell" ] || touch "$T/tell/stop"
}

# A container whose program is two spies
spies() { # WORDS
	bind "$T/tell" /tell
	args /probe spy 2 /tell/ready /tell/stop "$HOST/file" /tell/secret "$1"
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
}
capable() { # CAP...: inside
	jq -c '.process.capabilities |= map_values($ARGS.positional)' config.json \
		--args "$@" >config.new
	mv config.new config.json
}
# Run it often: $failed counts what did not work, of all $tried
execs() { # COUNT OPTION...
	local n=$1
	shift
	tried=0 failed=0
	while [ "$tried" -lt "$n" ]; do
		tried=$((tried + 1))
		run aril exec "$@" "$ID" /probe say hello </dev/null
		[ "$status" -ne 0 ] || [ "$output" = hello ] || return
		[ "$status" -eq 0 ] || failed=$((failed + 1))
		[ "$status" -eq 0 ] || echo "$status: $output" >>"$T/failures"
		# it is no signal of ours that it says, nor a hang
		[ "$status" -ne 124 ] || return
	done
}
# What the spies found; nothing of it may be the host's
got_nothing() {
	touch "$T/tell/stop"
	ended
	output=$(sed 's/:\[[0-9]*\]/:[N]/' "$T/out" | sort -u)
	echo "rounds=$tried failed=$failed"
	echo "$output"
	[ ! -s "$T/failures" ] || sort "$T/failures" | uniq -c
	# they did meet the runtime on its way
	grep -q '^met=' "$T/out" || return
	! grep -E '^(host|secret)=' "$T/out" || through 'what is of the host' || return
	! grep -E "^(exe|fd/|roo|cwd)=.*($HOST|$STATE|$B|\(unreachable\))" "$T/out" ||
		through 'a file of the host' || return
	! grep -x 'exe.write=ok' "$T/out" ||
		through 'the program may be written to (CVE-2019-5736)' || return
	[ -n "${other_namespaces:-}" ] || ! grep -x 'ns\..*=other' "$T/out" ||
		through 'a namespace of the host' || return
	is_aril || return 0
	want_none 'met=.*/aril' 'roo=[^/].*' 'fd/=/([^d]|d[^e]).*'
}

@test "the same user inside: no exec can be looked into while it joins" {
	spies trace
	execs "$(($(rounds) / 2 + 1))"
	[ "$failed" -eq 0 ]
	got_nothing
	is_aril || return 0
	# undumpable: not even what it is can be seen; the program itself has these
	want met=undumpable
	want_none 'getfd=ok' 'met=/.*' 'fd/=(socket|anon).*'
}

@test "CAP_SYS_PTRACE inside: what an exec has while it joins is the container's" {
	capable CAP_SYS_PTRACE CAP_KILL CAP_SETUID CAP_SETGID
	cfg 'del(.linux.seccomp)'
	spies trace
	execs "$(($(rounds) / 2 + 1))"
	got_nothing
	[ "$failed" -eq 0 ]
	is_root || return 0
	# the attack is one: it did get hold of them
	want_like 'met=/.*' vm=ok
}

@test "an exec that is stopped, killed, or spoken for ends, with the truth" {
	only_aril 'is not asked for its errors'
	capable CAP_SYS_PTRACE CAP_KILL
	cfg 'del(.linux.seccomp)'
	spies stop,kill,talk
	execs "$(($(rounds) / 2 + 1))"
	got_nothing
	[ ! -s "$T/failures" ] ||
		run ! grep -vE '^(255: |137: )?(aril: exec failed: .*|hello|)$' \
			"$T/failures"
}

@test "exec of /proc/self/exe by name, by #! and as a library (CVE-2019-5736)" {
	local name
	running
	printf '#!/proc/self/exe\n' >rootfs/opt/self
	printf '#!/proc/1/exe\n' >rootfs/opt/first
	ln -s /proc/self/exe rootfs/opt/link
	# what it loads is the runtime's program again
	mkdir -p rootfs/lib
	ln -s /proc/self/exe rootfs/lib/libseccomp.so.2
	chmod 755 rootfs/opt/self rootfs/opt/first
	for name in /proc/self/exe /proc/thread-self/exe /opt/self /opt/first \
		/opt/link; do
		run aril exec --env LD_LIBRARY_PATH=/lib "$ID" "$name" </dev/null
		echo "$name: $status $output"
		[ "$status" -ne 124 ]
	done
	run aril exec "$ID" /probe overwrite /proc/1/exe , overwrite /proc/self/exe \
		</dev/null
	run ! cmp -s "$ARIL" rootfs/probe
}

@test "exec --cwd by every form of an open file (CVE-2024-21626)" {
	local at n
	running
	exec 7<"$HOST" 8<"$T" 9<"$STATE"
	for at in self thread-self 1; do
		for n in {0..12}; do
			run aril exec --cwd "/proc/$at/fd/$n" "$ID" \
				/probe climb , cwd </dev/null
			[ "$status" -ne 0 ] || want climb=inside ||
				through "--cwd /proc/$at/fd/$n"
			want_none 'cwd=.*unreachable.*'
		done
	done
	for at in /proc/self/cwd /proc/self/root /proc/1/root /proc/1/cwd \
		/dev/fd/8 "/proc/self/fd/7/../../../.." /proc/self/fdinfo; do
		run aril exec --cwd "$at" "$ID" /probe climb , cwd </dev/null
		echo "$at: $status $output"
		[ "$status" -ne 0 ] || want climb=inside || through "--cwd $at"
	done
	exec 7<&- 8<&- 9<&-
}

@test "no capability is inheritable but by name (CVE-2022-24769, CVE-2025-27612)" {
	cfg '.process.capabilities.inheritable = [] | .process.capabilities.ambient = []'
	running
	run aril exec "$ID" /bin/cat /proc/self/status </dev/null
	want $'CapInh:\t0000000000000000' $'CapAmb:\t0000000000000000' ||
		through 'inheritable capabilities'
	run aril exec --cap CAP_CHOWN --cap CAP_NET_RAW "$ID" /bin/cat /proc/self/status \
		</dev/null
	want $'CapInh:\t0000000000000000' $'CapAmb:\t0000000000000000' ||
		through 'inheritable capabilities by exec --cap'
}

# What exec -u understands: no mistake is root (CVE-2026-30892, CVE-2026-46680)
@test "exec --user: what is no id is an error, and never root" {
	local user
	local zero='^[[:space:]]*([-+]?0|0x0|0b0|00x|root:?|1:root)[[:space:]]*$'
	need_ids
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	running
	for user in '' ' ' 0x0 -1 -0 +0 ' 0' '0 ' 00x 4294967295 4294967296 \
		18446744073709551616 99999999999999999999 root root: :0 : 1: 1:2:3 \
		1:root 1:-1 1:4294967296 '1 2' 1,2 1.0 1e0 0b0 $'0\n' $'1000\n0'; do
		run aril exec --user "$user" "$ID" /bin/id -u </dev/null
		echo "[$user] $status: $output"
		# others may read a number that is zero as what it is, and names
		is_aril || [[ ! $user =~ $zero ]] || continue
		[ "$status" -ne 0 ] || [ "$output" != 0 ] ||
			through "--user '$user' is root" || return
		is_aril || continue
		# as runc, the empty one is that of the document
		[ "$status" -ne 0 ]
	done
}

# A sidecar with a user namespace of its own, in the PID namespace of the attacker, who as
# root owns that user namespace: no capability is needed to look into it. For a file
# system whose ids are mapped, a process of it has to be dumpable for a while.
@test "create in the PID namespace of an attacker, with a mount whose ids are mapped" {
	local i
	need_root 'makes a user namespace beside another PID namespace'
	only_aril 'makes the id map otherwise'
	spies trace
	cp -a "$B" "$T/second"
	B=$T/second
	mkdir "$B/rootfs/mapped"
	chown 100000:100000 "$B/rootfs" "$B/rootfs/dev"
	chmod 711 "$T" "$B"
	namespace_path pid "/proc/$(pid)/ns/pid"
	# a proc file system of that namespace is not for its user namespace
	bare
	cfg '.mounts = []'
	mount_add tmpfs tmpfs /mapped
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings |
		.mounts[-1].uidMappings = [{ containerID: 0, hostID: 100000, size: 1 }] |
		.mounts[-1].gidMappings = .mounts[-1].uidMappings'
	args /probe exit 0
	tried=$(($(rounds) / 2 + 1)) failed=0
	for ((i = 0; i < tried; i++)); do
		create_second
	done
	other_namespaces=yes got_nothing
	[ "$failed" -eq 0 ]
}
create_second() {
	if aril create -b "$B" "$ID-2" </dev/null >"$T/out2" 2>"$T/err2"; then
		aril delete -f "$ID-2"
	else
		failed=$((failed + 1))
		cat "$T/err2"
	fi
}

# Both wait in one accept(2): init came first and would win, so it is stopped
@test "start in the PID namespace of an attacker, who takes the socket" {
	local inner
	need_root 'takes files from a process of another container'
	only_aril 'has another way to start'
	capable CAP_SYS_PTRACE CAP_KILL
	cfg 'del(.linux.seccomp)'
	running
	cp -a "$B" "$T/second"
	B=$T/second
	namespace_path pid "/proc/$(pid)/ns/pid"
	args /probe exit 0
	aril create -b "$B" --pid-file "$T/pid2" "$ID-2" </dev/null >"$T/out2" 2>&1
	inner=$(awk '/^NSpid:/ { print $NF }' "/proc/$(cat "$T/pid2")/status")
	kill -STOP "$(cat "$T/pid2")"
	aril exec "$ID" /probe spy-start "$inner" /tell/taken "$HOST/file" \
		</dev/null >"$T/spied" 2>&1 &
	"$ARIL_PROBE" wait-file "$T/tell/taken" 5000
	run aril start "$ID-2"
	wait $!
	run cat "$T/spied"
	echo "$output"
	want start=ok
	# who is fast enough meets the child that sends: it has this socket, and no more
	want_none 'host=.*'
	aril delete -f "$ID-2"
}
