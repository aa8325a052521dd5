#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What is changed between two steps: the bundle between create and start, the state of a
# container under a verb, and many verbs at once (the classes of CVE-2021-30465 and
# moby#18655: what was looked at is not what is used).
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load attack.bash

# Every verb that changes something reads the state, and stops there
every_verb() {
	local verb
	for verb in 'kill ID KILL' 'kill --all ID KILL' 'pause ID' 'resume ID' \
		'exec ID /probe say in' 'ps ID' 'start ID' 'delete ID' \
		'update --memory 100000000 ID' 'events --stats ID' \
		'mounts list ID'; do
		# shellcheck disable=SC2086 # words
		run aril ${verb//ID/$ID} </dev/null
		[ "$(grep -c . <<<"$output")" -eq 1 ] || echo "$verb: $output"
		[ "$(grep -c . <<<"$output")" -eq 1 ] || return
		[ "$status" -ne 0 ] || through "$verb" || return
		[ "$status" -ne 124 ] || through "$verb waits for ever" || return
	done
	# what only looks
	for verb in "state $ID" list; do
		# shellcheck disable=SC2086 # words
		run aril $verb </dev/null
		[ "$status" -ne 124 ] || through "$verb waits for ever" || return
	done
}

@test "the document is changed between create and start: what was created counts" {
	cfg '.hooks.poststop = [{ path: "/bin/true" }]'
	args /probe say first
	created
	cfg '.hooks.poststart = [{ path: $p, args: ["probe", "create", $f] }] |
		.hooks.poststop = .hooks.poststart |
		.process.args = ["/probe", "say", "no"]' \
		--arg p "$ARIL_PROBE" --arg f "$HOST/planted"
	start
	[ "$status" -eq 0 ]
	until [ "$(status_of)" = stopped ]; do :; done
	[ "$(cat "$T/out")" = first ] || through 'another program ran'
	aril delete "$ID"
	[ ! -e "$HOST/planted" ] || ! is_aril || through 'hooks that were not there'
	rm -f "$HOST/planted"
}

@test "the root is renamed and replaced between create and start" {
	args /probe read /marker
	echo mine >rootfs/marker
	created
	mv rootfs moved
	mkdir rootfs
	cp "$ARIL_PROBE" rootfs/probe
	echo other >rootfs/marker
	start
	until [ "$(status_of)" = stopped ]; do :; done
	output=$(cat "$T/out")
	want /marker=mine || through 'another root'
	rm -rf rootfs
	ln -s "$HOST" rootfs
	aril delete "$ID"
	host_untouched
}

@test "the bundle is gone, or a link, between create and start" {
	args /probe say hello
	created
	mv "$B" "$T/gone"
	ln -s "$HOST" "$B"
	start
	[ "$status" -eq 0 ]
	until [ "$(status_of)" = stopped ]; do :; done
	grep -qx hello "$T/out"
	aril delete "$ID"
	rm "$B"
	mv "$T/gone" "$B"
	host_untouched
}

@test "state.json is cut, garbage, a link, a fifo, a device, huge: no wait, no harm" {
	local dir=$STATE/$ID kind
	only_aril 'has other files'
	running
	cp "$dir/state.json" "$T/state.json"
	for kind in empty cut garbage deep link dangling fifo directory huge socket zero \
		nobody other; do
		rm -rf "$dir/state.json"
		case $kind in
		empty) : >"$dir/state.json" ;;
		cut) head -c 200 "$T/state.json" >"$dir/state.json" ;;
		garbage) head -c 5000 /dev/urandom >"$dir/state.json" ;;
		deep) printf '[%.0s' {1..20000} >"$dir/state.json" ;;
		link) ln -s "$T/state.json" "$dir/state.json" ;;
		dangling) ln -s "$T/none" "$dir/state.json" ;;
		fifo) mkfifo "$dir/state.json" ;;
		directory) mkdir "$dir/state.json" ;;
		huge) truncate -s 1G "$dir/state.json" ;;
		socket) "$ARIL_PROBE" pidfd "$dir/state.json" "$T/l" 60000 \
			>/dev/null 2>&1 3>&- &
			children+=($!)
			"$ARIL_PROBE" wait-file "$T/l" 5000 ;;
		zero) is_root && mknod "$dir/state.json" c 1 5 || continue ;;
		nobody) is_root || continue
			cp "$T/state.json" "$dir/state.json"
			chown 12345 "$dir/state.json" ;;
		other) sed "s/$ID/another/" "$T/state.json" >"$dir/state.json" ;;
		esac
		echo "--- $kind"
		every_verb
		[ -d "/proc/$(pid)" ] || through 'the container was killed' || return
	done
	rm -rf "$dir/state.json"
	cp "$T/state.json" "$dir/state.json"
	for kind in 620 602 666; do
		chmod "$kind" "$dir/state.json"
		run aril kill "$ID" KILL
		fails "state.json must belong to user $(id -u)" 'nobody else may write'
	done
	chmod 600 "$dir/state.json"
	[ "$(status_of)" = running ]
}

@test "the state directory is another user's, or open to all: nothing is made in it" {
	local place=$T/enemy
	need_root 'needs another user'
	only_aril 'trusts it'
	args /probe exit 0
	mkdir -m 777 "$place"
	STATE=$place create
	fails "$place must belong to user 0"
	chmod 1777 "$place"
	STATE=$place create
	fails "$place must belong to user 0"
	chmod 755 "$place"
	chown 12345 "$place"
	STATE=$place create
	fails "$place must belong to user 0"
	ln -s "$place" "$T/link"
	STATE=$T/link create
	fails "$T/link must belong to user 0"
	[ -z "$(ls -A "$place")" ]
	: >"$T/file"
	STATE=$T/file create
	fails "$T/file"
	mkfifo "$T/fifo"
	STATE=$T/fifo create
	fails "$T/fifo"
	rm -rf "$place"
	nothing_left
}

@test "the lock is replaced: no verb follows it, or waits for what it is" {
	local kind dir=$STATE/$ID
	only_aril 'has other files'
	running
	for kind in link fifo directory; do
		rm -rf "$dir/lock"
		case $kind in
		link) ln -s "$HOST/file" "$dir/lock" ;;
		fifo) mkfifo "$dir/lock" ;;
		directory) mkdir "$dir/lock" ;;
		esac
		run aril pause "$ID" </dev/null
		echo "$kind: $status $output"
		[ "$status" -ne 124 ]
		run aril resume "$ID" </dev/null
	done
	rm -rf "$dir/lock"
	host_untouched
}

@test "another container has got the name while a verb waits for its lock" {
	local dir=$STATE/$ID waiting
	only_aril 'has no lock'
	need flock
	args /probe pause
	created --pid-file "$T/first"
	exec 5<"$dir/lock"
	flock 5
	timeout 20 "$ARIL" --root "$STATE" delete -f "$ID" >"$T/said" 2>&1 \
		</dev/null 3>&- 5>&- &
	waiting=$!
	# it has the file open when it waits
	until readlink /proc/[0-9]*/fd/* 2>/dev/null | grep -xF "$dir/lock" |
		sed -n 2p | grep -q .; do :; done
	mv "$dir" "$STATE/moved"
	created --pid-file "$T/second"
	exec 5<&-
	wait "$waiting" || true
	cat "$T/said"
	[ "$(status_of)" = created ] || through 'the other container was removed'
	[ -d "/proc/$(cat "$T/second")" ] || through 'the other container was killed'
	aril delete -f "$ID"
	mv "$STATE/moved" "$dir"
	aril delete -f "$ID"
	nothing_left
}

# Each does its verb over and over
storm() { # COUNT VERB...
	local i n=$1
	shift
	for ((i = 0; i < n; i++)); do
		status=0
		aril "$@" </dev/null >>"$T/said.$1" 2>&1 || status=$?
		[ "$status" -ne 124 ] || echo "hang: $*" >>"$T/hangs"
		[ "$status" -lt 128 ] || [ "$status" -ge 255 ] ||
			[ "$status" -eq 137 ] || echo "$status: $*" >>"$T/hangs"
	done
}

@test "create, start, kill, exec, state and delete of one name at the same time" {
	local all=() n
	only_aril 'leaves processes behind'
	bare
	n=$(rounds)
	args /probe pause
	for _ in 1 2; do
		storm "$((n / 2))" create -b "$B" "$ID" 3>&- &
		all+=($!)
	done
	storm "$((n / 2))" start "$ID" 3>&- &
	all+=($!)
	storm "$((n / 2))" kill "$ID" KILL 3>&- &
	all+=($!)
	storm "$((n / 4))" exec "$ID" /probe exit 0 3>&- &
	all+=($!)
	storm "$((n / 2))" state "$ID" 3>&- &
	all+=($!)
	storm "$((n / 2))" delete -f "$ID" 3>&- &
	all+=($!)
	wait "${all[@]}" || true
	[ ! -s "$T/hangs" ] || { cat "$T/hangs" && return 1; }
	aril delete -f "$ID"
	sort "$T"/said.* | sed 's/[0-9]\{3,\}/N/g' | uniq -c | sort -rn | head -40
	nothing_left
}
