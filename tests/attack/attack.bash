# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What every file here loads: bundle.bash, and how to say what became of an attack. A file
# may define prepare() and undo() as others do, and calls attack_before in the first and
# attack_after in the second; one that defines neither has them called.

# shellcheck source=tests/lib/bundle.bash
source "${BASH_SOURCE[0]%/*}/../lib/bundle.bash"

# The attack did what it wanted. compare.sh looks for these words.
through() { # WHAT
	echo "let through: $*"
	return 1
}

# How often a race is run; by ordinary users less often, for it is the same race
rounds() {
	local default=100
	is_root || default=20
	echo "${ARIL_ATTACK_ROUNDS:-$default}"
}

# Names, kinds, modes, owners, sizes, targets and contents of the host's files: $HOST, and
# what the arguments name
host_digest() { # [PATH...]
	find "$HOST" "$@" ! -type d -printf '%p %y %m %U %G %s %l\n' \
		-o -printf '%p %y %m %U %G\n' | sort
	find "$HOST" "$@" -type f -exec sha256sum {} + | sort
}

# shellcheck disable=SC2120 # those who load this name some
attack_before() { # [PATH...]
	host_digest "$@" >"$T/digest.before"
}

# shellcheck disable=SC2120
attack_after() { # [PATH...]
	host_digest "$@" | diff "$T/digest.before" - ||
		through "the host's files have changed"
}

prepare() {
	attack_before
}
undo() {
	attack_after
}

# The last command was refused, and nothing is left. Only aril must say why in these
# words.
stopped() { # TEXT...
	[ "$status" -ne 0 ] || through 'it was not refused' || return
	if is_aril; then
		fails "$@" || return
	fi
	nothing_left
}
