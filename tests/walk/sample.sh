#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The error walk's part in `make check`: each ARIL_WALK_STEP-th (40th) call of the verbs
# that make, change and remove containers, with another error each time; and single calls
# that something was wrong with. TAP.
run=$(dirname "$0")/run.sh
{
	ARIL_WALK_STEP=${ARIL_WALK_STEP:-40} "$run" create run start exec kill delete \
		delete-force update
	# the helper of an id map must not wait for who waits for it
	"$run" -c 10 -e EIO run-idmap
} | awk '
	/^1\.\./ { planned += substr($0, 4); next }
	/^(not )?ok / { n++; sub(/ok [0-9]+/, "ok " n) }
	/^not ok / || /^Bail out!/ { failed = 1 }
	{ print }
	END { print "1.." planned; exit failed || n != planned }'
