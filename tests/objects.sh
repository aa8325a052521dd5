#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# objects.sh [BUILD]: what the compiled code shows and the text does not. TAP.
#
# No mutable global variable; no circle of calls between folders; the program is linked
# as it was configured; the init is small, static, and holds nothing that is writable.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${1:-${ARIL_BUILD:-.}}" || exit 99

max_init=65536
init=libcontainer/init/aril-init

# what the program is made of; not what an older build left
objects() {
	env -u MAKEFLAGS make -s print-objects | tr ' ' '\n' | sort
}
sanitized() { grep -q '^SANITIZE_FLAGS = .' Makefile; }

# .data.rel.ro is constant: tables of pointers, which only the loader writes
globals() {
	objects | while read -r o; do
		objdump -t "$o" | awk -v o="$o" '
		/ \.(data|bss|tdata|tbss)/ && !/\.data\.rel\.ro/ && / O / {
			print o ": " $NF " can change"
		}
		/ \*COM\*/ { print o ": " $NF " can change" }'
	done
}

# A folder stands on those whose functions it calls, whatever its includes say; tsort
# names the circles
circles() {
	objects | while read -r o; do
		nm -g "$o" | awk -v o="$o" '
		NF == 3 { print "D", $3, o }
		$1 == "U" { print "U", $2, o }'
	done | awk '
	{ sub(/\/[^\/]*$/, "", $3) }
	$1 == "D" { home[$2] = $3 }
	$1 == "U" { n++; what[n] = $2; who[n] = $3 }
	END {
		for (i = 1; i <= n; i++)
			if (what[i] in home && home[what[i]] != who[i])
				print who[i], home[what[i]]
	}' | sort -u >"$tmp/calls"
	tsort "$tmp/calls" 2>&1 >/dev/null | grep -v 'input contains a loop' |
		sed 's/^tsort: //'
}

linking() {
	grep -q '^PROGRAM_LDFLAGS = -static' Makefile || return
	readelf -lW aril | grep INTERP | sed 's/^/aril is not static: /'
	readelf -dW aril | grep NEEDED | sed 's/^/aril needs a library: /'
}

inside() {
	size=$(wc -c <$init)
	[ "$size" -le $max_init ] || echo "$init: $size bytes, more than $max_init"
	readelf -lW $init | awk '
	/INTERP|DYNAMIC/ { print "it is dynamic: " $0 }
	/LOAD/ && /RWE/ { print "writable code: " $0 }
	/LOAD/ && / RW / { print "writable data: " $0 }
	/GNU_STACK/ && /RWE/ { print "executable stack: " $0 }'
	readelf -sW $init | awk '/ UND / && $8 != "" { print "undefined: " $8 }'
}

embedded() {
	objcopy -O binary -j .rodata.init_blob libcontainer/init/blob.o "$tmp/blob"
	head -c "$(wc -c <$init)" "$tmp/blob" | cmp - $init
	nm aril | grep -q ' init_blob$' || echo 'aril does not hold the init'
}

check() { # DESCRIPTION FUNCTION [REASON TO SKIP]
	if [ -n "${3:-}" ]; then
		skipped "$1" "$3"
		return
	fi
	"$2" >"$tmp/found" 2>&1
	result "$1"
}

why=
sanitized && why='sanitizers add globals and calls of their own'
echo 1..6
[ "$(objects | wc -l)" -gt 0 ] && [ -f aril ] && [ -f $init ] ||
	echo "$(pwd) is no finished build" >"$tmp/found"
result "$(objects | wc -l) object files are read"
[ $status = 0 ] || exit 1
check 'no variable outlives its function' globals "$why"
check 'folders call each other without a circle' circles "$why"
check 'the program is linked as it was configured' linking
check 'the init is small and static, and nothing in it is writable' inside
check 'the program holds the init that is installed' embedded
exit $status
