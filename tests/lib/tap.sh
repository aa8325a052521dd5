# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
# tap.sh: what the checks in tests/*.sh share, which source it: $tmp, a directory that
# goes when they end, and the lines of TAP. At the end they say `exit $status`.
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
count=0 status=0

result() { # DESCRIPTION: what is in $tmp/found is what is wrong
	count=$((count + 1))
	if [ -s "$tmp/found" ]; then
		echo "not ok $count - $1"
		sed 's/^/# /' "$tmp/found"
		status=1
	else
		echo "ok $count - $1"
	fi
}

skipped() { # DESCRIPTION REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# Is it there? Else it is said, and is a failure where nothing may be left out.
installed() { # DESCRIPTION PROGRAM
	command -v "$2" >/dev/null && return
	if [ -n "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "$2 is not installed" >"$tmp/found"
		result "$1"
	else
		skipped "$1" "$2 is not installed"
	fi
	return 1
}
