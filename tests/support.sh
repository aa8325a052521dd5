#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# support.sh: docs/support.md has a row for each property of config.json, each word of a
# mount's options, each command, option, annotation and variable that the program knows,
# and no others; the test that a row names exists. TAP.
#
# A row is: | `NAME` | since | FILE: TEST |
# where FILE is tests/bats/FILE.bats, with the beginning of a test's name; or
# tests/unit/FILE.c, with a text of it; or "golden", with a plan of tests/golden.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
build=${ARIL_BUILD:-.} source=${ARIL_SOURCE:-.}
aril=${ARIL:-$build/aril}
table=$source/docs/support.md

if [ ! -x "$aril" ] || [ ! -x "$build/tests/support/inventory" ]; then
	echo "1..0 # SKIP aril and tests/support/inventory are not built"
	exit 0
fi

# --- what there is ---------------------------------------------------------------------

flags_of() { # PREFIX: of a text of --help
	sed -nE "s/^  (   |-[A-Za-z],) --([a-z0-9-]+).*/$1 --\\2/p"
}
"$build/tests/support/inventory" >"$tmp/there" || exit 99
"$aril" --help >"$tmp/help" || exit 99
flags_of aril <"$tmp/help" >>"$tmp/there"
for command in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$tmp/help"); do
	echo "command $command"
	"$aril" "$command" --help | flags_of "$command"
done >>"$tmp/there"
sed -n 's/.*getenv("\([A-Z_]*\)").*/variable \1/p' "$source"/src/*.c >>"$tmp/there"
sort -u -o "$tmp/there" "$tmp/there"

# --- what the table says ---------------------------------------------------------------

# NAME, since and test of each row, with tabs between
sed -nE 's/^\| `([^`]+)` \| ([^|]*) \| (.*) \|$/\1\t\2\t\3/p' "$table" >"$tmp/rows"

: >"$tmp/found"
[ "$(wc -l <"$tmp/there")" -gt 200 ] || cat "$tmp/there" >"$tmp/found"
result 'the program tells what it knows'

cut -f 1 "$tmp/rows" | sort >"$tmp/named"
uniq -d "$tmp/named" >"$tmp/found"
result 'no row is there twice'
# a line that looks like a row, and is none, would be passed over
row='\| `[^`|]+` \| [^|]+ \| [^|]+: [^|]* \|'
grep -n '^|' "$table" | grep -vE "^[0-9]+:($row|\| name \| since \| test \||\|[-|]+)\$" \
	>"$tmp/found"
result 'every row has three columns'
comm -23 "$tmp/there" "$tmp/named" >"$tmp/found"
result 'everything that the program knows has a row'
comm -13 "$tmp/there" "$tmp/named" >"$tmp/found"
result 'every row is about something that the program knows'

# --- the tests -------------------------------------------------------------------------

# The names of a file's tests, without the shell's quotes. Of a name that is made in a
# loop a row has the words as they are written: "$kind: ..."
names_of() { # FILE
	sed -nE "s/^[[:space:]]*@test +'([^']*)'.*/\\1/p
		s/^[[:space:]]*@test +\"(([^\"\\\\]|\\\\.)*)\".*/\\1/p" "$1" |
		sed 's/\\\([\\$`"]\)/\1/g'
}
# Beginnings are compared byte by byte: names have characters of every pattern
test_exists() { # FILE NAME
	[ -n "$2" ] || return
	case $1 in
	golden) [ -e "$source/tests/golden/$2.plan" ] ;;
	*_test) grep -Fq -e "$2" "$source/tests/unit/$1.c" ;;
	*)
		[ -e "$source/tests/bats/$1.bats" ] || return
		names_of "$source/tests/bats/$1.bats" | beginning=$2 awk '
			index($0, ENVIRON["beginning"]) == 1 { found = 1 }
			END { exit !found }'
		;;
	esac
}
: >"$tmp/found"
tab=$(printf '\t')
while IFS=$tab read -r name since where; do
	[ -n "$since" ] || echo "$name: since when?" >>"$tmp/found"
	test_exists "${where%%: *}" "${where#*: }" ||
		echo "$name: there is no test \"$where\"" >>"$tmp/found"
done <"$tmp/rows"
result 'the test of every row exists'

echo "1..$count"
exit $status
