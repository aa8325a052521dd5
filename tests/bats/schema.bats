#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What features, state and spec write keeps to the specification's own JSON schemas, which
# are copied to tests/schema; and features says what documents may say.

load ../lib/bundle.bash

# The document on stdin keeps to a schema
valid() { # SCHEMA
	local validate=${BATS_TEST_DIRNAME%/*}/schema/validate.py
	cat >"$T/document"
	run /usr/bin/python3 "$validate" "$1-schema.json" "$T/document"
	echo "$output"
	[ "$status" -ne 77 ] || skip "$output"
	return "$status"
}
# It does not, and the mistake is at that place
invalid() { # SCHEMA PLACE
	local wrong=0
	valid "$1" || wrong=1
	[ $wrong -eq 1 ] && [[ $output == "$2: "* ]]
}
prepare() {
	need /usr/bin/python3
}

@test "the validator refuses what it should" {
	valid state <<<'{"ociVersion":"1.3.0","id":"x","status":"created","bundle":"/b"}'
	invalid state /status \
		<<<'{"ociVersion":"1.3.0","id":"x","status":"asleep","bundle":"/b"}'
	invalid features / <<<'{"ociVersionMin":"1.0.0"}'
	invalid config /linux/namespaces/0 \
		<<<"$(jq '.linux.namespaces[0].type = "x"' "$B/config.json")"
	valid config <"$B/config.json"
}

@test "features keeps to its schema" {
	valid features <<<"$(aril features)"
}

@test "state keeps to its schema, whatever the status" {
	cfg '.annotations["a.b"] = "c"'
	running
	valid state <<<"$(aril state "$ID")"
	aril kill "$ID" KILL
	ended
	valid state <<<"$(aril state "$ID")"
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	created
	valid state <<<"$(aril state "$ID")"
	valid state <<<"$(aril list -f json | jq '.[0]')"
}

@test "the state that hooks read keeps to its schema" {
	cfg '.hooks.createRuntime = [{ path: "/bin/sh",
		args: ["sh", "-c", "cat >\($t)"] }]' --arg t "$T/seen"
	args /probe say hello
	go
	[ "$status" -eq 0 ]
	jq -e '.status == "creating"' "$T/seen"
	valid state <"$T/seen"
}

@test "spec writes documents that keep to their schema" {
	local option
	mkdir "$T/new"
	for option in '' --rootless; do
		# shellcheck disable=SC2086 # no word or one
		aril spec -b "$T/new" $option
		valid config <"$T/new/config.json"
		rm "$T/new/config.json"
	done
}

# --- features ---------------------------------------------------------------------------

@test "features: a container may have each namespace and mount option it names" {
	only_aril 'is what this is about'
	local option type
	aril features >"$T/features"
	cfg '.linux.namespaces = [$f[0].linux.namespaces[] | { type: . }]' \
		--slurpfile f "$T/features"
	if ! is_root; then
		cfg '.linux.namespaces |= unique_by(.type)'
	else
		cfg '.linux.namespaces |= map(select(.type != "user"))'
	fi
	while read -r option; do
		case $option in
		# of bind mounts, or with a map beside them
		bind | rbind | remount | idmap | ridmap | tmpcopyup) continue ;;
		esac
		mount_add tmpfs tmpfs /tmp "$option"
		run aril plan "$B"
		echo "$option: $output"
		[[ $output != *unknown* ]]
		cfg 'del(.mounts[-1])'
	done < <(jq -r '.mountOptions[]' "$T/features")
	for type in $(jq -r '.linux.namespaces[]' "$T/features"); do
		[ "$type" = user ] || aril plan "$B" | grep -q "$type" || return
	done
}

@test "features: what it claims changes the plan, or is refused: nothing is passed over" {
	only_aril 'is what this is about'
	local claim filter before
	before=$(aril plan "$B")
	cp config.json "$T/saved"
	while IFS='|' read -r claim filter; do
		aril features | jq -e ".linux.$claim" >/dev/null
		cfg "$filter"
		run aril plan "$B"
		echo "$claim: $output"
		[ "$output" != "$before" ]
		cp "$T/saved" config.json
	done <<-'END'
	apparmor.enabled|.process.apparmorProfile = "x"
	selinux.enabled|.linux.mountLabel = "u:r:t:s0"
	intelRdt.enabled|.linux.intelRdt = { closID: "x", schemata: ["L3:0=f"] }
	netDevices.enabled|.linux.netDevices = { eth0: {} }
	memoryPolicy.modes[0]|.linux.memoryPolicy = { mode: "MPOL_LOCAL" }
	mountExtensions.idmap.enabled|.mounts[0].options+=["idmap=uids=0-0-1;gids=0-0-1"]
	END
}

@test "features: the checkpoint annotations say whether there is such a verb" {
	only_aril 'is what this is about'
	local there=false
	! aril checkpoint --help >/dev/null 2>&1 || there=true
	aril features | jq -e --arg there $there '.annotations |
		."org.opencontainers.runc.checkpoint.enabled" == $there and
		."aril.checkpoint.enabled" == $there and ."aril.version"'
}
