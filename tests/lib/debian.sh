#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debian.sh FILE.tar: a small root file system of the host's own distribution, by
# mmdebstrap. Kept in $ARIL_CACHE (default: ~/.cache/aril), because it takes a minute.
# Fails without mmdebstrap, or when its archive cannot be reached: the tests that want
# it say so.
set -eu
out=$1
cache=${ARIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/aril}
# shellcheck disable=SC1091
. /etc/os-release
tar=$cache/rootfs-$ID-$VERSION_CODENAME-$(dpkg --print-architecture).tar

if [ ! -s "$tar" ]; then
	[ "$(id -u)" -eq 0 ] || { echo 'made by root only' && exit 1; }
	command -v mmdebstrap >/dev/null || {
		echo 'mmdebstrap is not installed'
		exit 1
	}
	mkdir -p "$cache"
	sources=()
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ -s "$file" ] && sources+=("$file")
	done
	settings=()
	while read -r line; do
		settings+=("--aptopt=$line")
	done < <(apt-config dump Acquire | grep -iE 'proxy|check-valid-until' || :)
	mmdebstrap --quiet --variant=essential --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "${settings[@]}" \
		--format=tar "$VERSION_CODENAME" "$tar.new" "${sources[@]}"
	mv "$tar.new" "$tar"
fi
ln -f "$tar" "$out" 2>/dev/null || cp "$tar" "$out"
chmod 644 "$out"
