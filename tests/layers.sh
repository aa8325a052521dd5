#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# layers.sh [TREE]: includes follow the design. TAP.
#
# Every include of ours names its folder, so the include lines are the architecture: an
# arrow goes down, or stays within a folder; headers make no circle; and each foreign
# library is known to one place only. tests/style.bats proves that a breach of each rule
# is found.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${1:-${ARIL_SOURCE:-.}}" || exit 99
tab=$(printf '\t')

# FILE<tab>LINE<tab>HEADER of all include lines in the folders of the design: "our/own.h"
# keeps its quotes, <theirs.h> its angles
includes() {
	find base cgroups netns seccomp libcontainer src -name '*.[chS]' -type f \
		2>/dev/null | sort |
		xargs grep -Hn '^[[:space:]]*#[[:space:]]*include' /dev/null |
		sed -E "s/^([^:]*):([0-9]*):[^\"<]*([\"<][^\">]*[\">]).*/\1$tab\2$tab\3/"
}

# How high each folder is. Equal heights do not know each other.
common='
function folder(f) { sub(/\/[^\/]*$/, "", f); return f }
function rank(f) {
	if (f ~ /^base\//) return 0
	# programs of their own, which speak what the folder above asks
	if (f ~ /^cgroups\/systemd\//) return 1.5
	if (f ~ /^netns\/aril-net\//) return 1.5
	if (f ~ /^(cgroups|netns|seccomp)\//) return 1
	if (f ~ /^libcontainer\/spec\//) return 2
	if (f ~ /^libcontainer\/plan\//) return 3
	if (f ~ /^libcontainer\/init\//) return 4
	if (f ~ /^libcontainer\/(box|host)\//) return 5
	if (f ~ /^libcontainer\/[^\/]*$/) return 6
	if (f ~ /^src\/[^\/]*$/) return 8
	if (f ~ /^src\//) return 7
	return -1
}
BEGIN { FS = "\t" }
{ kind = substr($3, 1, 1); header = substr($3, 2, length($3) - 2) }
'

upward() {
	awk "$common"'
	kind == "\"" && rank(header) < 0 {
		print $1 ":" $2 ": " header " names no folder of the design"
		next
	}
	kind == "\"" && folder($1) == folder(header) { next }
	kind == "\"" && folder(header) ~ ("^" folder($1) "/arch$") { next }
	kind == "\"" && rank(header) >= rank($1) {
		print $1 ":" $2 ": must not include " header
	}'
}

# A front end makes a spec and calls launch; how it is carried out is not its business
frontend() {
	awk "$common"'
	kind == "\"" && $1 ~ /^src\/(sandbox|dev)\// &&
			header ~ /^libcontainer\/(host|init)\// {
		print $1 ":" $2 ": a front end must not include " header
	}'
}

circles() {
	awk "$common"'
	kind == "\"" && $1 ~ /\.h$/ { print $1, header }' |
		tsort 2>&1 >/dev/null | sed 's/^tsort: //' | grep -v '^-:'
}

# HEADER as a pattern, then the files that may include it; with "!", those that may not
foreign='
^yajl/		^base/json_[a-z_]*\.[ch]$
^seccomp\.h$	^seccomp/
^libmnl/	^netns/aril-net/
^sys/capability\.h$	^libcontainer/plan/facts\.c$
^systemd/	^cgroups/systemd/
^archive	^$
^sys/mount\.h$	^$
^stdio\.h$	!^libcontainer/init/
^stdlib\.h$	!^libcontainer/init/
^pthread\.h$	^$
'
strangers() {
	printf '%s\n' "$foreign" >"$tmp/foreign"
	awk "$common"'
	FILENAME != "-" { if (NF >= 2) { h[++n] = $1; f[n] = $NF }; next }
	kind == "<" {
		for (i = 1; i <= n; i++)
			if (header ~ h[i] &&
			    (f[i] ~ /^!/ ? $1 ~ substr(f[i], 2) : $1 !~ f[i]))
				print $1 ":" $2 ": must not include <" header ">"
	}' "$tmp/foreign" -
}

includes >"$tmp/includes"

check() { # DESCRIPTION FUNCTION: the function prints the offenders
	"$2" <"$tmp/includes" >"$tmp/found"
	result "$1"
}

echo 1..5
[ -s "$tmp/includes" ] || echo "no include line was found in $(pwd)" >"$tmp/found"
result "$(wc -l <"$tmp/includes") include lines are read"
check 'includes go down or stay in their folder' upward
check 'front ends do not see host/ and init/' frontend
check 'headers include each other without a circle' circles
check 'each library is known to one place only' strangers
exit $status
