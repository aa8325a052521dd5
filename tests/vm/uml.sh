#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uml.sh IMAGE JOB.tar WORKDIR SECONDS: a job in user-mode Linux, for `run`; README.md has
# the rules. The guest's memory is a file that has no name any more, on a tmpfs. The
# kernel leaves the process group, but goes with its parent.
#
#	ARIL_VM_MEMORY	of a guest (1200M)
set -u
here=$(cd "$(dirname "$0")" && pwd)
image=$(realpath "$1") job=$(realpath "$2") work=$(realpath "$3") seconds=$4
boot_seconds=120 # 3 on an idle machine, 9 with ptrace

"$here/kernel-uml.sh" "$work" >"$work/kernel.log" 2>&1 || {
	status=$?
	tail -n 1 "$work/kernel.log"
	exit $status
}
memory=/dev/shm
[ -w $memory ] || memory=$work

# What the kernel writes to must be a pipe: it polls its files
mkfifo "$work/out.pipe" "$work/status.pipe" "$work/console.pipe"
cat "$work/out.pipe" &
readers=($!)
cat "$work/console.pipe" >"$work/console" &
readers+=($!)
# hostfs takes a path for its options, as newer mount(8) does only when told so
TMPDIR=$memory setpriv --pdeathsig TERM timeout --foreground -k 2 "$seconds" \
	setpriv --pdeathsig KILL "$work/linux" "mem=${ARIL_VM_MEMORY:-1200M}" \
	seccomp=auto "uml_dir=$work/" umid=guest \
	"ubd0=$work/changes,$image" "ubd1r=$job" root=/dev/ubda rw \
	con=null con0=null,fd:4 ssl=null ssl1=null,fd:5 ssl2=null,fd:6 \
	systemd.show_status=false systemd.log_target=kmsg aril.job=/dev/ubdb \
	systemd.setenv=LIBMOUNT_FORCE_MOUNT2=always \
	aril.out=/dev/ttyS1 aril.status=/dev/ttyS2 "aril.modules=hostfs:$work/modules" \
	4>"$work/console.pipe" 5>"$work/out.pipe" 6>"$work/status.pipe" \
	</dev/null >"$work/kernel.log" 2>&1 &
guest=$!

exec 3<"$work/status.pipe"
: >"$work/status"
if read -r -t "$boot_seconds" line <&3; then
	echo "$line" >>"$work/status"
	# its end, or the kernel's
	read -r line <&3 && echo "$line" >>"$work/status"
else
	echo "no job was started in $boot_seconds seconds" >>"$work/kernel.log"
	kill $guest
fi
wait $guest
wait "${readers[@]}"
cat "$work/kernel.log" >>"$work/console"
