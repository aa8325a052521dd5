#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# prepare.sh DIR: what all tests of a run share, made once in DIR: a podman-like bundle
# whose program is the probe. Each test works on its own copy (bundle.bash).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$1

"$here/../bundle/make.sh" "$dir/template" /probe status
cd "$dir/template/rootfs"
cp "$ARIL_PROBE" probe
# a few applets only: a copy for each test takes less time
find bin -type l | while read -r link; do
	case ${link#bin/} in
	sh | cat | ls | true | false | env | id | ln | mkdir | echo | tr) ;;
	*) rm "$link" ;;
	esac
done
mkdir -p etc/dir media opt
echo 'from the image' >etc/dir/file
echo 'copied up' >tmp/image-file

# One test runs podman's document whole. The others do without the device rules, which a
# runtime under comparison may not be able to load here.
cd "$dir/template"
cp config.json podman.json
jq -c 'del(.linux.resources)' podman.json >config.json
