#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hardened.sh [BUILD]: what README.md says of the programs that are built, as readelf and
# nm see them. TAP.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${1:-${ARIL_BUILD:-.}}" || exit 99

programs=aril
for program in netns/aril-net/aril-net cgroups/systemd/aril-systemd; do
	[ ! -x $program ] || programs="$programs $program"
done
init=libcontainer/init/aril-init
configured() { # VARIABLE WORD
	grep "^$1 = " Makefile | grep -q -- "$2"
}

# FUNCTION PROGRAM: what is wrong with it
layout() {
	readelf -hW "$1" | grep -q 'Type:.*DYN' || echo 'is at a fixed address'
	readelf -lW "$1" | awk '
	/GNU_RELRO/ { relro = 1 }
	/GNU_STACK/ { stack = 1; if (/RWE/) print "has an executable stack" }
	/LOAD/ && /RWE/ { print "has code that can be written" }
	/LOAD/ && /R E/ { code = 1 }
	END {
		if (!relro) print "has no GNU_RELRO"
		if (!stack) print "has no GNU_STACK"
		if (!code) print "has data and code in one segment"
	}'
	readelf -dW "$1" >"$tmp/dynamic"
	grep -Eq 'BIND_NOW|Flags:.*NOW' "$tmp/dynamic" || echo 'binds late'
	! grep -q TEXTREL "$tmp/dynamic" || echo 'has text relocations'
	! grep -Eq 'RPATH|RUNPATH' "$tmp/dynamic" || echo 'has a search path of its own'
}

# The names of functions that are in it, or that it takes from a library
checks() {
	{
		nm "$1"
		nm -D "$1"
	} 2>/dev/null | awk '{ print $NF }' | sed 's/@.*//' >"$tmp/names"
	grep -q '^__stack_chk_fail' "$tmp/names" || echo 'has no stack protector'
	# a helper's calls may all be known to be safe when they are compiled
	[ "$1" != aril ] || ! configured HARDEN_CPPFLAGS FORTIFY ||
		grep -q '^__[a-z_]*_chk$' "$tmp/names" || echo 'has no fortified call'
}

# Marks of what the compiler was told, in each object of ours
marks() {
	mark=$1
	env -u MAKEFLAGS make -s print-objects | tr ' ' '\n' | grep '\.o$' >"$tmp/objects"
	[ -s "$tmp/objects" ] || echo 'there are no objects'
	while read -r o; do
		readelf -nW "$o" 2>/dev/null | grep -q "$mark" || echo "$o: no $mark"
	done <"$tmp/objects"
}

check_all() { # DESCRIPTION FUNCTION
	: >"$tmp/all"
	for program in $programs; do
		"$2" "$program" | sed "s|^|$program |" >>"$tmp/all"
	done
	cp "$tmp/all" "$tmp/found"
	result "$1"
}

echo 1..4
if configured SANITIZE_FLAGS fsanitize; then
	for what in layout checks marks init; do
		skipped "$what" 'sanitizers have a build of their own'
	done
	exit $status
fi
if ! command -v readelf >/dev/null; then
	for what in layout checks marks init; do
		installed "$what" readelf
	done
	exit $status
fi
check_all "position-independent, RELRO, bound at once, no code to write:$(
	for program in $programs; do printf ' %s' "${program##*/}"; done)" layout
check_all 'stack protector, and fortified calls' checks
what='each object is marked for checked branches'
if configured HARDEN_CFLAGS fcf-protection=full; then
	marks 'IBT, SHSTK' >"$tmp/found"
	result "$what"
elif configured HARDEN_CFLAGS mbranch-protection; then
	marks 'BTI, PAC' >"$tmp/found"
	result "$what"
else
	skipped "$what" 'this compiler or processor has none'
fi
{
	readelf -lW $init | awk '
	/LOAD/ && /W/ && !/R E/ { print "data that can be written" }
	/RWE/ { print "code that can be written" }
	/INTERP|DYNAMIC/ { print "a loader" }'
	readelf -lW $init | grep -q GNU_STACK || echo 'no GNU_STACK'
} >"$tmp/found"
result 'nothing of init can be written'
exit $status
