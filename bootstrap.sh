#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bootstrap.sh VERB: everything that must be set up, on Debian 12, Ubuntu 24.04 and later.
# `./bootstrap.sh help` lists the verbs. It installs packages of the distribution that are
# missing (and says which), writes below ./build and in temporary directories of its own,
# and removes what it made elsewhere.
set -u
umask 022
top=$(cd "$(dirname "$0")" && pwd)
build=$top/build
jobs=$(nproc)
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

build_packages=(autoconf automake make gcc libc6-dev pkg-config libseccomp-dev libyajl-dev
	libcap-dev libmd-dev libmnl-dev libsystemd-dev)
demo_packages=(busybox-static uidmap)
check_packages=(apparmor bats binutils clang clang-tidy cppcheck crun e2fsprogs fish
	groff-base iproute2 jq kmod llvm mmdebstrap passt pmccabe procps
	python3-jsonschema qemu-system-x86 qemu-utils runc shellcheck slirp4netns strace
	valgrind zsh)

help() {
	cat <<'END'
usage: ./bootstrap.sh VERB

  build   install what the build needs, and build ./build/aril
  demo    build, then run a real container: run, create, start, exec, state, plan, delete
  check   build with gcc and clang, and run every test; the last line is
          "N passed, N failed, N skipped"
  help    this text

Missing packages of the distribution are installed with apt-get, as root or through sudo;
nothing else is fetched, and nothing but packages is left outside of ./build. As root,
`check` also runs the tests as ordinary users, who exist in namespaces of its own only.
END
}

say() { printf '== %s\n' "$*"; }
die() {
	printf 'bootstrap.sh: %s\n' "$*" >&2
	exit 1
}
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo --preserve-env=DEBIAN_FRONTEND "$@"
	fi
}

# --- packages -----------------------------------------------------------------------

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Install those of the named packages that are missing
need() {
	local package missing=()

	command -v dpkg-query >/dev/null ||
		die "this is no Debian or Ubuntu; install these by hand: $*"
	for package; do
		installed "$package" && continue
		# pkgconf took pkg-config's place
		[ "$package" = pkg-config ] && installed pkgconf && continue
		missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return
	say "installing from the distribution: ${missing[*]}"
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		die "not root, and no sudo: install them by hand"
	as_root apt-get -qq -o Acquire::Retries=3 update ||
		say "some package list could not be read; going on with those that could"
	as_root apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
		--no-install-recommends install "${missing[@]}" >/dev/null ||
		die "apt-get could not install them"
}

# --- build --------------------------------------------------------------------------

# Make ./configure when it is missing or older than what it is made from
prepare_source() {
	cd "$top" || exit 1
	[ ! -e config.status ] ||
		die "the source tree itself is configured: run 'make distclean' in it"
	if [ ! -x configure ] || [ ! -e Makefile.in ] ||
		[ -n "$(find . -maxdepth 2 \( -name configure.ac -o -name Makefile.am \
			-o -name local.mk \) -newer Makefile.in)" ]; then
		autoreconf -fi >"$build/autoreconf.log" 2>&1 || {
			cat "$build/autoreconf.log"
			die "autoreconf did not work"
		}
	fi
}

# configure_in DIR [OPTION...]: out of the source tree, once for the same options
configure_in() {
	local dir=$1
	shift
	mkdir -p "$dir" && cd "$dir" || return 1
	[ -e Makefile ] && [ "$(cat options 2>/dev/null)" = "$*" ] &&
		[ Makefile -nt "$top/configure" ] && return
	"$top/configure" --quiet "$@" && printf '%s\n' "$*" >options
}

# The build that demo uses; an own one, so that it is not in the way of `check`
build() {
	need "${build_packages[@]}"
	mkdir -p "$build" || exit 1
	prepare_source
	say "building in ${build#"$PWD"/} with $jobs jobs"
	if ! configure_in "$build" --prefix=/usr/local || ! make -s -j"$jobs" all; then
		die "the build did not work"
	fi
	say "built: $build/aril ($(stat -c %s "$build/aril") bytes)"
}

# --- demo ---------------------------------------------------------------------------

# Print a command as one would type it, and run it
show() {
	local word line=

	for word; do
		[[ $word =~ ^[a-zA-Z0-9_./:=@%+-]+$ ]] || word=${word@Q}
		line+=" ${word//$tmp/\$TMP}"
	done
	line=${line//$build\/aril/aril}
	printf '\n$%s\n' "${line//$top\//./}"
	"$@"
}

demo_end() {
	local status=$?

	trap - EXIT HUP INT TERM
	for id in demo-1 demo-2 demo-time; do
		[ ! -e "$tmp/state/$id" ] || "${aril[@]}" delete --force $id
	done
	rm -rf "$tmp"
	exit $status
}

# time_of COUNT COMMAND...: the mean time of a run, in ms
time_of() {
	local count=$1 begin end i
	shift
	begin=${EPOCHREALTIME/./}
	for ((i = 0; i < count; i++)); do
		"$@" || return
	done
	end=${EPOCHREALTIME/./}
	printf '%d.%02d ms each, %d times\n' $(((end - begin) / count / 1000)) \
		$(((end - begin) / count % 1000 / 10)) "$count"
}

demo() {
	need "${build_packages[@]}" "${demo_packages[@]}"
	build
	tmp=$(mktemp -d) || exit 1
	chmod 755 "$tmp"
	aril=("$build/aril" --root "$tmp/state")
	set -e
	trap demo_end EXIT
	trap 'exit 1' HUP INT TERM

	say "a bundle as podman makes it, in TMP=$tmp: busybox as root file system, six" \
		"namespaces, 14 mounts, masked paths, capabilities, a seccomp profile"
	[ "$(id -u)" -eq 0 ] || say "you are not root: it gets a user namespace as well"
	show "$top/tests/bundle/make.sh" "$tmp/one" /bin/sh -c \
		'echo "hello from pid $$ on $(hostname), as $(id -un)"
grep -E "^(Seccomp|CapEff|NoNewPrivs):" /proc/self/status; ifconfig lo; ls /'
	show du -sh "$tmp/one/rootfs"

	say "run it: create, start, wait and delete in one"
	show "${aril[@]}" run --bundle "$tmp/one" demo-1

	say "a second one, created, and started when we like"
	show "$top/tests/bundle/make.sh" "$tmp/two" /bin/sleep 1000
	show "${aril[@]}" create --bundle "$tmp/two" --pid-file "$tmp/pid" demo-2 \
		</dev/null
	show "${aril[@]}" state demo-2
	show "${aril[@]}" start demo-2
	show "${aril[@]}" list

	say "another process in it"
	show "${aril[@]}" exec demo-2 /bin/ps
	show "${aril[@]}" exec --env GREETING=hi --cwd /tmp demo-2 /bin/sh -c \
		'echo "$GREETING from $(pwd)"; mount | head -n 3'

	say "what aril decides for a bundle, without doing it"
	show "${aril[@]}" plan "$tmp/one"

	say "how long a run takes"
	show "$top/tests/bundle/make.sh" "$tmp/time" /bin/true
	show time_of 20 "${aril[@]}" run --bundle "$tmp/time" demo-time

	say "stop it, and leave nothing"
	show "${aril[@]}" kill demo-2 KILL
	show "${aril[@]}" delete --force demo-2
	show "${aril[@]}" list
	[ -z "$(ls "$tmp/state")" ] || die "something is left in $tmp/state"
	say "done"
}

# --- check --------------------------------------------------------------------------

passed=0 failed=0 skipped=0

# step NAME COMMAND...: one thing that passes or fails; its output is shown when it fails
step() {
	local name=$1 log=$build/check/log/${1//[^a-zA-Z0-9]/-}.log begin=$SECONDS

	shift
	if ("$@") >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok - %s (%d s)\n' "$name" $((SECONDS - begin))
		return
	fi
	failed=$((failed + 1))
	printf 'not ok - %s (%d s); the end of %s:\n' "$name" $((SECONDS - begin)) "$log"
	tail -n 50 "$log" | sed 's/^/    /'
	return 1
}

skip() {
	skipped=$((skipped + 1))
	printf 'ok - %s # SKIP %s\n' "$1" "$2"
}

# suite NAME COMMAND...: a command that prints TAP, each line of which counts
suite() {
	local name=$1 log=$build/check/log/${1//[^a-zA-Z0-9]/-}.log begin=$SECONDS status
	local good bad none

	shift
	("$@") >"$log" 2>&1
	status=$?
	none=$(grep -ciE '^ok\>.*# *skip' "$log")
	good=$(($(grep -cE '^ok\>' "$log") - none))
	bad=$(grep -cE '^not ok\>' "$log")
	# died before it could say so, or ran nothing
	[ "$bad" -gt 0 ] || [ $status -eq 0 ] || bad=1
	[ $((good + bad + none)) -gt 0 ] || bad=1
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + none))
	printf '%s - %s: %d passed, %d failed, %d skipped (%d s)\n' \
		"$([ "$bad" -eq 0 ] && echo ok || echo 'not ok')" "$name" \
		"$good" "$bad" "$none" $((SECONDS - begin))
	grep -iE '^ok\>.*# *skip' "$log" | sed 's/^/    /'
	[ "$bad" -eq 0 ] || {
		grep -A 15 -E '^not ok\>' "$log" | head -n 200
		echo "the end of $log:"
		tail -n 20 "$log"
	} | sed 's/^/    /'
}

fresh_build() { # DIR OPTION...
	local dir=$build/check/$1
	shift
	configure_in "$dir" "$@" && make -j"$jobs" all && [ -x "$dir/aril" ]
}

# The logs of all tests of a `make check` as one, with the driver's TAP
make_check() { # DIR [TARGET]
	local log status

	cd "$build/check/$1" || return
	make -j"$jobs" check-programs >check-programs.log 2>&1 || {
		cat check-programs.log
		return 1
	}
	make "${2:-check}" >check.log 2>&1
	status=$?
	# a test that died before it could say "not ok" is in the driver's summary only
	find tests -name '*.trs' -exec grep -l '^:test-result: ERROR' {} + |
		while read -r log; do
			grep -q '^not ok' "${log%.trs}.log" || echo "not ok - $log"
		done
	find tests -name '*.log' | sort | while read -r log; do
		echo "# $log"
		cat "$log"
	done
	[ $status -eq 0 ] || tail -n 40 check.log | sed 's/^/# /'
	return $status
}

# The installed files, and that the installed program works
check_install() {
	local dest=$build/check/dest file

	cd "$build/check/gcc" || return
	rm -rf "$dest"
	make install DESTDIR="$dest" || return
	(cd "$dest" && find . -type f | sort)
	for file in bin/aril libexec/aril/aril-{net,systemd} \
		share/bash-completion/completions/aril share/zsh/site-functions/_aril \
		share/fish/vendor_completions.d/aril.fish \
		$(cd "$top/src/engines" &&
			ls -- *.in | sed 's|^|share/aril/|; s|\.in$||') \
		$(cd "$top/man" && ls -- *.7 | sed 's|^|share/man/man7/|') \
		$(cd "$top/man" && ls -- *.8 | sed 's|^|share/man/man8/|'); do
		[ -s "$dest/usr/local/$file" ] || {
			echo "$file is not installed"
			return 1
		}
	done
	"$dest/usr/local/bin/aril" --version &&
		cmp "$dest/usr/local/libexec/aril/aril-init" \
			libcontainer/init/aril-init &&
		make uninstall DESTDIR="$dest" &&
		[ -z "$(find "$dest" -type f)" ]
}

check_end() {
	trap - EXIT HUP INT TERM
	printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
	# in a trap, a bare exit would give the status from before it
	[ $failed -eq 0 ] && [ $passed -gt 0 ] || exit 1
	exit 0
}

check() {
	need "${build_packages[@]}" "${demo_packages[@]}" "${check_packages[@]}"
	# not in every release
	! apt-cache show criu >/dev/null 2>&1 || need criu
	need "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
	exec </dev/null
	export ARIL_TESTS_MUST_RUN=1 ARIL_BED_SET=all
	unset MAKEFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS
	rm -rf "$build/check"
	mkdir -p "$build/check/log" || exit 1
	trap check_end EXIT
	trap 'failed=$((failed + 1)); exit 1' HUP INT TERM

	step 'autoreconf' prepare_source
	strict=--enable-werror
	step 'build with gcc, no warnings' fresh_build gcc CC=gcc $strict || exit
	step 'build with clang, no warnings' fresh_build clang CC=clang $strict
	step 'build without static libraries' fresh_build dynamic $strict --disable-static
	step 'build with sanitizers' fresh_build sanitized $strict --enable-sanitizers
	step 'install and uninstall' check_install
	# tests/lib/debian.sh keeps its root file system there
	export ARIL_CACHE=$build/cache
	step 'a root file system of the distribution' \
		"$top/tests/lib/debian.sh" "$build/check/debian.tar"

	suite 'units with sanitizers' make_check sanitized check-units
	suite 'lint' make -s -C "$build/check/gcc" lint
	suite "make check as $(id -un)" make_check gcc
	[ "$(id -u)" -eq 0 ] ||
		skip 'the suites as root' 'run bootstrap.sh check as root for them'
	suite 'tests in guests with cgroup v2 and systemd' \
		make -s -C "$build/check/gcc" check-vm
	suite 'podman, Docker and containerd in guests' \
		make -s -C "$build/check/gcc" check-clients CLIENT_SET=quick
	suite 'fuzzers' \
		make -s -C "$build/check/gcc" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-8}"
	[ "$(id -u)" -ne 0 ] ||
		suite 'speed, against crun' make -s -C "$build/check/gcc" bench-check
	step 'demo' "$top/bootstrap.sh" demo
	step 'distcheck' make -j"$jobs" -C "$build/check/gcc" distcheck-quick
	exit
}

# ------------------------------------------------------------------------------------

case ${1:-help} in
build | demo | check) "$1" ;;
help | -h | --help) help ;;
*)
	help >&2
	exit 2
	;;
esac
