#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose the files of a container are, and who may do what with them, whatever the umask;
# and that nothing is trusted which somebody else could have written.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'has other files'
}

# Mode, owner and name of all below the root, but for mounts; numbers become N
listed() {
	(cd "$STATE" && find . -mindepth 1 -printf '%m %U:%G %y %P\n') |
		sed -E "s|$ID|ID|; s|[0-9a-f]{16,}|N|" | sort -k3
}

@test "modes and owners below the root, under any umask" {
	local mask us
	us=$(id -u):$(id -g)
	args /probe pause
	for mask in 000 022 077 027; do
		rm -rf "$STATE"
		umask "$mask"
		created
		umask 022
		[ "$(stat -c '%a %u:%g' "$STATE")" = "700 $us" ]
		output=$(listed)
		echo "umask $mask: $output"
		want "711 $us d ID" "600 $us f ID/lock" "600 $us f ID/state.json" \
			"600 $us f ID/config.json" "600 $us s ID/start.sock"
		! is_aril || want "700 $us d .tmp"
		if [ -d "$STATE/.cache" ]; then
			want "700 $us d .cache" "700 $us d .cache/seccomp" \
				"600 $us f .cache/seccomp/N"
		fi
		# nobody else may write to anything
		[ -z "$(grep -E '^[0-7]*[2367][0-7] |^[0-7]*[2367] ' <<<"$output")" ]
		aril delete -f "$ID"
	done
}

@test "parents of the root are made for others to pass, not to write" {
	local mask
	for mask in 000 077; do
		umask "$mask"
		run "$ARIL" --root "$T/new-$mask/a/b" create -b "$T/none" "$ID" </dev/null
		umask 022
		[ "$status" -ne 0 ]
	done
	args /probe pause
	umask 000
	"$ARIL" --root "$T/deep/a/b" "${manager[@]}" create -b "$B" "$ID" </dev/null \
		>"$T/out" 2>&1
	umask 022
	[ "$(stat -c %a "$T/deep" "$T/deep/a" "$T/deep/a/b" | tr '\n' ' ')" = \
		'755 755 700 ' ]
	"$ARIL" --root "$T/deep/a/b" "${manager[@]}" delete -f "$ID"
}

@test "pid files and logs are not for others to write" {
	args /probe pause
	umask 000
	created --pid-file "$T/pid"
	run aril --log "$T/log" state none
	umask 022
	[ "$(stat -c %a "$T/pid" "$T/log" | tr '\n' ' ')" = '644 644 ' ]
}

@test "a file of the state that others own or may write to is not trusted" {
	local file
	mkdir "$T/tell"
	cfg '.hooks.poststop = [{ path: $p, args: ["probe", "create", $f] }]' \
		--arg p "$ARIL_PROBE" --arg f "$T/tell/hook"
	args /probe pause
	created
	for file in state.json config.json lock; do
		chmod o+w "$STATE/$ID/$file"
		start
		fails "$STATE/$ID/$file must belong to user $(id -u)" \
			'nobody else may write to it'
		chmod o-w "$STATE/$ID/$file"
		is_root || continue
		chown 12345 "$STATE/$ID/$file"
		start
		fails "$STATE/$ID/$file must belong to user 0"
		chown 0 "$STATE/$ID/$file"
	done
	# not taken for one that is broken
	chmod o+w "$STATE/$ID/state.json"
	run aril delete -f "$ID"
	fails "$STATE/$ID/state.json must belong to user"
	chmod o-w "$STATE/$ID/state.json"
	[ "$(status_of)" = created ]
	# it ends, but whoever wrote this does not choose what is run
	chmod o+w "$STATE/$ID/config.json"
	aril delete -f "$ID"
	[ ! -e "$T/tell/hook" ]
	nothing_left
}
