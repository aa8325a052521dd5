#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# style.sh [TREE]: the budgets and rules of src/README.md that a machine can check. TAP.
#
# There is no list of exceptions. `allowed` names, for a call that must exist, the one
# file that makes it. tests/style.bats proves that a breach of each rule is found.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${1:-${ARIL_SOURCE:-.}}" || exit 99

max_file=500 max_function=60 max_complexity=15 max_line=90

sources() {
	find base cgroups netns seccomp libcontainer src tests -name '*.[ch]' -type f \
		2>/dev/null | sort
}
texts() {
	{
		sources
		find . -maxdepth 1 -name '*.sh' -o -maxdepth 1 -name '*.a[cm]'
		find base cgroups netns seccomp libcontainer src tests man -type f \( \
			-name '*.sh' -o -name '*.bats' -o -name '*.bash' -o -name '*.S' \
			-o -name '*.mk' -o -name '*.awk' \) 2>/dev/null
	} | sort
}

# Our C without comments, strings and characters, as FILE:LINE:TEXT; tests are not in it
code() {
	sources | grep -v '^tests/' | xargs awk '
	FNR == 1 { in_comment = 0 }
	{
		out = ""
		for (s = $0; s != "";) {
			if (in_comment) {
				i = index(s, "*/")
				if (!i) break
				s = substr(s, i + 2)
				in_comment = 0
			} else if (match(s, /^\/\*/)) {
				in_comment = 1
				s = substr(s, 3)
			} else if (match(s, /^\/\//)) {
				break
			} else if (match(s, /^"([^"\\]|\\.)*"/) ||
				   match(s, /^\x27([^\x27\\]|\\.)+\x27/)) {
				out = out "\"\""
				s = substr(s, RLENGTH + 1)
			} else {
				out = out substr(s, 1, 1)
				s = substr(s, 2)
			}
		}
		print FILENAME ":" FNR ":" out
	}' /dev/null
}

# CALL, and the one file that may make it; "-": nobody. Raw calls (sys_mount_setattr ...)
# have names of their own and are not meant.
allowed='
strcpy -
strcat -
sprintf -
vsprintf -
gets -
strtok -
atoi -
atol -
atoll -
strtol -
strtoul -
strtoll -
strtoull -
system -
popen -
mount -
umount2 -
openat2 -
setns -
fork -
vfork -
dup -
alloca -
signal -
usleep -
sleep -
exit src/main.c
getenv src/main.c
'
banned() {
	code | awk -v allowed="$allowed" '
	BEGIN {
		n = split(allowed, row, "\n")
		for (i = 1; i <= n; i++)
			if (split(row[i], word, " ") == 2)
				file[word[1]] = word[2]
	}
	{
		split($0, part, ":")
		name = part[1]
		text = $0
		sub(/^[^:]*:[0-9]*:/, "", text)
		while (match(text, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
			before = RSTART > 1 ? substr(text, RSTART - 1, 1) : ""
			call = substr(text, RSTART, RLENGTH - 1)
			sub(/[ \t]*$/, "", call)
			text = substr(text, RSTART + RLENGTH)
			if (before == "." || before == ">" || !(call in file))
				continue
			if (file[call] != name)
				print part[1] ":" part[2] ": " call "()"
		}
	}'
}

long_files() {
	sources | xargs wc -l | awk -v max=$max_file '$2 != "total" && $1 > max {
		print $2 ": " $1 " lines" }'
}
long_lines() {
	texts | while read -r file; do
		expand -t 8 "$file" | awk -v max=$max_line -v file="$file" '
			length > max { print file ":" FNR ": " length " columns" }'
	done
}
functions() { # COMPLEXITY<tab>LINES<tab>FILE(LINE): NAME, tests too
	sources | xargs pmccabe 2>/dev/null |
		awk -F'\t' -v OFS='\t' '{ print $1, $5, $6 }'
}
long_functions() {
	functions | awk -F'\t' -v max=$max_function '$2 > max {
		print $3 ": " $2 " lines" }'
}
complex_functions() {
	functions | awk -F'\t' -v max=$max_complexity '$1 > max {
		print $3 ": complexity " $1 }'
}
vague_names() {
	sources | grep -E '/(utils?|misc|common|funcs?)\.[ch]$' |
		sed 's/$/: a name without a noun/'
	functions | grep -v 'tests/' |
		awk -F'\t' '$3 ~ /: (do|handle|process)_/ { print $3 ": a vague verb" }'
}
heads() {
	sources | while read -r file; do
		case $file in
		src/* | tests/*) want=GPL-2.0-or-later ;;
		*) want=LGPL-2.1-or-later ;;
		esac
		sed -n 1p "$file" | grep -q "SPDX-License-Identifier: $want" ||
			echo "$file:1: the first line must name $want"
		sed -n 2p "$file" | grep -q '^/\*' ||
			echo "$file:2: must say what it is, and which process runs it"
	done
	texts | grep -v '\.[chS]$' | while read -r file; do
		sed -n '1,2p' "$file" | grep -q SPDX-License-Identifier: ||
			echo "$file: no SPDX line"
	done
}
guards() {
	sources | grep '\.h$' | while read -r file; do
		guard=${file#libcontainer/}
		guard=$(printf %s "$guard" | tr '[:lower:]/.-' '[:upper:]___')
		grep -qE "^#define (LIBCONTAINER_)?$guard\$" "$file" && continue
		echo "$file: its guard should be $guard"
	done | grep -v '^base/arch/'
}
words() {
	code | grep -E ':[0-9]+:.*\<goto[[:space:]]' | sed 's/$/  (no goto)/'
	code | grep -E '#[[:space:]]*define[[:space:]]+_(GNU|DEFAULT)_SOURCE' |
		sed 's/$/  (the build defines it)/'
	texts | xargs grep -nE '[[:space:]]+$' /dev/null | sed 's/$/  (blank at the end)/'
	sources | xargs grep -nwE '(TODO|FIXME|XXX)' /dev/null
	sources | xargs grep -nE '^ {8}' /dev/null | sed 's/$/  (tabs, not blanks)/'
}
# Sources, and what tests read: it must be in the tarball
unbuilt() {
	{
		sources
		find tests/bats tests/golden -name '*.bats' -o -name '*.plan' 2>/dev/null
	} | while read -r file; do
		dir=$file
		while dir=$(dirname "$dir"); do
			[ "$dir" = . ] && break
			[ -f "$dir/local.mk" ] || continue
			name=${file#"$dir"/}
			# a program of one file needs only its own name
			grep -qE "(%D%/|[[:space:]])${name%.c}(\.[ch])?([[:space:]]|\$)" \
				"$dir/local.mk" && continue 2
		done
		echo "$file: no local.mk names it"
	done
}

check() { # DESCRIPTION FUNCTION [PROGRAM]: the function prints the offenders
	if [ -n "${3:-}" ]; then
		installed "$1" "$3" || return
	fi
	"$2" >"$tmp/found"
	result "$1"
}

echo 1..11
[ "$(sources | wc -l)" -gt 0 ] || echo "no source file in $(pwd)" >"$tmp/found"
result "$(sources | wc -l) source files are read"
check "files have at most $max_file lines" long_files
check "lines have at most $max_line columns" long_lines
check "functions have at most $max_function lines" long_functions pmccabe
check "the complexity of functions is at most $max_complexity" complex_functions pmccabe
check 'names of files and functions say something' vague_names pmccabe
check 'files begin with their licence and what they are' heads
check 'headers are guarded by their own name' guards
check 'dangerous calls are made by nobody, or in one place' banned
check 'no goto, no private feature macro, no blanks at the end, no unfinished words' words
check 'every source file is built' unbuilt
exit $status
