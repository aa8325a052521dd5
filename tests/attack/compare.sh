#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# compare.sh [--results FILE] [root|user] [FILE.bats...]: the attacks against aril and
# against other runtimes, and a table of what became of each. Without a mode: as root, and
# as a user. --results: what differs, and the totals, to FILE too.
#
# Some of them remove what a hostile word names. So each run is in a guest of its own
# (tests/vm/run), two at a time, and none on this machine. Exit 77 where there are no
# guests.
#
#	held		the attack failed, and the host is as it was
#	LET THROUGH	the attack did what it wanted
#	LEFT		something was left behind on the host
#	other		the test failed in another way: its last line is told
#	skip		the test does not run there
#	-		it was not run: the run was ended before
#
#	ARIL_BUILD		aril's build, for the guests
#	ARIL_COMPARE_DIR	keeps what came of each test. Without FILEs, who has been
#				run is not run again; with FILEs, these tests' are new
#	ARIL_COMPARE		the runtimes ("aril crun runc")
#	ARIL_COMPARE_GUESTS	how many at a time (2)
#	ARIL_ATTACK_ROUNDS	of races (30 here)
set -u
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ARIL_ATTACK_ROUNDS:-30}
guests=${ARIL_COMPARE_GUESTS:-2}
guest_seconds=3600

results=
[ "${1:-}" != --results ] || { results=$2 && shift 2; }
modes=(root user)
case ${1:-} in root | user) modes=("$1") && shift ;; esac
all=
if [ $# -eq 0 ]; then
	all=yes
	# what is about the machine alone has nothing to compare
	for file in "$here"/*.bats; do
		[ "${file##*/}" = control.bats ] || set -- "$@" "$file"
	done
fi
read -r -a runtimes <<<"${ARIL_COMPARE:-aril crun runc}"

work=${ARIL_COMPARE_DIR:-}
if [ -n "$work" ]; then
	mkdir -p "$work" || exit 99
else
	work=$(mktemp -d) || exit 99
fi
set -m # each column is a process group
# shellcheck disable=SC2317 # a trap calls it
clean() {
	local group
	for group in $(jobs -p); do
		kill -- "-$group" 2>/dev/null
	done
	wait
	[ -n "${ARIL_COMPARE_DIR:-}" ] || rm -rf "$work"
}
trap clean EXIT
trap 'exit 99' HUP INT TERM

# What a guest is told to do, for one column of the table
command_for() { # MODE RUNTIME FILE...
	local mode=$1 runtime=$2
	shift 2
	# in the guest, aril is the build that came with it
	echo "[ $runtime = aril ] || ARIL=\$(command -v $runtime)"
	# shellcheck disable=SC2016 # the guest's
	echo 'echo "# version $("$ARIL" --version | head -n 1)"
		echo "# kernel Linux $(uname -r), $(uname -m)"'
	echo "export ARIL ARIL_ATTACK_ROUNDS=$rounds"
	echo "export ARIL_BED_SECONDS=$((guest_seconds - 300))"
	echo "export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-180}"
	echo "exec tests/attack/run.sh $mode ${*/#*\//tests/attack/}"
}

# TAP of one runtime to lines NAME <tab> VERDICT <tab> WHY
verdicts() {
	awk -v OFS='\t' '
	function finish() {
		if (name == "")
			return
		if (through != "")
			print name, "LET THROUGH", through
		else if (left != "")
			print name, "LEFT", left
		else
			print name, verdict, verdict == "other" ? why : ""
		name = through = left = why = ""
	}
	/^not ok .*: (not all of [0-9]+ tests were run|the run ended early)$/ {
		finish()
		next
	}
	/^(not )?ok / {
		finish()
		verdict = /^ok .* # SKIP/ ? "skip" : /^ok/ ? "held" : "other"
		name = $0
		sub(/^(not )?ok [0-9]+ - /, "", name)
		sub(/ # SKIP.*/, "", name)
		sub(/ in [0-9]+ms$/, "", name)
		next
	}
	/^1\.\.|^# [0-9]+ passed/ { finish(); next }
	verdict != "other" { next }
	/^# let through:/ && through == "" { through = substr($0, 16) }
	/^# left behind:/ && left == "" { left = substr($0, 16) }
	/^# (\(|  *(from|in|`))/ { next }
	/^# ./ { why = substr($0, 3) }
	END { finish() }'
}

# One column of the table: NAME.tap, and what of it counts in NAME
run_column() { # MODE RUNTIME FILE...
	local column=$work/$1.$2 status
	"$here/../vm/run" --seconds $guest_seconds "$(command_for "$@")" \
		</dev/null >"$column.tap" 2>"$column.err"
	status=$?
	if [ $status -gt 1 ] || ! grep -q '^# version ' "$column.tap"; then
		echo "# $1, $2: the guest ended with $status" >&2
		tail -n 20 "$column.tap" "$column.err" >&2
		return $status
	fi
	sed -n 's/^# version //p' "$column.tap" | head -n 1 >"$column.version"
	sed -n 's/^# kernel //p' "$column.tap" | head -n 1 >"$work/kernel"
	touch "$column"
	verdicts <"$column.tap" >"$column.new"
	# those of a test that was run again count no more
	awk -F'\t' 'FNR == 1 { part++ } part == 1 { again[$1] = 1; print; next }
		!($1 in again)' "$column.new" "$column" >"$column.all"
	mv "$column.all" "$column"
	rm "$column.new"
}

failed=
for mode in "${modes[@]}"; do
	for runtime in "${runtimes[@]}"; do
		[ -z "$all" ] || [ ! -s "$work/$mode.$runtime" ] || continue
		[ "$(jobs -rp | wc -l)" -lt "$guests" ] || wait -n || failed=$?
		run_column "$mode" "$runtime" "$@" &
	done
done
while [ -n "$(jobs -p)" ]; do
	wait -n || failed=$?
done

# The rows of a mode, as NAME | WORD | WORD...; the last column is why
rows() { # MODE all|differ
	local files=() n=0 runtime
	for runtime in "${runtimes[@]}"; do
		files+=("column=$((++n))")
		[ ! -e "$work/$1.$runtime" ] || files+=("$work/$1.$runtime")
	done
	awk -F'\t' -v which="$2" '
	{
		label[column] = FILENAME
		sub(/.*\./, "", label[column])
		if (!($1 in seen)) { seen[$1] = 1; order[++n] = $1 }
		got[$1, column] = $2
		if ($3 != "" && $2 != "held")
			why[$1] = why[$1] (why[$1] == "" ? "" : "; ") label[column] \
				": " substr($3, 1, 90)
	}
	END {
		for (i = 1; i <= n; i++) {
			name = order[i]
			line = name
			same = 1
			for (c = 1; c <= column; c++) {
				word = got[name, c] == "" ? "-" : got[name, c]
				line = line " | " word
				if (word != "held" && word != "skip" && word != "-")
					same = 0
			}
			if (which == "differ" && same)
				continue
			text = why[name]
			gsub(/\|/, "/", text)
			gsub(/[^ -~]/, " ", text)
			gsub(/\/[^ ]*aril-bats[^ ]*/, "PATH", text)
			print line " | " text
		}
	}' "${files[@]}"
}

totals() { # MODE
	local runtime
	for runtime in "${runtimes[@]}"; do
		[ -e "$work/$1.$runtime" ] || continue
		awk -F'\t' -v what="$runtime, $1" '
		{ count[$2]++ }
		END {
			printf "%s | %d | %d | %d | %d | %d\n", what, count["held"],
				count["LET THROUGH"], count["LEFT"], count["other"],
				count["skip"]
		}' "$work/$1.$runtime"
	done
}

heading() { # COLUMN...
	printf '%s' "$1"
	printf ' | %s' "${@:2}"
	printf '\n---'
	printf ' | %s' "${@/*/---}" | sed 's/ | ---$//'
	printf '\n'
}

report() { # all|differ
	local runtime mode
	for runtime in "${runtimes[@]}"; do
		cat "$work"/*."$runtime.version" 2>/dev/null | sed 's/^/- /;q'
	done
	echo "- $(cat "$work/kernel"), a guest (tests/vm); races: $rounds rounds;" \
		"$(date -u +%F)"
	echo
	heading who held 'LET THROUGH' LEFT other skip
	for mode in "${modes[@]}"; do
		totals "$mode"
	done
	echo
	heading test "${runtimes[@]}" why
	for mode in "${modes[@]}"; do
		rows "$mode" "$1"
	done
}

report all
if [ -n "$results" ]; then
	{
		echo '# Attacks: aril and others'
		echo
		echo 'Written by make attack-compare; compare.sh tells what the words'
		echo 'mean. The rows are tests that somebody did not hold, or that'
		echo 'failed in another way there; "-" was not run.'
		echo
		report differ
	} >"$results"
fi
[ -z "$failed" ] || exit "$failed"
# aril must hold all of them
! cat "$work"/*.aril 2>/dev/null | grep -qvP '\t(held|skip)\t'
