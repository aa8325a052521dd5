#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each word of the option table, by what mountinfo says of a mount that has it; and that
# `features` shows exactly these words.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

# WORD: OPTIONS OF A TMPFS: WHAT ITS LINE OF mountinfo HAS, AND (!) HAS NOT; "-" is for
# words of binds, which have tests of their own: here or in mounts.bats and idmap.bats.
# The line is "PROPAGATION,OPTIONS,SUPER OPTIONS". iversion is none of Linux' any more.
table='
async: sync async: !sync
atime: noatime atime: relatime !noatime
bind: -
copy-symlink: -
defaults: defaults: rw relatime
dest-nofollow: -
dev: nodev dev: !nodev
diratime: nodiratime diratime: !nodiratime
dirsync: dirsync: dirsync
exec: noexec exec: !noexec
idmap: -
iversion: iversion: rw
lazytime: lazytime: lazytime
loud: loud: rw
mand: mand: mand
noatime: noatime: noatime !relatime
nodev: nodev: nodev
nodiratime: nodiratime: nodiratime
noexec: noexec: noexec
noiversion: noiversion: rw
nolazytime: lazytime nolazytime: !lazytime
nomand: mand nomand: !mand
norelatime: norelatime: relatime
nostrictatime: strictatime nostrictatime: relatime
nosuid: nosuid: nosuid
nosymfollow: nosymfollow: nosymfollow
private: private: private
rasync: sync rasync: !sync
ratime: rnoatime ratime: relatime !noatime
rbind: -
rdev: rnodev rdev: !nodev
rdiratime: rnodiratime rdiratime: !nodiratime
rdirsync: rdirsync: dirsync
relatime: noatime relatime: relatime !noatime
remount: -
rexec: rnoexec rexec: !noexec
ridmap: -
rmand: rmand: mand
rnoatime: rnoatime: noatime !relatime
rnodev: rnodev: nodev
rnodiratime: rnodiratime: nodiratime
rnoexec: rnoexec: noexec
rnomand: mand rnomand: !mand
rnorelatime: rnorelatime: relatime
rnostrictatime: rstrictatime rnostrictatime: relatime
rnosuid: rnosuid: nosuid
rnosymfollow: rnosymfollow: nosymfollow
ro: ro: ro
rprivate: rprivate: private
rrelatime: rnoatime rrelatime: relatime !noatime
rro: rro: ro
rrw: rro rrw: !ro
rshared: rshared: shared
rslave: rslave: private
rstrictatime: rstrictatime: !relatime !noatime
rsuid: rnosuid rsuid: !nosuid
rsymfollow: rnosymfollow rsymfollow: !nosymfollow
rsync: rsync: sync
runbindable: runbindable: unbindable
rw: ro rw: !ro
shared: shared: shared
silent: silent: rw
slave: slave: private
src-nofollow: -
strictatime: strictatime: !relatime !noatime
suid: nosuid suid: !nosuid
symfollow: nosymfollow symfollow: !nosymfollow
sync: sync: sync
tmpcopyup: -
unbindable: unbindable: unbindable
'

prepare() {
	bare
	only_aril 'does not know all of them'
}

@test "features shows the words of this table, and no others" {
	local shown
	shown=$(aril features | jq -r '.mountOptions[]')
	[ "$shown" = "$(sed -n 's/^\([^:]*\):.*/\1/p' <<<"$table")" ]
	[ "$(aril features | jq .linux.mountExtensions.idmap.enabled)" = true ]
}

@test "each word does what it says" {
	local word options wanted text want failed=0
	while IFS=: read -r word options wanted; do
		[[ -n $word && $options != ' -' ]] || continue
		# shellcheck disable=SC2086 # words
		mount_add tmpfs tmpfs "/o/$word" $options
	done <<<"$table"
	probe mountinfo
	while IFS=: read -r word options wanted; do
		[[ -n $word && $options != ' -' ]] || continue
		text=,$(value "/o/$word"),
		for want in $wanted; do
			if [[ $want == !* ]]; then
				[[ $text != *,"${want#!}",* ]] && continue
			else
				[[ $text == *,"$want",* ]] && continue
			fi
			echo "$word ($options): $want, but: $text"
			failed=1
		done
	done <<<"$table"
	[ $failed -eq 0 ]
	aril plan "$B" | grep -F 'option "iversion" has no effect'
}

# Most tests have no mount that is shared
@test "slave and private leave the group of a shared mount, shared stays in it" {
	local word
	need_root 'needs mounts'
	mkdir "$T/group"
	for word in private rprivate slave rslave shared rshared; do
		bind "$T/group" "/o/$word" rbind "$word"
	done
	cfg '.linux.rootfsPropagation = "shared"'
	args /probe mounts
	run unshare --mount --propagation private sh -c '
		mount -t tmpfs none "$0" && mount --make-shared "$0" && exec "$@"' \
		"$T/group" "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	for word in private slave shared; do
		want_like "mount./o/$word=tmpfs $word .*" "mount./o/r$word=tmpfs $word .*"
	done
}

@test "src-nofollow binds a link, dest-nofollow binds onto one" {
	ln -s /host-text "$T/link"
	echo real >"$T/real"
	ln -s /image-text "$B/rootfs/link"
	touch "$B/rootfs/file"
	bind "$T/link" /file src-nofollow
	probe stat /file
	want '/file=l /host-text'
	mount_drop /file
	bind "$T/real" /link dest-nofollow
	probe stat /link , read /link
	want_like '/link=- .*' '/link=real'
	mount_drop /link
	bind "$T/link" /link src-nofollow dest-nofollow
	probe stat /link
	want '/link=l /host-text'
	# one that has to be made, and a directory
	mount_drop /link
	mkdir "$T/dir"
	bind "$T/real" /new/file dest-nofollow
	bind "$T/dir" /new/dir dest-nofollow
	probe read /new/file , mount /new/dir
	want /new/file=real mounted=1
}

@test "copy-symlink makes the link again, and binds what is none" {
	ln -s /host-text "$T/link"
	echo real >"$T/real"
	bind "$T/link" /a/link copy-symlink
	bind "$T/real" /a/file copy-symlink
	probe stat /a/link , read /a/file
	want '/a/link=l /host-text' /a/file=real
	# it is there already
	probe stat /a/link
	want '/a/link=l /host-text'
	ln -sfn /other "$B/rootfs/a/link"
	create_refused 'mounts[1] /a/link: copy the link' 'EEXIST'
	cfg '.mounts[-1].options += ["src-nofollow"]'
	create_refused 'mounts[2] /a/file: copy-symlink does not go with'
}

@test "links at the ends of a bind do not lead out or to what is not to be covered" {
	need_root
	ln -s /proc "$B/rootfs/toproc"
	bind "$HOST" /toproc/1 dest-nofollow
	create_refused 'mounts[1] /toproc/1'
	mount_drop /toproc/1
	ln -s "$HOST" "$B/rootfs/out"
	bind "$HOST/file" /out/file dest-nofollow
	probe read /out/file
	host_untouched
	mount_drop /out/file
	ln -s /nowhere "$T/link"
	mkdir -p "$B/rootfs/dir"
	bind "$T/link" /dir src-nofollow
	create_refused 'mounts[1] /dir: attach' 'one is a directory, the other is not'
}

@test "an overlay with more lower directories than one option can hold" {
	need_root
	local i lower=''
	for i in {1..40}; do
		mkdir -p "$T/layers/layer-$i"
		echo "$i" >"$T/layers/layer-$i/file-$i"
		lower+=:$T/layers/layer-$i
	done
	mkdir "$T/layers/with:colon"
	echo colon >"$T/layers/with:colon/file-colon"
	lower+=:$T/layers/with'\:'colon
	mount_add overlay overlay /ov "lowerdir=${lower#:}"
	probe read /ov/file-1 /ov/file-40 /ov/file-colon
	want /ov/file-1=1 /ov/file-40=40 /ov/file-colon=colon
}

@test "options of cgroup2 are taken as data" {
	need_root
	mount_add cgroup2 cgroup2 /cg ro nsdelegate memory_recursiveprot
	grep -q ' cgroup2 ' /proc/mounts || skip 'no cgroup2 tree'
	probe mount /cg
	want type=cgroup2
}
