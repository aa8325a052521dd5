#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apparmor.sh [BUILD]: the AppArmor profile names the program, and its parser takes it.
# Nothing is loaded. TAP.
set -u
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/lib/tap.sh"
cd "${1:-${ARIL_BUILD:-.}}" || exit 99
profile=src/apparmor/aril
PATH=$PATH:/usr/sbin:/sbin

# apparmor_parser without the kernel and without its cache
parse() {
	apparmor_parser -Q -K -N "$1" >"$tmp/names" 2>"$tmp/said" || cat "$tmp/said"
	grep -qx aril "$tmp/names" || echo 'it has no profile of that name'
}

echo 1..2
{
	grep -qxE 'profile aril /[^@ ]*/aril flags=\(unconfined\) \{' $profile ||
		echo 'it is for no program'
	grep -qx '  userns,' $profile || echo 'it does not permit user namespaces'
	! grep -n @ $profile
} >"$tmp/found" 2>&1
result 'the profile is for the program that is installed, and permits user namespaces'

what='the parser of AppArmor takes it'
installed "$what" apparmor_parser || exit $status
if [ -e /etc/apparmor.d/abi/4.0 ]; then
	parse $profile >"$tmp/found"
	result "$what"
else
	# 3.x knows neither
	grep -vE '^abi |^  userns,' $profile >"$tmp/profile"
	parse "$tmp/profile" >"$tmp/found"
	result "$what, but for abi 4.0 and userns, which this one does not know"
fi
exit $status
