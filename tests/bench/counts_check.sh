#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# counts_check.sh [--tell]: how much aril does, in numbers that no load of the machine
# changes: the system calls of a verb (of `run` with those of the container's processes),
# and the instructions that the program takes (callgrind's). What takes 2 % more than in
# counts.txt is a regression; calls may be six more, as some wait in turns. --tell prints
# such a file. TAP.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

inside='' tell=''
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--tell) tell=--tell ;;
	*) echo "counts_check.sh [--tell]" >&2 && exit 2 ;;
	esac
	shift
done

# Others have other numbers. ARIL_CC is how aril was compiled, if make calls us.
build_other() {
	[ "$(uname -m)" = x86_64 ] || echo 'counts.txt is about x86_64'
	[ "${ARIL_CC:-gcc -g -O2}" = 'gcc -g -O2' ] ||
		echo "counts.txt is about gcc -g -O2, not $ARIL_CC"
	[ "$(gcc -dumpversion 2>/dev/null | cut -d. -f1)" = 12 ] ||
		echo 'counts.txt is about gcc 12'
}

if [ -z "$inside" ]; then
	what='the counts are no higher'
	place_required "$what" "$(place_missing)"
	required "$what" "$(aril_missing)"
	for program in strace valgrind; do
		command -v $program >/dev/null ||
			place_required "$what" "$program is not installed"
	done
	reason=$(build_other | head -n 1)
	if [ -n "$reason" ]; then
		echo "1..0 # SKIP $reason"
		exit 0
	fi
	# shellcheck disable=SC2086 # no word, or one
	place_enter $tell
	exit
fi

# --- inside ----------------------------------------------------------------------------

# calls OPTION VERB: -f, or no word
calls() {
	# shellcheck disable=SC2046,SC2086 # words
	strace $1 -qq -c -o "$place_work/calls" $(tool_command aril "$2") </dev/null \
		>"$place_work/output" 2>&1 || cat "$place_work/output" >&2
	awk -v verb="$2" '$NF == "total" { print "calls", verb, $4 }' "$place_work/calls"
}
# instructions VERB ARG...: valgrind has no clone3 and no pidfd_open, so of verbs without
# processes: `plan` reads, checks and plans all that create does. The C library reads all
# of the environment: it is the same everywhere.
instructions() {
	env -i "PATH=$PATH" valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"$place_work/aril" "$@" </dev/null >/dev/null 2>"$place_work/output" ||
		cat "$place_work/output" >&2
	sed -n "s/.*Collected : /instructions $1 /p" "$place_work/output"
}

# each once before, for what is kept: seccomp programs
counts() {
	tool aril run
	calls -f run
	calls '' create
	calls '' start
	tool_started "$(tool_pid aril)"
	calls '' state
	calls '' exec
	calls '' list
	calls '' kill
	tool aril delete-f
	tool aril create
	calls '' delete-f
	instructions plan "$place_work/bundle/bench-aril/true"
	instructions features
	instructions spec --bundle "$place_work"
}

place_make_bundles aril
counts >"$place_work/counts"
if [ -n "$tell" ]; then
	cat "$place_work/counts"
	exit
fi
echo "1..$(($(wc -l <"$here/counts.txt")))"
while read -r kind verb most; do
	now=$(awk -v k="$kind" -v v="$verb" '$1 == k && $2 == v { print $3 }' \
		"$place_work/counts")
	slack=$((most / 50))
	[ "$kind" = instructions ] || slack=$((slack + 6))
	tap $((${now:-0} > 0 && ${now:-0} <= most + slack)) \
		"$verb: ${now:-none} $kind, $most are usual"
done <"$here/counts.txt"
# shellcheck disable=SC2154 # lib.sh's
exit $failed
