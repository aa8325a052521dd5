#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lint.sh SOURCE: clang-tidy, gcc -fanalyzer, cppcheck and shellcheck over the whole tree.
# TAP.
#
# Each check that is off has its reason: .clang-tidy for clang-tidy, here for the others.
set -u
. "$(dirname "$0")/lib/tap.sh"
cd "$1" || exit 99
# what the build defines, with values that stand for any
flags=(-D_GNU_SOURCE -DPACKAGE_VERSION='"0"' -DARIL_LIBEXECDIR='"/usr/libexec/aril"')

sources() {
	find base cgroups netns seccomp libcontainer src tests -name '*.c' -type f | sort
}
scripts() {
	ls bootstrap.sh .ci/run
	find tests/vm -type f -perm -u+x ! -name '*.*'
	find tests -type f \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \) | sort
}

tidy() {
	tidy_one() {
		clang-tidy --quiet "$2" -- -std=gnu11 -I. "${@:3}" \
			>"$1/${2//\//-}" 2>/dev/null
	}
	export -f tidy_one
	mkdir "$tmp/tidy"
	sources | xargs -P "$(nproc)" -I{} \
		bash -c 'tidy_one "$@"' - "$tmp/tidy" {} "${flags[@]}"
	cat "$tmp"/tidy/* | grep -A3 -E '(warning|error):'
}

# gcc's own analysis. What init is made of is compiled as it is for init.
analyze() {
	analyze_one() {
		local flags=(-O1)
		case $1 in
		libcontainer/init/*.c | libcontainer/plan/sync.c)
			flags=(-Os -ffreestanding -fno-builtin) ;;
		esac
		gcc -std=gnu11 "${flags[@]}" -fanalyzer -I. "${@:2}" -c -o /dev/null \
			"$1" 2>&1
	}
	export -f analyze_one
	# generate.c: that there is a group for each range of numbers, and so one at
	# least, is decided in a loop that it does not follow
	sources | grep -v '^tests/' |
		xargs -P "$(nproc)" -I{} bash -c 'analyze_one "$@"' - {} "${flags[@]}" |
		grep 'warning: .*Wanalyzer' |
		grep -Ev "^seccomp/generate.c:.*NULL .group.*null-dereference"
}

check_cpp() {
	# What is off, and why:
	# - missingIncludeSystem: it is not to read libc's headers
	# - unmatchedSuppression: a note about cppcheck itself
	# - resourceLeak, memleak: it does not know __attribute__((cleanup)), that is
	#   autofd and autofree; the sanitizers look for leaks
	# - leakReturnValNotUsed: main fills the descriptors 0 to 2, which stay open
	# - readdirCalled: aril has one thread
	# - unusedFunction (not enabled): a library's function may wait for a caller
	cppcheck --quiet --std=c11 --inline-suppr -j "$(nproc)" -I. "${flags[@]}" \
		"-D__$(uname -m)__=1" \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=unmatchedSuppression \
		--suppress=resourceLeak --suppress=memleak --suppress=readdirCalled \
		--suppress=leakReturnValNotUsed \
		--library=posix --library=gnu \
		base cgroups netns seccomp libcontainer src 2>&1
}

check_shell() {
	# SC2317, SC2329: functions that a table or a trap calls look as if nobody did
	# SC1091, SC2154: files that a test sources are found at run time, with what they
	# set
	# "info" and "style" notes are taste: $ in quotes that another shell expands
	scripts | xargs shellcheck -S warning -e SC2317,SC2329,SC1091,SC2154 2>&1
	# a "!" that no test fails by
	scripts | grep '\.bats$' | xargs shellcheck -s bats -i SC2314,SC2315 2>&1
}

check() { # PROGRAM FUNCTION
	installed "$1 finds nothing" "$1" || return
	"$2" >"$tmp/found"
	result "$1 finds nothing"
}

echo 1..4
check clang-tidy tidy
if [ "$(gcc -dumpversion 2>/dev/null | cut -d. -f1)" = 12 ]; then
	check gcc analyze
else
	skipped 'gcc finds nothing' 'each version analyses in its own way: this is for 12'
fi
check cppcheck check_cpp
check shellcheck check_shell
exit $status
