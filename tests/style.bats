#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of the checks: a small tree that keeps every rule passes, and one breach of
# each rule is found and named.

bats_require_minimum_version 1.5.0

setup() {
	tests=$BATS_TEST_DIRNAME
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"/{base,cgroups,seccomp,netns,src/dev,tests}
	mkdir -p "$tree"/libcontainer/{spec,plan,init,host,box}
	file base/str.h
	file cgroups/path.h '#include "base/str.h"'
	file seccomp/profile.c '#include <seccomp.h>' '#include "base/str.h"'
	file libcontainer/spec/spec.h '#include "cgroups/path.h"'
	file libcontainer/plan/plan.h '#include "libcontainer/spec/spec.h"'
	file libcontainer/init/init.h '#include "libcontainer/plan/plan.h"'
	file libcontainer/host/spawn.h '#include "libcontainer/init/init.h"'
	file libcontainer/launch.h '#include "libcontainer/host/spawn.h"'
	file src/main.c '#include "libcontainer/launch.h"'
}

# file PATH LINE...: a source file that begins as it must; local.mk learns its name
file() {
	local path=$1 licence=LGPL-2.1-or-later guard
	shift
	case $path in src/* | tests/*) licence=GPL-2.0-or-later ;; esac
	guard=$(tr '[:lower:]/.-' '[:upper:]___' <<<"$path" | tr -d '\n')
	{
		printf '/* SPDX-License-Identifier: %s */\n/*\n * Text.\n */\n' "$licence"
		[[ $path == *.h ]] && printf '#ifndef %s\n#define %s\n' "$guard" "$guard"
		[ $# -eq 0 ] || printf '%s\n' "$@"
		[[ $path == *.h ]] && printf '#endif\n'
		:
	} >"$tree/$path"
	printf '# SPDX-License-Identifier: GPL-2.0-or-later\nx += %%D%%/%s\n' \
		"${path#*/}" >>"$tree/${path%%/*}/local.mk"
}

# breach SCRIPT PATTERN: it fails, and a comment line matches
breach() {
	run sh "$tests/$1" "$tree"
	echo "$output"
	[ "$status" -eq 1 ]
	grep -qE "^# $2" <<<"$output"
	[ "$(grep -c '^not ok' <<<"$output")" -eq 1 ]
}

@test "a tree that keeps the rules passes both checks" {
	run sh "$tests/layers.sh" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
	run sh "$tests/style.sh" "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "an empty tree is an error, not a success" {
	rm -rf "$tree" && mkdir "$tree"
	run sh "$tests/layers.sh" "$tree"
	[ "$status" -eq 1 ]
	run sh "$tests/style.sh" "$tree"
	[ "$status" -eq 1 ]
}

@test "layers: an include that goes up is found" {
	file base/up.c '#include "libcontainer/spec/spec.h"'
	breach layers.sh 'base/up.c:5: must not include libcontainer/spec/spec.h'
}

@test "layers: an include of a driver by another is found" {
	file seccomp/side.c '#include "cgroups/path.h"'
	breach layers.sh 'seccomp/side.c:5: must not include cgroups/path.h'
}

@test "layers: spec does not see plan, plan does not see init, init does not see host" {
	file libcontainer/spec/a.c '#include "libcontainer/plan/plan.h"'
	breach layers.sh 'libcontainer/spec/a.c:5: must not'
	file libcontainer/spec/a.c
	file libcontainer/plan/b.c '#include "libcontainer/init/init.h"'
	breach layers.sh 'libcontainer/plan/b.c:5: must not'
	file libcontainer/plan/b.c
	file libcontainer/init/c.c '#include "libcontainer/host/spawn.h"'
	breach layers.sh 'libcontainer/init/c.c:5: must not'
}

@test "layers: box and host do not know each other" {
	file libcontainer/box/box.c '#include "libcontainer/host/spawn.h"'
	breach layers.sh 'libcontainer/box/box.c:5: must not'
}

@test "layers: an include without a folder is found" {
	file base/bare.c '#include "str.h"'
	breach layers.sh 'base/bare.c:5: str.h names no folder'
}

@test "layers: a front end that looks into host is found" {
	file src/dev/enter.c '#include "libcontainer/host/spawn.h"'
	breach layers.sh 'src/dev/enter.c:5: a front end must not'
}

@test "layers: a circle of headers is found" {
	file base/a.h '#include "base/b.h"'
	file base/b.h '#include "base/a.h"'
	breach layers.sh 'base/[ab].h'
}

@test "layers: yajl, libseccomp and sys/mount.h in the wrong place are found" {
	file base/yajl.c '#include <yajl/yajl_parse.h>'
	breach layers.sh 'base/yajl.c:5: must not include <yajl/yajl_parse.h>'
	file base/yajl.c
	file src/filter.c '#include <seccomp.h>'
	breach layers.sh 'src/filter.c:5: must not include <seccomp.h>'
	file src/filter.c
	file libcontainer/host/m.c '#  include <sys/mount.h>'
	breach layers.sh 'libcontainer/host/m.c:5: must not include <sys/mount.h>'
}

@test "style: a file of 501 lines is found" {
	mapfile -t lines < <(yes '/* */' | head -n 497)
	file base/long.c "${lines[@]}"
	breach style.sh 'base/long.c: 501 lines'
}

@test "style: a line of 91 columns is found, and a tab counts as 8" {
	file base/wide.c "$(printf '\t/* %*s */' 77 .)"
	breach style.sh 'base/wide.c:5: 91 columns'
}

@test "style: a function of 61 lines is found" {
	command -v pmccabe >/dev/null || skip 'pmccabe is not installed'
	mapfile -t lines < <(yes '	f();' | head -n 58)
	file base/f.c 'void g(void)' '{' "${lines[@]}" '}'
	breach style.sh 'base/f.c\(5\): g: 61 lines'
}

@test "style: a function of complexity 16 is found" {
	command -v pmccabe >/dev/null || skip 'pmccabe is not installed'
	mapfile -t lines < <(yes '	if (a) a--;' | head -n 15)
	file base/f.c 'void g(int a)' '{' "${lines[@]}" '}'
	breach style.sh 'base/f.c\(5\): g: complexity 16'
}

@test "style: a banned call is found, but not in a comment, a string or another name" {
	file base/ok.c '/* strcpy(a, b) */' 'x = "strcpy(a, b)"; // system("")' \
		'my_strcpy(a, b); p->system(a); sys_mount(a);'
	run sh "$tests/style.sh" "$tree"
	[ "$status" -eq 0 ]
	file base/bad.c '	strcpy (a, "x");'
	breach style.sh 'base/bad.c:5: strcpy\(\)'
	file base/bad.c '	x = "\\"; system("ls");'
	breach style.sh 'base/bad.c:5: system\(\)'
}

@test "style: exit belongs to main alone" {
	file src/main.c '	exit(1);'
	run sh "$tests/style.sh" "$tree"
	[ "$status" -eq 0 ]
	file src/other.c '	exit(1);'
	breach style.sh 'src/other.c:5: exit\(\)'
}

@test "style: goto is found" {
	file base/go.c '	goto out;'
	breach style.sh 'base/go.c:5:.*goto out'
}

@test "style: utils.c and functions named do_ are found" {
	file base/utils.c
	breach style.sh 'base/utils.c: a name without a noun'
	rm "$tree/base/utils.c"
	command -v pmccabe >/dev/null || skip 'pmccabe is not installed'
	file base/x.c 'void do_it(void)' '{' '}'
	breach style.sh 'base/x.c\(5\): do_it: a vague verb'
}

@test "style: the wrong licence, no head and no guard are found" {
	file src/a.c
	sed -i '1s/GPL-2.0/LGPL-2.1/' "$tree/src/a.c"
	breach style.sh 'src/a.c:1: the first line must name GPL-2.0-or-later'
	file src/a.c
	sed -i '2,4d' "$tree/src/a.c"
	echo 'int a;' >>"$tree/src/a.c"
	breach style.sh 'src/a.c:2: must say what'
	file src/a.c
	file base/g.h
	sed -i 's/BASE_G_H/OTHER/' "$tree/base/g.h"
	breach style.sh 'base/g.h: its guard should be BASE_G_H'
}

@test "style: blanks at the end and blanks for tabs are found" {
	file base/b.c 'int a; '
	breach style.sh 'base/b.c:5:int a;'
	file base/b.c '        int a;'
	breach style.sh 'base/b.c:5:'
}

@test "style: a file that no local.mk names is found" {
	file base/lost.c
	sed -i '/lost/d' "$tree/base/local.mk"
	breach style.sh 'base/lost.c: no local.mk names it'
}

@test "objects: a mutable global and a circle of calls are found" {
	command -v cc >/dev/null || skip 'no compiler is installed'
	mkdir -p "$tree/libcontainer/init"
	cd "$tree"
	printf '%s\n' 'PROGRAM_LDFLAGS = -pie' 'print-objects:' \
		'	echo base/a.o cgroups/b.o base/n.o src/m.o' >Makefile
	printf 'void b(void); void a(void); void a(void) { b(); }\n' >base/a.c
	printf 'void a(void); void b(void); void b(void) { a(); }\n' >cgroups/b.c
	printf 'int f(void); int f(void) { static int n; return ++n; }\n' >base/n.c
	printf 'const char *const t[] = { "" }; int main(void) { return !t[0]; }\n' \
		>src/m.c
	for f in base/a cgroups/b base/n src/m; do
		cc -fPIE -fdata-sections -c $f.c -o $f.o
	done
	cc -pie -o aril src/m.o
	cp aril libcontainer/init/aril-init
	run sh "$tests/objects.sh" "$tree"
	echo "$output"
	[ "$status" -eq 1 ]
	found=$output
	grep -q '^# base/n.o: n.* can change' <<<"$found"
	run ! grep 'src/m.o' <<<"$found"
	grep -qE '^# (base|cgroups)$' <<<"$found"
	grep -q '^# it is dynamic' <<<"$found"
}
