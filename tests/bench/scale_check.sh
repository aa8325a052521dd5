#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# scale_check.sh: do scale.sh and churn.sh measure and leave nothing? TAP. With 20
# containers and 60 cycles, and no word about speed.
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
place_required 'containers by the dozen' "$(place_missing)"
required 'containers by the dozen' "$(aril_missing)"
. "$here/../lib/tap.sh"
TMPDIR=$tmp/place # where the scripts make theirs
mkdir "$TMPDIR"
export TMPDIR
verbs='create start state exec list kill delete'
found=$tmp/found

# A row for 0, 10 and 20, and in each a number for each verb and for `list` per container
table_is_whole() {
	awk '$1 == "running" && $2 == "aril" { rows = 1; next }
		rows && NF == 0 { exit }
		rows {
			seen = seen " " $1
			if (NF != 9)
				print "fields: " $0
			for (i = 2; i <= NF; i++)
				if ($i !~ /^[1-9][0-9]*$/)
					print $i " in: " $0
		}
		END { if (seen != " 0 10 20") print "rows:" seen }' "$tmp/table"
	awk '$2 == "aril" && ($1 == 10 || $1 == 20) && NF == 7 { rows++ }
		END { if (rows != 2) print "rows about memory: " rows + 0 }' "$tmp/table"
}

lines_are_drawn() {
	for verb in $verbs; do
		grep "<polyline id=\"aril-$verb\"" "$tmp/picture.svg" |
			grep -Eq 'points="[0-9.]+,[0-9.]+( [0-9.]+,[0-9.]+){2}"' ||
			echo "no line of three points for $verb"
	done
	grep -i -E '(NaN|inf)' "$tmp/picture.svg"
}

# That all tags are closed in turn; no parser of XML need be installed
xml_is_nested() {
	if command -v xmllint >/dev/null; then
		xmllint --noout "$tmp/picture.svg" 2>&1
		return
	fi
	tr '\n' ' ' <"$tmp/picture.svg" | sed 's/</\n</g' | awk '
	/^<\// {
		sub(/^<\//, ""); sub(/>.*/, "")
		if (!n || open[n--] != $0) print "closed, but not open: " $0
		next
	}
	/^</ && !/\/>/ { sub(/^</, ""); sub(/[ >].*/, ""); open[++n] = $0 }
	END { if (n) print "not closed: " open[n] }'
}

# Cgroups whose script has ended, files, mounts, and processes that name them
left() {
	for group in "$(cgroup_tree)"/aril-bench-*; do
		[ ! -d "$group" ] || [ -d "/proc/${group##*-}" ] || echo "$group"
	done
	find "$TMPDIR" -mindepth 1
	grep -F "$TMPDIR" /proc/self/mounts
	grep -lsF "$TMPDIR" /proc/[0-9]*/cmdline
}

# As a user does who has seen enough: while containers are made
interrupted() {
	"$here/scale.sh" --most 2000 --rounds 2 --tools aril >"$tmp/out" 2>&1 &
	script=$!
	group=$(cgroup_tree)/aril-bench-$script
	# shellcheck disable=SC2016 # the inner shell expands them
	timeout 60 sh -c 'until [ -d "$1/herd-aril-15" ] || [ ! -d "/proc/$2" ]
		do :; done; [ -d "$1" ]' - "$group" "$script" || cat "$tmp/out"
	kill -TERM "$script"
	wait "$script"
	[ $? -eq 130 ] || echo "it did not end of the signal"
}

echo 1..7
: >"$found"
"$here/scale.sh" --most 20 --rounds 2 --tools aril --svg "$tmp/picture.svg" \
	>"$tmp/table" 2>"$tmp/errors" || cp "$tmp/errors" "$found"
sed 's/^\(# \)*/# /' "$tmp/table"
result 'scale.sh ends well'
table_is_whole >"$found"
result 'its table has a time for each verb at each number, and the memory'
lines_are_drawn >"$found" 2>&1
result 'its picture has a line for each verb'
xml_is_nested >"$found"
result 'which is XML'
"$here/churn.sh" --cycles 60 --most-time 3 >"$tmp/table" 2>&1
echo "status $?" >>"$tmp/table"
grep -v '^ok ' "$tmp/table" | grep -v -x -E '#.*|1\.\.[0-9]+|status 0' >"$found"
sed 's/^\(# \)*/# /' "$tmp/table"
result 'nothing grows in 60 cycles'
interrupted >"$found"
result 'scale.sh can be interrupted'
left >"$found"
result 'nothing is left'
exit $status
