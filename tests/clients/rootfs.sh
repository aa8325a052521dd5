#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rootfs.sh FILE: a root file system for the scenarios, as a tar: busybox with all its
# applets, the probe, the files that engines look for, and a program that is not
# executable.
set -eu
umask 022
file=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir -p bin etc proc sys dev run srv home/box var/lib usr/bin
chmod 755 .
mkdir -m 1777 tmp
mkdir -m 700 root
cp "$(command -v busybox)" bin/busybox
for applet in $(bin/busybox --list); do
	[ "$applet" = busybox ] || ln -s busybox "bin/$applet"
done
cp "$ARIL_PROBE" probe
cat >etc/passwd <<'END'
root:x:0:0:root:/root:/bin/sh
box:x:1000:1000:box:/home/box:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
END
cat >etc/group <<'END'
root:x:0:
box:x:1000:
extra:x:1234:box
nogroup:x:65534:
END
echo 'from the image' >srv/file
mkdir srv/volume && echo 'below the volume' >srv/volume/file
echo 'not a program' >srv/data
tar -cf "$file" --numeric-owner --owner=0 --group=0 .
