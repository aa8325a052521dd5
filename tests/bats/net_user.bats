#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=net
# --net user: traffic through pasta and slirp4netns, published ports, names, and that
# nothing of it is left.

load ../lib/bundle.bash

prepare() {
	only_aril '--net is of aril'
	cfg 'del(.linux.seccomp)'
	[ -r /dev/net/tun ] && [ -w /dev/net/tun ] ||
		skip '/dev/net/tun cannot be opened'
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	PORT=$((20000 + BATS_SUITE_TEST_NUMBER * 8))
}
need_pasta() {
	need pasta
	[ -n "$(ip -4 route show default 2>/dev/null)" ] ||
		skip 'pasta needs a default route'
}
# A listener on the host, that is there when this returns
listener() { # PROTOCOL ADDRESS PORT
	"$ARIL_PROBE" serve "$@" "$T/tell/listens" >"$T/listener" 3>&- 4>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/tell/listens" 5000
}
host_address() {
	ip -4 -o addr show scope global | sed -n 's|.* inet \([^/]*\)/.*|\1|p' | head -n 1
}
gateway_of() { # PROGRAM
	case $1 in
	pasta) ip -4 route show default | sed -n 's/.* via \([^ ]*\).*/\1/p' ;;
	*) echo 10.0.2.2 ;;
	esac
}
# The processes of a program below us
count_of() { # NAME
	local pid n=0
	for pid in $("$ARIL_PROBE" below "$BED_REAPER"); do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in "$1"*) n=$((n + 1)) ;; esac
	done
	echo "$n"
}

# --- out -------------------------------------------------------------------------------

# One test for each program
out() { # PROGRAM
	listener tcp 127.0.0.1 "$PORT"
	args /probe links , addresses , gateways ,\
		ask tcp "$(gateway_of "$1")" "$PORT" hello
	go --net "user,with=$1,host-loopback"
	[ "$status" -eq 0 ]
	want 'link.lo=up' 'link.eth0=up' 'reply=got:hello'
	want_like 'gateway=eth0 .*'
	wait "${children[0]}"
	grep -qx 'received=hello' "$T/listener"
	nothing_left
}
@test 'pasta: the container reaches a listener of the host' {
	need_pasta
	out pasta
}
@test 'slirp4netns: the container reaches a listener of the host' {
	need slirp4netns
	out slirp4netns
}

closed() { # PROGRAM
	listener tcp 127.0.0.1 "$PORT"
	args /probe ask tcp "$(gateway_of "$1")" "$PORT" hello 1500
	go --net "user,with=$1"
	[ "$status" -eq 0 ]
	want_like 'connect=E.*'
	[ ! -s "$T/listener" ]
}
@test 'pasta: the loopback of the host is closed, unless it is asked for' {
	need_pasta
	closed pasta
}
@test 'slirp4netns: the loopback of the host is closed, unless it is asked for' {
	need slirp4netns
	closed slirp4netns
}

# --- in --------------------------------------------------------------------------------

# The program of the container listens, and says so. It stays until it was asked: what is
# on its way when a container ends is lost with its network.
serving() { # PROTOCOL PORT OPTION...
	local protocol=$1 port=$2
	shift 2
	bind "$T/tell" /tell
	args /probe serve "$protocol" 0.0.0.0 "$port" /tell/serves ,\
		wait-file /tell/done 10000
	created --pid-file "$T/pid" "$@"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/serves" 5000
}

published() { # PROGRAM
	serving tcp 80 --net "user,with=$1" -p "127.0.0.1:$PORT:80" -p "$((PORT + 1)):81"
	run "$ARIL_PROBE" ask tcp 127.0.0.1 "$PORT" hello
	want 'reply=got:hello'
	touch "$T/tell/done"
	ended
	grep -qx 'received=hello' "$T/out"
	aril delete "$ID"
	nothing_left
}
@test 'pasta: a published port is reached from the host' {
	need_pasta
	published pasta
}
@test 'slirp4netns: a published port is reached from the host' {
	need slirp4netns
	published slirp4netns
}

# Asked at another address than 127.0.0.1: without host-loopback slirp4netns drops what
# the container answers to that, and Debian 12's pasta loses it.
# That pasta also takes who has its container's address, as the host has, for the
# loopback.
datagrams() { # OPTIONS
	local address
	address=$(host_address)
	[ -n "$address" ] || skip 'the host has no address'
	serving udp 53 --net "user,with=$1" -p "$PORT:53/udp"
	run "$ARIL_PROBE" ask udp "$address" "$PORT" hello
	echo "$output"
	want 'reply=got:hello'
}
@test 'pasta: a published UDP port' {
	need_pasta
	datagrams pasta,host-loopback
}
@test 'slirp4netns: a published UDP port' {
	need slirp4netns
	datagrams slirp4netns
}

@test 'pasta: what is not published is not reached' {
	need_pasta
	serving tcp "$PORT" --net user,with=pasta
	run "$ARIL_PROBE" ask tcp 127.0.0.1 "$PORT" hello 1500
	want 'connect=ECONNREFUSED'
}

taken() { # PROGRAM
	listener tcp 127.0.0.1 "$PORT"
	go --net "user,with=$1" -p "127.0.0.1:$PORT:80"
	fails '--net user' "$1" "$PORT" 'another program has the port'
	nothing_left "${children[@]}"
}
@test 'pasta: a port that is taken' {
	need_pasta
	taken pasta
}
@test 'slirp4netns: a port that is taken' {
	need slirp4netns
	taken slirp4netns
}

# It reads what the container sends: who breaks into it finds no way out of its sandbox
@test 'slirp4netns holds no directory of the host' {
	need slirp4netns
	local pid n=0
	STATE=$(mktemp -d /tmp/slirpXXX)
	running --net user,with=slirp4netns -p "127.0.0.1:$PORT:80"
	for pid in $("$ARIL_PROBE" below "$BED_REAPER"); do
		[ "$(cat "/proc/$pid/comm")" = slirp4netns ] || continue
		n=$((n + 1))
		find "/proc/$pid/fd" -mindepth 1 -xtype d -printf '%f %l\n' >>"$T/files"
	done
	[ "$n" -gt 0 ]
	cat "$T/files"
	[ ! -s "$T/files" ]
	aril delete -f "$ID"
	rm -r "$STATE"
}

# --- the end ---------------------------------------------------------------------------

# The container ends while no aril runs
ended_alone() { # PROGRAM NAME
	running --net "user,with=$1"
	[ "$(count_of "$2")" -ge 1 ]
	kill -KILL "$(pid)"
	ended
	# before any delete
	"$ARIL_PROBE" settle "$BED_REAPER" 5000 $LEAKS_PIDS
	aril delete "$ID"
	nothing_left
}
@test 'pasta ends when the container ends by itself' {
	need_pasta
	ended_alone pasta pas
}
@test 'slirp4netns ends when the container ends by itself' {
	need slirp4netns
	ended_alone slirp4netns slirp
}

# --- undo ------------------------------------------------------------------------------

# Whatever fails after the network is there: hooks run behind it
late_failure() { # PROGRAM
	cfg '.hooks.createRuntime = [{ path: "/bin/false" }]'
	go --net "user,with=$1" -p "127.0.0.1:$PORT:80"
	refused 'createRuntime'
	cfg 'del(.hooks) | .process.args = ["/nonesuch"]'
	go --net "user,with=$1" -p "127.0.0.1:$PORT:80"
	refused '/nonesuch'
}
@test 'pasta: a later failure leaves nothing' {
	need_pasta
	late_failure pasta
}
@test 'slirp4netns: a later failure leaves nothing' {
	need slirp4netns
	late_failure slirp4netns
}

# aril is killed while the network is there and the container is not created yet
killed() { # PROGRAM
	local pid
	mkfifo "$T/fifo"
	printf '#!/bin/sh\ntouch %s/hooked\ncat %s/fifo\n' "$T" "$T" >"$T/hook"
	chmod 755 "$T/hook"
	cfg '.hooks.createRuntime = [{ path: $p }]' --arg p "$T/hook"
	"$ARIL" --root "$STATE" create -b "$B" --net "user,with=$1" \
		-p "127.0.0.1:$PORT:80" "$ID" </dev/null >"$T/out" 2>&1 3>&- 4>&- &
	pid=$!
	"$ARIL_PROBE" wait-file "$T/hooked" 10000
	jq -e '.netProcesses | length == 2' "$STATE/$ID/state.json"
	kill -KILL "$pid"
	wait "$pid" || true
	echo >"$T/fifo"
	aril delete -f "$ID"
	nothing_left
}
@test 'pasta: aril is killed in the middle' {
	need_pasta
	killed pasta
}
@test 'slirp4netns: aril is killed in the middle' {
	need slirp4netns
	killed slirp4netns
}

# Whoever kills the guard: a delete finds the program
guard_killed() { # PROGRAM
	running --net "user,with=$1" -p "127.0.0.1:$PORT:80"
	kill -KILL "$(jq '.netProcesses[0].pid' "$STATE/$ID/state.json")"
	aril delete -f "$ID"
	nothing_left
}
@test 'pasta: the guard was killed' {
	need_pasta
	guard_killed pasta
}
@test 'slirp4netns: the guard was killed' {
	need slirp4netns
	guard_killed slirp4netns
}

@test 'pasta: a program that was killed is no hindrance' {
	need_pasta
	running --net user,with=pasta
	kill -KILL "$(jq '.netProcesses[1].pid' "$STATE/$ID/state.json")"
	aril delete -f "$ID"
	nothing_left
}

@test 'programs that are not there' {
	need_root 'hides them'
	[ -z "${BED_OPEN:-}" ] || skip 'is not done to the machine'
	local file said=()
	for file in pasta slirp4netns; do
		[ ! -e "/usr/bin/$file" ] || mount --bind /dev/null "/usr/bin/$file"
	done
	go --net user
	said+=("$output")
	go --net user,with=slirp4netns
	said+=("$output")
	for file in pasta slirp4netns; do
		[ ! -e "/usr/bin/$file" ] || umount "/usr/bin/$file"
	done
	[[ ${said[0]} == *'neither pasta nor slirp4netns is installed'* ]]
	[[ ${said[0]} == *'install the package passt'* ]]
	[[ ${said[1]} == *'is not installed: install the package slirp4netns'* ]]
	nothing_left
}

@test 'a program that is found in PATH; one that fails; one that says nothing' {
	mkdir "$T/bin"
	printf '#!/bin/sh\necho "no such luck" >&2\nexit 3\n' >"$T/bin/pasta"
	chmod 755 "$T/bin" "$T/bin/pasta"
	PATH=$T/bin:$PATH go --net user
	refused '--net user: pasta: no such luck'
	printf '#!/bin/sh\nexit 0\n' >"$T/bin/pasta"
	PATH=$T/bin:$PATH go --net user
	refused '--net user: pasta: it ended, and did not say why'
	printf '#!/bin/sh\nexit 1\n' >"$T/bin/slirp4netns"
	chmod 755 "$T/bin/slirp4netns"
	PATH=$T/bin:$PATH go --net user,with=slirp4netns
	refused '--net user: slirp4netns: it ended, and did not say why'
	printf 'no program' >"$T/bin/pasta"
	PATH=$T/bin:$PATH go --net user
	refused '--net user: run' "$T/bin/pasta" 'ENOEXEC'
}

@test 'without a tun device it says so' {
	need_root 'puts something else in its place'
	[ -z "${BED_OPEN:-}" ] || skip 'is not done to the machine'
	mount --bind /dev/null /dev/net/tun
	go --net user
	umount /dev/net/tun
	# null is no tun device, but can be opened: the program says it
	[ "$status" -eq 1 ]
	[[ $output == *'--net user'* ]]
	nothing_left
}

# --- names -----------------------------------------------------------------------------

resolv() { # PROGRAM WANTED
	mount_drop /etc/resolv.conf
	echo 'of the image' >"$B/rootfs/etc/resolv.conf.new"
	mv "$B/rootfs/etc/resolv.conf.new" "$B/rootfs/etc/resolv.conf"
	args /probe read /etc/resolv.conf , write /etc/resolv.conf x
	go --net "user,with=$1"
	[ "$status" -eq 0 ]
	want "/etc/resolv.conf=nameserver $2" 'write./etc/resolv.conf=EROFS'
	[ "$(cat "$B/rootfs/etc/resolv.conf")" = 'of the image' ]
}
@test 'slirp4netns: its resolver is in resolv.conf, and the image is as it was' {
	need slirp4netns
	resolv slirp4netns 10.0.2.3
}
@test 'pasta: the resolver of the host is in resolv.conf, and the image is as it was' {
	need_pasta
	local first
	first=$(sed -n 's/^nameserver *\([^ ]*\)$/\1/p' /etc/resolv.conf)
	[[ $first == [1-9a-f]* && $first != 127.* && $first != *$'\n'* ]] ||
		skip 'the host has none, or only that of its loopback'
	resolv pasta "$first"
}

@test 'slirp4netns: a user of the container reads it, also when ours has a umask' {
	need slirp4netns
	need_root 'is about another user than the one who calls'
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	mount_drop /etc/resolv.conf
	echo 'of the image' >"$B/rootfs/etc/resolv.conf"
	args /probe read /etc/resolv.conf
	umask 077
	go --net user,with=slirp4netns
	umask 022
	[ "$status" -eq 0 ]
	want '/etc/resolv.conf=nameserver 10.0.2.3'
}

@test 'pasta: of a host with systemd-resolved, what that asks itself' {
	need_pasta
	mount_drop /etc/resolv.conf
	cfg '.annotations."aril.net" = "user,with=pasta"'
	echo 'nameserver 127.0.0.53' >"$T/stub"
	run unshare --user --map-current-user --keep-caps --mount sh -c '
		mount -t tmpfs none /run && mkdir -p /run/systemd/resolve &&
		mount --bind "$1" /etc/resolv.conf || exit 77
		echo "nameserver 192.0.2.7" >/run/systemd/resolve/resolv.conf
		exec "$2" plan "$3"' sh "$T/stub" "$ARIL" "$B"
	echo "$output"
	[ "$status" -ne 77 ] || skip 'no mount in a user namespace here'
	[ "$status" -eq 0 ]
	[[ $output == *'resolv.conf: "nameserver 192.0.2.7\n"'* ]]
}

@test 'dns= is in resolv.conf, in its order' {
	need_pasta
	mount_drop /etc/resolv.conf
	echo 'of the image' >"$B/rootfs/etc/resolv.conf.new"
	mv "$B/rootfs/etc/resolv.conf.new" "$B/rootfs/etc/resolv.conf"
	args /probe read /etc/resolv.conf
	go --net user,dns=192.0.2.53,dns=2001:db8::53
	[ "$status" -eq 0 ]
	want '/etc/resolv.conf=nameserver 192.0.2.53|nameserver 2001:db8::53'
}

@test 'the resolv.conf that the document mounts stays' {
	need_pasta
	mount_drop /etc/resolv.conf
	echo 'of the document' >"$T/resolv.conf"
	bind "$T/resolv.conf" /etc/resolv.conf ro
	args /probe read /etc/resolv.conf
	go --net user,dns=192.0.2.53
	[ "$status" -eq 0 ]
	want '/etc/resolv.conf=of the document'
}

@test 'an image without resolv.conf stays without, and aril says so' {
	need_pasta
	mount_drop /etc/resolv.conf
	rm -f "$B/rootfs/etc/resolv.conf"
	args /probe read /etc/resolv.conf
	run aril --log-level warning run -b "$B" --net user,dns=192.0.2.53 "$ID" \
		</dev/null
	[ "$status" -eq 0 ]
	want '/etc/resolv.conf=ENOENT'
	[[ $output == *'the image has no /etc/resolv.conf'* ]]
	[ ! -e "$B/rootfs/etc/resolv.conf" ]
}
