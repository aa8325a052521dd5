#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# compare.sh [--results FILE] [root|user] [FILE.bats...]: the attacks against aril and
# against other runtimes, and a table of what became of each. Without a mode: as root, and
# as a user. --results: what differs, and the totals, to FILE too.
#
#	held		the attack failed, and the host is as it was
#	LET THROUGH	the attack did what it wanted
#	LEFT		something was left behind on the host
#	other		the test failed in another way: its last line is told
#	skip		the test does not run there
#	-		it was not run: the run was ended before
#
#	ARIL_COMPARE_DIR	keeps the runs' TAP; what is there is not run again
#	ARIL_COMPARE	the other runtimes (those of crun and runc that are installed)
#	ARIL_ATTACK_ROUNDS	of races (20 here)
#	ARIL_BED_CGROUP	unified here, since not all of them run with anything else
set -u
here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$(dirname "$here")")
export ARIL_ATTACK_ROUNDS="${ARIL_ATTACK_ROUNDS:-20}"
export ARIL_BED_CGROUP="${ARIL_BED_CGROUP:-unified}"
export ARIL_BED_SECONDS="${ARIL_BED_SECONDS:-3600}"
export BATS_TEST_TIMEOUT="${BATS_TEST_TIMEOUT:-120}"

results=
[ "${1:-}" != --results ] || { results=$2 && shift 2; }
modes=(root user)
case ${1:-} in root | user | solo) modes=("$1") && shift ;; esac
[ "$(id -u)" -eq 0 ] || modes=(user)
if [ $# -eq 0 ]; then
	# what is about aril's source, or about the machine, has nothing to compare
	for file in "$here"/*.bats; do
		[ "${file##*/}" = control.bats ] || set -- "$@" "$file"
	done
fi

runtimes=("${ARIL:-${ARIL_BUILD:-$source/build}/aril}")
for name in ${ARIL_COMPARE:-crun runc}; do
	path=$(command -v "$name") && runtimes+=("$path") ||
		echo "# $name is not installed" >&2
done
work=${ARIL_COMPARE_DIR:-}
if [ -n "$work" ]; then
	mkdir -p "$work" || exit 99
else
	work=$(mktemp -d) || exit 99
	trap 'rm -rf "$work"' EXIT
fi

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

version() { # RUNTIME
	"$1" --version 2>/dev/null | head -n 1
}

columns=()
for mode in "${modes[@]}"; do
	for runtime in "${runtimes[@]}"; do
		column=$work/$mode.${runtime##*/}
		[ -s "$column.tap" ] || {
			ARIL=$runtime "$here/run.sh" "$mode" "$@" \
				</dev/null >"$column.new"
			mv "$column.new" "$column.tap"
		} &
	done
	wait
	for runtime in "${runtimes[@]}"; do
		column=$work/$mode.${runtime##*/}
		verdicts <"$column.tap" >"$column"
	done
	columns+=("$mode")
done

# The rows of a mode, as NAME | WORD | WORD...; the last column is why
rows() { # MODE all|differ
	local files=() runtime
	for runtime in "${runtimes[@]}"; do
		files+=("$work/$1.${runtime##*/}")
	done
	awk -F'\t' -v which="$2" '
	FNR == 1 { column++; label[column] = FILENAME; sub(/.*\./, "", label[column]) }
	{
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
		awk -F'\t' -v what="${runtime##*/}, $1" '
		{ count[$2]++ }
		END {
			printf "%s | %d | %d | %d | %d | %d\n", what, count["held"],
				count["LET THROUGH"], count["LEFT"], count["other"],
				count["skip"]
		}' "$work/$1.${runtime##*/}"
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
		echo "- $(version "$runtime")"
	done
	echo "- Linux $(uname -r), $(uname -m); cgroups: $ARIL_BED_CGROUP;" \
		"races: $ARIL_ATTACK_ROUNDS rounds; $(date -u +%F)"
	echo
	heading who held 'LET THROUGH' LEFT other skip
	for mode in "${columns[@]}"; do
		totals "$mode"
	done
	echo
	heading test "${runtimes[@]##*/}" why
	for mode in "${columns[@]}"; do
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
# aril must hold all of them
! grep -qvP '\t(held|skip)\t' "$work"/*."${runtimes[0]##*/}"
