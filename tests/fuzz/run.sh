#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fuzz/run.sh SOURCE DRIVER...: build the drivers for libFuzzer and run each for
# FUZZ_SECONDS over its corpus, FUZZ_JOBS at a time (`make fuzz`). TAP.
# The build is ./fuzz-build; what a run finds that is new stays in ./fuzz-build/new/NAME,
# a crash in ./fuzz-build/crashes: README.md says what to do with it.
set -eu
source=$1
shift
seconds=${FUZZ_SECONDS:-60}
jobs=${FUZZ_JOBS:-2}
clang=${FUZZ_CC:-clang}

command -v "$clang" >/dev/null || {
	echo "1..0 # SKIP $clang is not installed"
	exit 77
}
mkdir -p fuzz-build/crashes
cd fuzz-build
[ -f Makefile ] || "$source/configure" CC="$clang" --enable-fuzzing >configure.out ||
	{ cat configure.out; exit 99; }
make -j"$(nproc)" fuzzers >make.out || { cat make.out; exit 99; }

# the status that it ends with goes to NAME.status
run() {
	driver=$1
	name=$(basename "$driver" _fuzz)
	mkdir -p "new/$name"
	set -- "new/$name" "$source/tests/fuzz/corpus/$name"
	[ -f "$source/tests/fuzz/dict/$name.dict" ] &&
		set -- "-dict=$source/tests/fuzz/dict/$name.dict" "$@"
	"./$driver" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="crashes/$name-" "$@" \
		>"$name.out" 2>&1 && status=0 || status=$?
	echo "$status" >"$name.status"
}

# the last number behind `cov:` or `ft:`
last() {
	sed -n "s/^#.* $2: \([0-9]*\).*/\1/p" "$1.out" | tail -n 1
}

say() {
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1.out")
	if [ "$(cat "$1.status")" = 0 ]; then
		echo "ok $2 - $1: ${runs:-?} inputs in $seconds seconds," \
			"coverage $(last "$1" cov), features $(last "$1" ft)"
		return
	fi
	echo "not ok $2 - $1"
	tail -n 40 "$1.out" | sed 's/^/# /'
	return 1
}

echo "1..$#"
count=0 failed=0
while [ $# -gt 0 ]; do
	names=''
	while [ $# -gt 0 ] && [ "$(echo "$names" | wc -w)" -lt "$jobs" ]; do
		run "$1" &
		names="$names $(basename "$1" _fuzz)"
		shift
	done
	wait
	for name in $names; do
		count=$((count + 1))
		say "$name" "$count" || failed=1
	done
done
exit $failed
