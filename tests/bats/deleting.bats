#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# delete: against others that create and delete the same name, against containers that
# make themselves hard to remove, and against state directories that others can write to.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load ../lib/bundle.bash

prepare() {
	bare
	own=
}

undo() {
	[ -z "${own:-}" ] || rmdir "$own"
}

# What may be wrong is that it is there already, or that a delete killed it before its
# create was done
creator() {
	local i
	for ((i = 0; i < 80; i++)); do
		aril create -b "$B" "$ID" </dev/null >>"$T/created" 2>&1 3>&- || true
	done
}
deleter() {
	local i
	for ((i = 0; i < 500; i++)); do
		[ ! -e "$T/enough" ] || return 0
		aril delete -f "$ID" </dev/null >>"$T/deleted" 2>&1 3>&- || true
	done
}

@test "creates and deletes of one name at the same time leave nothing" {
	local creators=() deleters=()
	only_aril 'leaves processes behind'
	args /probe pause
	for _ in 1 2 3; do
		deleter 3>&- &
		deleters+=($!)
	done
	for _ in 1 2; do
		creator 3>&- &
		creators+=($!)
	done
	wait "${creators[@]}"
	touch "$T/enough"
	wait "${deleters[@]}"
	aril delete -f "$ID"
	cat "$T/created" "$T/deleted"
	[ ! -s "$T/deleted" ]
	run ! grep -vE 'given ID already exists|init was ended by signal 9' "$T/created"
	echo "odd: $output"
	[ "$(wc -l <"$T/created")" -lt 160 ]
	nothing_left
}

@test "what a command that died has left is swept away by the next" {
	only_aril 'has other names'
	mkdir -p "$STATE/.tmp/1.2.3"
	touch "$STATE/.tmp/1.2.3/lock" "$STATE/.tmp/1.2.3/state.json"
	args /probe exit 0
	go
	[ "$status" -eq 0 ]
	[ ! -e "$STATE/.tmp/1.2.3" ]
}

# The directory of the container's cgroup
cgroup_dir() {
	local tree
	tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$tree" ] || skip 'there is no cgroup2 tree'
	echo "$tree$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")"
}

@test "cgroups however deep below a container do not keep it" {
	local deep i
	need_root
	only_aril 'not asked'
	running
	deep=$(cgroup_dir)
	for ((i = 0; i < 100; i++)); do
		deep+=/d
	done
	mkdir -p "$deep"
	"$ARIL_PROBE" trap 10 42 "$T/trap" 3>&- &
	child=$!
	"$ARIL_PROBE" wait-file "$T/trap" 5000
	echo "$child" >"$deep/cgroup.procs"
	aril kill --all "$ID" USR1
	status=0
	wait "$child" || status=$?
	[ "$status" -eq 42 ]
	"$ARIL_PROBE" pause 3>&- &
	echo $! >"$deep/cgroup.procs"
	aril delete -f "$ID"
	[ ! -e "${deep%%/d/*}" ]
	nothing_left
}

@test "a cgroup that was there before stays, without our device filters" {
	local tree i
	need_root 'only root loads filters'
	only_aril 'removes it'
	[ "${ARIL_BED_MANAGER:-}" != systemd ] || skip 'systemd makes its cgroups itself'
	tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$tree" ] || skip 'there is no cgroup2 tree'
	own=$tree/own-$ID
	mkdir "$own"
	leaks_cgroups >"$T/cgroups.before"
	cfg '.linux.cgroupsPath = $p' --arg p "/own-$ID"
	# the kernel attaches 64 to one cgroup
	args /no/such/program
	for ((i = 0; i < 66; i++)); do
		aril run -b "$B" "$ID" </dev/null >"$T/err" 2>&1 && return 1
		grep 'no such file or directory' "$T/err"
	done
	args /probe exit 0
	for ((i = 0; i < 66; i++)); do
		aril run -b "$B" "$ID" </dev/null
	done
	[ -d "$own" ]
	args /probe open /dev/null
	go
	[ "$status" -eq 0 ]
	nothing_left
}

@test "delete --force ends a start that waits for a hook of the container" {
	only_aril 'has no lock'
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	cfg '.hooks.startContainer = [{ path: "/probe",
		args: ["probe", "pause", "/tell/hook"] }]'
	args /probe pause
	created
	aril start "$ID" </dev/null >"$T/start.log" 2>&1 &
	child=$!
	"$ARIL_PROBE" wait-file "$T/tell/hook" 5000
	SECONDS=0
	aril delete -f "$ID"
	[ "$SECONDS" -lt 8 ]
	wait "$child" || true
	nothing_left
}

@test "a state directory that others can write to is not trusted" {
	local place
	only_aril 'trusts it'
	mkdir "$T/tell"
	cfg '.hooks.poststop = [{ path: $p, args: ["probe", "create", $f] }]' \
		--arg p "$ARIL_PROBE" --arg f "$T/tell/hook"
	args /probe pause
	created
	for place in "$STATE" "$STATE/$ID"; do
		chmod o+w "$place"
		run aril delete -f "$ID"
		fails "$place must belong to user $(id -u)" 'nobody else may write to it'
		run aril start "$ID"
		fails "$place must belong to user"
		chmod o-w "$place"
		is_root || continue
		chown 12345 "$place"
		run aril delete -f "$ID"
		fails "$place must belong to user 0"
		run aril kill "$ID" KILL
		fails "$place must belong to user 0"
		if [ "$place" = "$STATE" ]; then
			ID=other create
			fails "$place must belong to user 0"
		fi
		chown 0 "$place"
	done
	[ ! -e "$T/tell/hook" ]
	[ "$(status_of)" = created ]
	aril delete -f "$ID"
	[ -e "$T/tell/hook" ]
}
