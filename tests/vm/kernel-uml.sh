#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel-uml.sh DIR: the user-mode kernel as DIR/linux, a program, and its DIR/modules;
# its version and origin are the last line on stdout. On Debian it is sid's, with sid's
# libc beside it: since 7.0 a user-mode kernel can run on seccomp filters in place of
# ptrace and is three times as fast. Elsewhere, and where sid cannot be had, it is the one
# of the distribution. Nothing is installed; what is made is kept in $ARIL_CACHE (default:
# build/cache), and used from there without asking the archive again.
#
#	ARIL_VM_UML	`own`: the distribution's
#
# Exit 77 when it cannot be had here; the reason is the last line.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
cache=${ARIL_CACHE:-$(dirname "$(dirname "$here")")/build/cache}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
interpreter=/lib64/ld-linux-x86-64.so.2
# shellcheck disable=SC1091
. /etc/os-release

cannot() {
	echo "$1"
	exit 77
}

# --- packages of another suite of the machine's own archive ----------------------------

# A directory with an apt of its own: apt_of ARGS... uses it
make_apt() { # SUITE
	local archive
	archive=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' |
		awk -v own="$VERSION_CODENAME" '$2 == own { print $1; exit }')
	[ -n "$archive" ] || return
	mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial"
	: >"$work/apt/status"
	echo "deb [signed-by=$keyring] $archive $1 main" >"$work/apt/sources.list"
	apt=(-o "Dir::State=$work/apt" -o "Dir::State::status=$work/apt/status"
		-o "Dir::Cache=$work/apt" -o "Dir::Etc::sourcelist=$work/apt/sources.list"
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null)
	# a suite that changes every day may be older than it wants to be
	apt_of update -o Acquire::Check-Valid-Until=false
}

apt_of() {
	apt-get -qq "${apt[@]}" -o Acquire::Retries=3 -o APT::Sandbox::User= "$@"
}

fetch() { # PACKAGE...: unpacked in $work/root
	local deb
	(cd "$work" && apt_of download "$@") || return
	for deb in "$work"/*.deb; do
		dpkg-deb -x "$deb" "$work/root" || return
	done
}

# --- the kernel as a program -----------------------------------------------------------

# With a libc of its own the interpreter is found from the current directory: the path's
# place in the program is as long as the old one
use_own_libc() {
	local at
	cp "$work/root/usr/lib/x86_64-linux-gnu/"{ld-linux-x86-64.so.2,libc.so.6} \
		"$work/new/" || return
	at=$(grep -abo -m 1 "$interpreter" "$work/new/linux.uml" | head -n 1) || return
	{
		printf './%s' "${interpreter##*/}"
		head -c 6 /dev/zero
	} | dd of="$work/new/linux.uml" bs=1 seek="${at%%:*}" conv=notrunc status=none
}

make_kernel() { # SUITE
	local packages=(user-mode-linux) version
	rm -rf "$work"/{new,root,*.deb}
	mkdir "$work/new" "$work/root"
	apt=()
	[ "$1" = "$VERSION_CODENAME" ] || packages+=(libc6)
	[ ${#packages[@]} -eq 1 ] || make_apt "$1" || return
	fetch "${packages[@]}" || return
	cp "$work/root/usr/bin/linux.uml" "$work/new/" || return
	mv "$work/root/usr/lib/uml/modules" "$work/new/" || return
	[ ${#packages[@]} -eq 1 ] || use_own_libc || return
	cat >"$work/new/linux" <<-'WRAPPER'
		#!/bin/sh
		# arguments may not have relative paths
		cd "$(dirname "$(readlink -f "$0")")" || exit
		LD_LIBRARY_PATH=$PWD exec ./linux.uml "$@"
	WRAPPER
	chmod 755 "$work/new/linux"
	# it starts here
	version=$("$work/new/linux" --version) || return
	echo "$version of $1" >"$work/new/version"
}

suites=("$VERSION_CODENAME")
[ "$ID" != debian ] || [ "${ARIL_VM_UML:-}" = own ] || suites=(sid "${suites[@]}")
key=$(sha256sum <"$0" | cut -c1-16)
mkdir -p "$out" "$cache"
exec 9>"$cache/vm-uml.lock"
flock 9
work=
for suite in "${suites[@]}"; do
	kernel=$cache/vm-uml-$suite-$key
	if [ ! -d "$kernel" ]; then
		[ "$(uname -m)" = x86_64 ] || cannot "no user-mode Linux for $(uname -m)"
		[ -n "$work" ] || {
			work=$(mktemp -d /var/tmp/aril-uml.XXXXXX)
			trap 'rm -rf "$work"' EXIT
			trap 'exit 99' HUP INT TERM
		}
		make_kernel "$suite" 9>&- || continue
		rm -rf "$cache/vm-uml-$suite"-*
		mv "$work/new" "$kernel"
	fi
	ln -sfn "$kernel/linux" "$out/linux"
	ln -sfn "$kernel/modules" "$out/modules"
	cat "$kernel/version"
	exit 0
done
cannot "the package user-mode-linux could not be had"
