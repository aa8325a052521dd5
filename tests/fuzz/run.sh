#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fuzz/run.sh SOURCE DRIVER...: build the drivers for libFuzzer and run each for
# FUZZ_SECONDS over its corpus (`make fuzz`). TAP.
# The build is ./fuzz-build; what a run finds that is new stays in ./fuzz-build/new/NAME,
# a crash in ./fuzz-build/crashes: copy what is worth keeping to tests/fuzz/corpus/NAME,
# where `make check` replays it.
set -eu
source=$1
shift
seconds=${FUZZ_SECONDS:-60}
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

echo "1..$#"
count=0 status=0
for driver; do
	count=$((count + 1))
	name=$(basename "$driver" _fuzz)
	corpus=$source/tests/fuzz/corpus/$name
	mkdir -p "new/$name"
	set -- "new/$name"
	[ -d "$corpus" ] && set -- "$@" "$corpus"
	if "./$driver" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="crashes/$name-" "$@" \
		>"$name.out" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$name.out")
		echo "ok $count - $name: ${runs:-?} inputs in $seconds seconds"
	else
		echo "not ok $count - $name"
		tail -n 40 "$name.out" | sed 's/^/# /'
		status=1
	fi
done
exit $status
