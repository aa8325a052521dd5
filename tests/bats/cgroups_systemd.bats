#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The systemd driver: names of units, their properties, what stays of them, and what
# systemd's own reloads do to containers.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_systemd
	# not as what is tried by default, and done without when it cannot be had
	! is_aril || manager=(--cgroup-manager systemd)
	bare
	slices=()
}

undo() {
	[ ${#slices[@]} -eq 0 ] || sysctl_unit stop "${slices[@]}"
}

cgroups_path() {
	cfg '.linux.cgroupsPath = $p' --arg p "$1"
}
annotation() { # NAME VALUE
	cfg '.annotations[$k] = $v' --arg k "org.systemd.property.$1" --arg v "$2"
}
show() { # PROPERTY [UNIT]
	sysctl_unit show --value -p "$1" "${2:-$UNIT}"
}
gone() { # UNIT
	[ "$(show LoadState "$1")" = not-found ]
}

@test "without a path the unit is aril-ID.scope in the usual slice" {
	only_aril 'has another name'
	limited '{}'
	[ "$UNIT" = "aril-$ID.scope" ]
	if is_root; then
		[ "$CG" = "$TREE/system.slice/$UNIT" ]
		told Slice=system.slice
	else
		[[ $CG == $TREE/user.slice/user-*/user@*.service/*/"$UNIT" ]]
	fi
	told Delegate=yes ActiveState=active LoadState=loaded Transient=yes \
		MemoryAccounting=yes CPUAccounting=yes TasksAccounting=yes
	[[ $(show Description) == *$ID* ]]
	[ "/${CG#"$TREE"/}" = "$(show ControlGroup)" ]
}

@test "--systemd-cgroup is the same as --cgroup-manager systemd" {
	manager=(--systemd-cgroup)
	limited '{}'
	told ActiveState=active
	[ -n "$UNIT" ]
}

@test "slice:prefix:name, and its parts left out" {
	local top=t$BATS_SUITE_TEST_NUMBER
	slices=("$top-sub.slice" "$top.slice")
	cgroups_path "${slices[0]}:pre:$ID"
	limited '{}'
	[ "$UNIT" = "pre-$ID.scope" ]
	[[ $CG == */"$top.slice/${slices[0]}/$UNIT" ]]
	told "Slice=${slices[0]}"
	cgroups_path ":pre:$ID"
	limited '{}'
	! is_root || [ "$CG" = "$TREE/system.slice/pre-$ID.scope" ]
	only_aril 'has other names for it'
	cgroups_path "::x$ID"
	limited '{}'
	[[ $UNIT == *"x$ID.scope" ]]
}

@test "a name that ends in .slice is a slice of its own" {
	only_aril 'crun makes it a scope, runc 1.1.5 needs a parent'
	slices=("own$BATS_SUITE_TEST_NUMBER.slice")
	cgroups_path "::${slices[0]}"
	limited '{}'
	[[ $CG == */"${slices[0]}" ]]
	aril delete -f "$ID"
	[ ! -e "$CG" ] || [ -z "$(<"$CG/cgroup.procs")" ]
}

@test "ids with letters that a unit's name cannot have" {
	only_aril 'refuses them'
	ID=$ID+plus_x.y
	limited '{}'
	[ "$(show ActiveState "${CG##*/}")" = active ]
	aril delete -f "$ID"
	[ ! -e "$CG" ]
}

@test "paths of another form are errors that say which form is meant" {
	local path
	only_aril 'has other words'
	for path in /a/b a:b a:b:c:d; do
		cgroups_path "$path"
		create_refused 'slice:prefix:name' "\"$path\""
	done
	for path in noslice:pre:name 'a b.slice:pre:name' -.slice/../x.slice:p:n \
		'system.slice:p:n/m'; do
		cgroups_path "$path"
		create
		refused linux.cgroupsPath
	done
}

@test "annotations become properties" {
	limits '{}'
	annotation TimeoutStopUSec 'uint64 123456789'
	annotation CollectMode "'inactive-or-failed'"
	annotation Description "'of the test'"
	limited
	told TimeoutStopUSec='2min 3.456789s' CollectMode=inactive-or-failed \
		Description='of the test'
	only_aril 'peers differ'
	annotation TimeoutStopSec 'uint64 5'
	cfg 'del(.annotations["org.systemd.property.TimeoutStopUSec"])'
	annotation Before "['aril-nobody.service']"
	limited
	told TimeoutStopUSec=5s
	[[ $(show Before) == *aril-nobody.service* ]]
}

@test "annotations that are none are errors, and leave nothing" {
	only_aril 'has other words'
	annotation TimeoutStopUSec 'uint64 abc'
	create_refused TimeoutStopUSec
	cfg 'del(.annotations)'
	annotation NoSuchProperty 'uint64 1'
	create_refused NoSuchProperty
}

@test "annotations for what other members of the document decide are errors" {
	only_aril 'peers take them'
	annotation TasksMax 'uint64 77'
	create_refused 'TasksMax is not' 'linux.resources decides'
	cfg 'del(.annotations)'
	annotation PIDs "@au [$$]"
	create_refused 'PIDs is not' 'process decides'
	cfg 'del(.annotations)'
	annotation Slice "'-.slice'"
	create_refused 'Slice is not' 'linux.cgroupsPath decides'
}

@test "a slice in which somebody is, is not taken over" {
	local victim=victim$BATS_SUITE_TEST_NUMBER user=()
	only_aril 'has other names for it'
	is_root || user=(--user)
	slices=("$victim.service" "$victim.slice")
	systemd-run "${user[@]}" --quiet --slice="$victim.slice" \
		--unit="$victim.service" "$ARIL_PROBE" pause </dev/null
	cgroups_path "::$victim.slice"
	create_refused "start $victim.slice" 'it is active'
	[ "$(show ActiveState "$victim.service")" = active ]
	[ "$(show ActiveState "$victim.slice")" = active ]
	nothing_left
}

@test "the scope is gone after delete, and after the end of run" {
	limited '{}'
	told ActiveState=active
	aril delete -f "$ID"
	gone "$UNIT"
	[ ! -e "$CG" ]
	args /probe exit 3
	go
	[ "$status" -eq 3 ]
	gone "$UNIT"
	nothing_left
}

@test "the scope is gone after a create that failed, early and late" {
	only_aril 'peers leave some'
	args /no/such/program
	create_refused 'no such file'
	limits '{ "unified": { "memory.max": "nonsense" } }'
	create_refused memory.max
	limits '{}'
	args /probe exit 0
	cfg '.hooks.createRuntime = [{ path: "/bin/false" }]'
	create
	refused
	gone "aril-$ID.scope"
}

@test "a unit of that name that is active is not touched" {
	only_aril 'runc replaces it'
	limited '{}'
	cgroups_path ":aril:$ID"
	ID=other create
	echo "$output"
	[ "$status" -eq 1 ]
	[ ! -e "$STATE/other" ]
	[ "$(status_of)" = running ]
	told ActiveState=active
}

@test "delete of a container whose scope was stopped by systemctl" {
	# the container ignores SIGTERM, and the unit fails
	annotation TimeoutStopUSec 'uint64 500000'
	limited '{}'
	sysctl_unit stop "$UNIT"
	ended
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	gone "$UNIT"
	nothing_left
}

@test "a scope in which memory ran out leaves no failed unit" {
	need_controller memory
	mkdir -m 777 "$T/tell"
	limits '{ "memory": { "limit": 33554432, "swap": 33554432 } }'
	args /probe eat 64
	created --pid-file "$T/pid"
	place
	start
	ended
	aril delete "$ID"
	gone "$UNIT"
	nothing_left
	go
	[ "$status" -eq 137 ]
	nothing_left
}

@test "a failed unit of that name is no obstacle" {
	local unit=aril-$ID.scope
	only_aril 'has another name'
	need_throwaway
	# a scope that is ended because its time is over has failed
	systemd-run --quiet --scope --unit="$unit" -p RuntimeMaxSec=1 \
		"$ARIL_PROBE" pause </dev/null >/dev/null 2>&1 || :
	[ "$(show ActiveState "$unit")" = failed ]
	limited '{}'
	[ "$UNIT" = "$unit" ]
	told ActiveState=active
}

@test "a daemon-reload and a daemon-reexec change no limit" {
	local what
	need_root 'reloads'
	need_controller pids memory cpu
	need_throwaway
	limited '{ "pids": { "limit": 17 }, "memory": { "limit": 67108864,
		"reservation": 33554432, "swap": 100663296 },
		"cpu": { "quota": 12345, "period": 50000, "shares": 4056 },
		"unified": { "memory.high": "50331648", "memory.min": "4194304" } }'
	cat "$CG"/{pids.max,memory.{max,min,low,high,swap.max},cpu.{max,weight}} \
		>"$T/before"
	for what in daemon-reload daemon-reexec; do
		systemctl "$what"
		cat "$CG"/{pids.max,memory.{max,min,low,high,swap.max},cpu.{max,weight}} \
			>"$T/after"
		diff "$T/before" "$T/after"
	done
	updated --pids-limit 18 --memory-reservation 8388608
	systemctl daemon-reload
	holds pids.max 18 memory.low 8388608 memory.max 67108864
	told TasksMax=18
}

@test "changes by systemctl reach the container, and those by update win after it" {
	need_controller pids
	limited '{ "pids": { "limit": 17 } }'
	sysctl_unit set-property --runtime "$UNIT" TasksMax=9
	holds pids.max 9
	updated --pids-limit 11
	holds pids.max 11
	told TasksMax=11
}

@test "exec goes into the scope" {
	limited '{}'
	aril exec --pid-file "$T/exec.pid" -d "$ID" /probe pause /tell/second </dev/null \
		>"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/second" 5000
	[[ $TREE$(cgroup_of "$(<"$T/exec.pid")") == "$CG"* ]]
	run aril exec "$ID" /probe exit 5 </dev/null
	[ "$status" -eq 5 ]
}

@test "as a user, limits are what the user's systemd passes on" {
	need_user
	need_controller pids memory cpu
	limited '{ "pids": { "limit": 17 }, "memory": { "limit": 67108864 },
		"cpu": { "quota": 50000 } }'
	holds pids.max 17 memory.max 67108864 cpu.max '50000 100000'
	told TasksMax=17 MemoryMax=67108864 CPUQuotaPerSecUSec=500ms
	run aril exec "$ID" /probe bomb 100 </dev/null
	want forked=15
}

@test "the state says which unit it is" {
	only_aril 'has its own state'
	limited '{}'
	aril state "$ID" | tee "$T/state.json"
	grep -F "$UNIT" "$STATE/$ID/state.json"
}

# As from a login by another way than systemd's: no cgroup of theirs is above it
@test "a user whose own cgroup is elsewhere: systemd moves all processes" {
	local dir uid own
	need_throwaway
	need_controller pids
	only_aril 'runc 1.1.5 and crun need their own cgroup'
	for dir in /run/user/*; do
		[ ! -S "$dir/systemd/private" ] || uid=${dir##*/}
	done
	[ -S "/run/user/${uid:-none}/systemd/private" ] || skip 'no user has a systemd'
	own=$(mktemp -d /var/tmp/aril-own.XXXXXX)
	cp -a "$B" "$own/bundle"
	B=$own/bundle
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: $u, size: 1 }] |
		.linux.gidMappings = .linux.uidMappings' --argjson u "$uid"
	limits '{ "pids": { "limit": 7 } }'
	args /probe pause
	mkdir "$own/state"
	chown -R "$uid:$uid" "$own"
	theirs() {
		setpriv "--reuid=$uid" "--regid=$uid" --clear-groups env -i PATH="$PATH" \
			"XDG_RUNTIME_DIR=/run/user/$uid" timeout --foreground 25 "$ARIL" \
			--root "$own/state" "$@" </dev/null 3>&-
	}
	theirs create -b "$B" --pid-file "$own/pid" "$ID" >"$T/out" 2>&1 || {
		cat "$T/out"
		return 1
	}
	CG=$TREE$(cgroup_of "$(<"$own/pid")")
	[[ $CG == */user@$uid.service/*/*.scope ]]
	holds pids.max 7
	theirs start "$ID"
	run theirs exec "$ID" /probe bomb 100
	echo "$output"
	want forked=5
	theirs update --pids-limit 9 "$ID"
	holds pids.max 9
	theirs delete -f "$ID"
	[ ! -e "$CG" ]
	[ -z "$(ls "$own/state")" ]
	rm -rf "$own"
}
