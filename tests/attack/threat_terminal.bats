#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 33 and 62 to 66: the terminal of who calls the runtime. The victim
# here is a shell that reads that terminal afterwards.

load threat.bash

# What is typed on the caller's terminal, and its modes, before and after a run
on_callers_terminal() { # GROUP-WORDS...
	args /probe "$@"
	session <<-END
		"$ARIL_PROBE" typed
		timeout --foreground 20 "$ARIL" --root "$STATE" ${manager[*]} run \\
			-b "$B" $ID
		echo "run=\$?"
		"$ARIL_PROBE" typed
	END
	[ "$(grep -c '^modes=' <<<"$output")" -eq 2 ] || return
	[ "$(grep -c '^run=0' <<<"$output")" -eq 1 ] || return
	[ "$(grep '^modes=' <<<"$output" | sort -u | wc -l)" -eq 1 ] ||
		through 'the modes of the terminal have changed' || return
	[ "$(grep -c '^typed=0$' <<<"$output")" -eq 2 ] || through 'something was typed'
}

@test "63, 64: the caller's terminal as standard input: nothing can be typed on it" {
	local words
	attempts terminal
	on_callers_terminal "${words[@]}"
	! grep -E '^(type.*|paste|console)=ALLOWED' <<<"$output" || through 'the terminal'
}

@test "33, 63, 66: a terminal of its own: what is typed there stays there" {
	local words
	attempts terminal
	cfg '.process.terminal = true'
	on_callers_terminal "${words[@]}"
	! grep -E '^(paste|console|type.steal)=ALLOWED' <<<"$output" ||
		through 'the terminal'
}

@test "63: a program that joins cannot type on the caller's terminal" {
	local words
	running
	attempts terminal
	session <<-END
		timeout --foreground 20 "$ARIL" --root "$STATE" exec $ID /probe \\
			try terminal
		"$ARIL_PROBE" typed
	END
	[[ $output == *tried=* ]]
	want typed=0 || through 'something was typed'
	! grep -E '^(type.*|paste|console)=ALLOWED' <<<"$output" || through 'the terminal'
}
