#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# security.sh: each test that SECURITY.md names is there, and each weakness of other
# runtimes that we know of has a row. TAP.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${ARIL_SOURCE:-.}" || exit 99

# CLASS <tab> RULE <tab> FILE <tab> TEST, a line for each test of a row
sed -n '/^## Known classes/,$s/^| \(.*\) |$/\1/p' SECURITY.md | sed '1d' |
	awk -F ' [|] ' '{
		n = split($3, tests, "<br>")
		for (i = 1; i <= n; i++) {
			file = test = tests[i]
			sub(/: .*/, "", file)
			if (!sub(/^[^:]*: /, "", test)) test = ""
			print $1 "\t" $2 "\t" file "\t" test
		}
	}' >"$tmp/rows"

: >"$tmp/found"
[ "$(wc -l <"$tmp/rows")" -ge 40 ] || echo 'it is shorter than it was' >"$tmp/found"
awk -F '\t' 'NF != 4 || $1 == "" || $2 == "" || $3 == "" { print "not a row: " $0 }' \
	"$tmp/rows" >>"$tmp/found"
result "SECURITY.md has a table of classes, rules and tests"

# A bats file has the test, its name or what that begins with; a C file the function
while IFS="$(printf '\t')" read -r class _ file test; do
	case $file in
	*.bats) grep -F "@test " "$file" 2>/dev/null | tr '"' "'" |
		grep -Fq "@test '$test" || echo "$class: $file has no test \"$test\"" ;;
	*.c) grep -Fq "$test(" "$file" 2>/dev/null || echo "$class: $file: $test" ;;
	*) [ -f "$file" ] || echo "$class: no file $file" ;;
	esac
done <"$tmp/rows" >"$tmp/found"
result 'each row names a test that exists'

for cve in 2016-9962 2019-5736 2019-16884 2019-18837 2019-19921 2023-27561 2023-28642 \
	2021-30465 2021-43784 2022-24769 2022-27650 2022-29162 2025-27612 2023-25809 \
	2024-21626 2024-45310 2025-24965 2025-31133 2025-52565 2025-52881 2026-41579 \
	2026-47766 2026-30892 2026-46680 2025-62161 2025-62596 2025-54867 2025-23266; do
	cut -f 1 "$tmp/rows" | grep -q "CVE-$cve\b" || echo "CVE-$cve has no row"
done >"$tmp/found"
result 'each known weakness of other runtimes has a row'

echo 1..3
exit $status
