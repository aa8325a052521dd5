#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# many.sh [--runs N] [--launchers L] [--rounds R] [--tools LIST]
#
# How many `run`s end in a second when L (8) launchers do N (50) each at the same time:
# the medians of R (5) rounds, in each of which the tools take turns. LIST is words with
# commas: aril,crun,runc,floor. As root; see README.md.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
place_work=${place_work:-} place_programs=${place_programs:-}
. "$here/lib.sh"

runs=50 launchers=8 rounds=5 tools=aril,crun,runc,floor inside=''
while [ $# -gt 0 ]; do
	case $1 in
	--inside) inside=yes ;;
	--runs) runs=$2 && shift ;;
	--launchers) launchers=$2 && shift ;;
	--rounds) rounds=$2 && shift ;;
	--tools) tools=$2 && shift ;;
	*)
		sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
	esac
	shift
done

if [ -z "$inside" ]; then
	reason=$(place_missing)
	if [ -n "$reason" ]; then
		echo "many.sh: $reason" >&2
		exit 1
	fi
	place_enter --runs "$runs" --launchers "$launchers" --rounds "$rounds" \
		--tools "$tools"
	exit
fi

# --- inside ----------------------------------------------------------------------------

present=''
for name in $(echo "$tools" | tr , ' '); do
	if [ -n "$(tool_program "$name")" ]; then
		present="$present $name"
	else
		echo "# $name is left out: it is not there" >&2
	fi
done
# shellcheck disable=SC2086 # words
place_make_bundles $present
# those of the launchers, which the tools have in turns
names=$(seq -f 'bench-%g' "$launchers")
# shellcheck disable=SC2086 # words
"$here/bundle.sh" "$place_work/many" "$place_programs" $names
one() { # TOOL
	command=$(tool_command "$1" run | sed "s|$place_work/bundle|$place_work/many|
		s|bench-$1|bench-%|g")
	# shellcheck disable=SC2086 # words
	"$place_programs/many" -n "$runs" -l "$launchers" $command \
		>"$place_work/rate" || {
		echo "many.sh: $command" >&2
		exit 1
	}
	echo "$1 $(cat "$place_work/rate")" >>"$place_work/rates"
}
# shellcheck disable=SC2086 # words
set -- $present
for _ in $(seq "$rounds"); do
	for name; do
		one "$name"
	done
	# another one begins
	set -- "$@" "$1"
	shift
done
echo "# $(uname -sr), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
echo "# $launchers launchers, $runs runs each, median of $rounds rounds"
printf '%-8s %12s %8s\n' tool runs/s 'x aril'
for name in $(echo "$tools" | tr , ' '); do
	grep "^$name " "$place_work/rates" | sort -n -k2,2 | awk '
		{ v[NR] = $2 }
		END { if (NR) print $1, (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
done | awk '
	{ name[++n] = $1; rate[n] = $2; if ($1 == "aril") aril = $2 }
	END {
		for (i = 1; i <= n; i++)
			printf "%-8s %12.1f %8s\n", name[i], rate[i],
				aril ? sprintf("%.2f", rate[i] / aril) : "-"
	}'
