#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# results.sh: docs/clients.md is made of what is kept in results/; what is kept is about
# the rows and scenarios that there are; and nothing passes with a peer only. TAP.
set -u
LC_ALL=C
export LC_ALL
# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
here=${ARIL_SOURCE:-.}/tests/clients

"$here/matrix.sh" "$here"/results/* >"$tmp/matrix"
diff "$here/../../docs/clients.md" "$tmp/matrix" >"$tmp/found"
result 'docs/clients.md is what was kept'

sed -n "s/^	'-*\([a-z-]*\) .*/\1/p" "$here/check.sh" | sort >"$tmp/rows"
find "$here/results" -type f | sed "s,.*/,," | sort >"$tmp/kept"
[ -s "$tmp/rows" ] || echo 'check.sh has no rows' >"$tmp/rows"
comm -3 "$tmp/rows" "$tmp/kept" >"$tmp/found"
result 'every row was run, and every one that was run is there'

sed -n 's/^@test "\(.*\)" {$/\1/p' "$here"/*.bats | sort -u >"$tmp/scenarios"
sed -n 's/^# matrix [^|]*|\(.*\)|[^|]*|[^|]*$/\1/p' "$here"/results/* | sort -u |
	comm -23 - "$tmp/scenarios" >"$tmp/found"
result 'every scenario that was run is there'

grep -h '|ok|failed$' "$here"/results/* >"$tmp/found"
result 'what passes with a peer passes with aril'

echo "1..$count"
exit $status
