#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# man.sh: each page of man/ names the options that the program's --help names, and no
# others; each command has a page; the pages have no mistakes that man or mandoc see. TAP.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
aril=${ARIL:-./aril}
man=${ARIL_SOURCE:-.}/man

if [ ! -x "$aril" ]; then
	echo "1..0 # SKIP $aril is not built"
	exit 0
fi

# "-d --detach" for each option: of --help, and of the items of a page
of_help() {
	sed -nE 's/^  (   |-([A-Za-z]),) --([a-z0-9-]+).*/-\2 --\3/p' |
		sed 's/^- //' | sort
}
of_page() {
	sed -nE 's/^\.It Fl ([A-Za-z]) , Fl -([a-z0-9-]+).*/-\1 --\2/p
		s/^\.It Fl -([a-z0-9-]+).*/--\1/p' "$1" | sort
}
# Values: "--bundle DIR"
values_of_help() {
	value='[A-Z][A-Za-z:=[]*[]A-Z]*'
	sed -nE "s/^ .*--([a-z0-9-]+)(\[=|[ ])($value)( .*|\]|\$)/\1 \3/p" |
		sed 's/]*$//; s/\[:/ :/' | sort
}
values_of_page() {
	sed -nE 's/^\.It .*Fl -([a-z0-9-]+) (Ns Op Ns = Ns )?Ar (.*)/\1 \3/p' "$1" |
		sed 's/ Ns Op : Ns Ar / :/' | sort
}

compare() { # NAME PAGE: $tmp/help is the text of --help
	of_help <"$tmp/help" >"$tmp/options"
	[ -s "$tmp/options" ] || echo "$1 --help shows no options" >"$tmp/found"
	of_page "$2" | diff "$tmp/options" - >"$tmp/found" 2>&1
	result "the page of $1 has its options"
	values_of_help <"$tmp/help" >"$tmp/values"
	values_of_page "$2" | diff "$tmp/values" - >"$tmp/found" 2>&1
	result "and names their values as --help does"
}

"$aril" --help >"$tmp/help" || exit 99
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$tmp/help")
: >"$tmp/found"
[ "$(echo "$commands" | wc -l)" -ge 12 ] || echo "$commands" >"$tmp/found"
result '--help names the commands'
compare aril "$man/aril.8"
for command in $commands; do
	"$aril" "$command" --help >"$tmp/help" 2>&1 || echo "exit $?" >>"$tmp/help"
	compare "$command" "$man/aril-$command.8"
	: >"$tmp/found"
	grep -Fq ".Xr aril-$command 8" "$man/aril.8" ||
		echo "aril.8 does not refer to it" >"$tmp/found"
	result "aril.8 refers to aril-$command.8"
done

# References to pages of ours that do not exist, and pages that nothing builds
for page in "$man"/*.[78]; do
	sed -nE 's/^\.Xr (aril[a-z-]*) ([0-9]).*/\1.\2/p' "$page" | sort -u |
		while read -r name; do
			[ -f "$man/$name" ] || echo "$page: $name does not exist"
		done
	grep -Fq "/${page##*/}" "$man/local.mk" || echo "$page: local.mk does not name it"
done >"$tmp/found"
result 'pages refer to pages that exist, and are installed'

if command -v mandoc >/dev/null; then
	mandoc -Tlint -W warning "$man"/*.[78] >"$tmp/found" 2>&1
	result 'mandoc finds nothing'
elif command -v groff >/dev/null; then
	for page in "$man"/*.[78]; do
		groff -mandoc -Tascii -ww -z "$page" 2>&1
	done >"$tmp/found"
	result 'groff finds nothing'
else
	skipped 'pages have no mistakes' 'no mandoc, no groff'
fi
# the names of the items below "Applied" and "Refused"
page=$man/aril-annotations.7
sed -n '/^\.Ss Applied/,/^\.Ss Ignored/s/^\.It \([^ ]*\).*/\1/p' "$page" |
	sort >"$tmp/page"
"$aril" features | sed -n '/"potentiallyUnsafe/,/]/s/^  *"\([^"]*\)",*$/\1/p' | sort |
	diff - "$tmp/page" >"$tmp/found" 2>&1
result 'aril-annotations.7 has the annotations of features'

# only main.c reads the environment (tests/style.sh)
sed -n 's/.*getenv("\([A-Z_]*\)").*/\1/p' "$man/../src/main.c" >"$tmp/read"
{
	[ "$(wc -l <"$tmp/read")" -ge 11 ] || echo 'main.c reads fewer than it did'
	while read -r name; do
		sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh FILES/p' "$man/aril.8" |
			grep -q "^\.It.* $name\>" || echo "aril.8 does not have $name"
	done <"$tmp/read"
} >"$tmp/found"
result 'aril.8 has the variables that are read'

echo "1..$count"
exit $status
