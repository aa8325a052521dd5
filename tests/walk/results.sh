#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# results.sh [FILE]: the whole error walk (README.md): all verbs as root and as ordinary
# users, and the other scenes. TAP on stdout; FILE gets what came of it as a table. Each
# row below takes minutes: two at a time. The variables are those of run.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=${1:-}
users=create,run,start,exec,kill,delete,delete-force,state,ps,list
scenes='create-terminal run-terminal exec-terminal create-agent run-agent start-agent
	exec-agent run-idmap create-hooks run-hooks start-hooks'

# name, as whom, options and verbs
rows=(
	"root||"
	"user|user|${users//,/ }"
	"solo|solo|${users//,/ }"
	"root, killed init||-k -e KILL create run start exec"
	"root, EIO and SIGKILL||-e EIO,KILL ${scenes//$'\n'/ }"
	"user, helpers too|user|-H -e EIO,KILL run"
)

work=$(mktemp -d) || exit 99
set -m # each row is a process group
# shellcheck disable=SC2317 # a trap calls it
clean() {
	local group
	for group in $(jobs -p); do
		kill -- "-$group" 2>/dev/null
	done
	wait
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 99' HUP INT TERM

for i in "${!rows[@]}"; do
	IFS='|' read -r _ who words <<<"${rows[i]}"
	[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
	# shellcheck disable=SC2086 # words
	ARIL_WALK_AS=$who "$here/run.sh" $words >"$work/$i" 2>&1 </dev/null &
done
wait

# "ok 1 - VERB, ERROR: N faults, N refused, ..."
for i in "${!rows[@]}"; do
	sed -nE "s/^(ok|not ok) [0-9]+ - ([^:]+): (.*)/${rows[i]%%|*} | \2 | \3/p
		s/^# all: (.*)/${rows[i]%%|*} | all | \1/p" "$work/$i"
done >"$work/table"

[ -z "$results" ] || {
	cat <<-'END'
		# The error walk

		Written by tests/walk/results.sh; README.md tells what the words mean.

	END
	echo "- $("$ARIL" --version | head -n 1), Linux $(uname -r), $(date -u +%F)"
	echo
	echo 'as | verb, error | what came of it'
	echo '--- | --- | ---'
	cat "$work/table"
} >"$results"
for i in "${!rows[@]}"; do
	sed -E "s/^((not )?ok) [0-9]+ - /\1 - ${rows[i]%%|*}: /; /^1\.\./d" "$work/$i"
	grep -q '^# all:' "$work/$i" || echo "not ok - ${rows[i]%%|*}: it ended early"
done | awk '
	/^(not )?ok / { n++; sub(/ok - /, "ok " n " - ") }
	/^not ok / { failed++ }
	{ print }
	END { print "1.." n + 0; exit failed > 0 || n == 0 }'
