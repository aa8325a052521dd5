#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [root|user|solo|all] [FILE.bats...]: the attacks, as tests/bats/run.sh runs
# files. Races take longer than other tests. A runtime that is not aril is run in a guest
# only (tests/vm), for some remove what they are aimed at.
set -u
here=$(cd "$(dirname "$0")" && pwd)
mode=all
case ${1:-} in root | user | solo | all) mode=$1 && shift ;; esac
# as a user most attacks meet more that holds them, not less
[ "$mode${ARIL_BED_SET:-}" != allquick ] || mode=root
[ $# -gt 0 ] || set -- "$here"/*.bats
if [ ! -x /usr/lib/aril-vm/agent ] && [ -n "${ARIL:-}" ] &&
	! "$ARIL" --version 2>/dev/null | head -n 1 | grep -q '^aril '; then
	echo "Bail out! run.sh: attacks on $ARIL are for a guest: tests/vm/run"
	exit 99
fi
export BATS_TEST_TIMEOUT="${BATS_TEST_TIMEOUT:-300}"
exec "$here/../bats/run.sh" "$mode" "$@"
