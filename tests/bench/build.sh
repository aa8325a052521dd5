#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh DIR: compile the benchmark's own programs into DIR: bench, bpf, churn, floor,
# many, ntrue, npause and reaper. They are no part of the build: who does not measure does
# not need them.
set -eu
src=${ARIL_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
here=$src/tests/bench
out=$1
cc=${CC:-cc}
warn='-std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
-Wformat=2 -Wundef'
# as the program inside a container is built: few pages, no libc
bare='-Os -ffreestanding -fno-stack-protector -U_FORTIFY_SOURCE -nostdlib -static -s
-Wl,--build-id=none,-z,noexecstack,-z,norelro,-z,noseparate-code'

compile() { # OUTPUT ARG...: words of the lists above are split on purpose
	name=$1
	shift
	# shellcheck disable=SC2086
	$cc $warn -D_GNU_SOURCE "-I$src" -o "$out/$name" "$@"
}
# shellcheck disable=SC2086
{
	compile ntrue $bare "$here/payload.c"
	compile npause $bare -DPAUSE "$here/payload.c"
	compile floor $bare "$here/floor.c" "$here/floor_box.c"
}
# static: small, for its memory is what a vforked command seems to have
compile bench -O2 -static "$here/bench.c"
compile churn -O2 -static "$here/churn.c"
compile many -O2 -static "$here/many.c"
compile reaper -O2 -static "$here/reaper.c"
compile bpf -O2 "$here/bpf.c" -lseccomp -lyajl
