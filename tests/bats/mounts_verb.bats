#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# aril mounts: mounts that are added to a running container, listed, and removed.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	bare
	only_aril 'has no such command, or another one'
	mkdir -p "$B/rootfs/srv" "$B/rootfs/mnt"
	echo image >"$B/rootfs/srv/file"
}

undo() {
	! mountpoint -q "$T/small" || umount "$T/small"
}

# A JSON array of mounts, from arrays TYPE SOURCE TARGET OPTION...
json() { # TYPE SOURCE TARGET [OPTION...]
	jq -nc '[{ type: $ARGS.positional[0], source: $ARGS.positional[1],
		destination: $ARGS.positional[2], options: $ARGS.positional[3:] }]' \
		--args -- "$@"
}
# Several arrays become one
all() { # ARRAY...
	printf '%s\n' "$@" | jq -sc add
}
add() { # ARRAY
	run aril mounts add "$ID" - <<<"$1"
	echo "$output"
}
added() {
	add "$1"
	[ "$status" -eq 0 ]
}
remove() { # ARRAY
	run aril mounts remove "$ID" - <<<"$1"
	echo "$output"
}
removed() {
	remove "$1"
	[ "$status" -eq 0 ]
}
# What a process of the container sees
inside() { # WORDS
	run aril exec "$ID" /probe "$@" </dev/null
	echo "$output"
}
# Destinations that were added
names() {
	aril mounts list -f json "$ID" | jq -r '.[] | select(.added) | .destination'
}
# What is mounted in the container now, as it sees it
table() {
	inside mountinfo
	grep -v '^/proc=' <<<"$output" || true
}

@test "a read-only root: mount points must be in the bundle, and the message says so" {
	mkdir -p "$B/rootfs/data"
	cfg '.root.readonly = true'
	running
	add "$(json bind "$HOST" /more bind)"
	fails 'mounts[0] /more: make /more in the container: EROFS' 'in the bundle'
	[ -z "$(names)" ]
	added "$(json bind "$HOST" /data bind)"
	removed '["/data"]'
}

@test "a directory and a file are added, are seen, and are removed" {
	running
	added "$(all "$(json bind "$HOST" /mnt bind ro)" \
		"$(json bind "$HOST/file" /made/for/it bind)")"
	inside read /mnt/file /made/for/it , create /mnt/new
	want '/mnt/file=of the host' '/made/for/it=of the host' create./mnt/new=EROFS
	[ "$(names)" = $'/mnt\n/made/for/it' ]
	removed '["/made/for/it", "/mnt"]'
	inside read /mnt/file , mount /mnt , mount /made/for/it
	want /mnt/file=ENOENT
	[ "$(grep -c 'mounted=no' <<<"$output")" -eq 2 ]
	[ -z "$(names)" ]
	host_untouched
}

@test "new file systems" {
	running
	added "$(all "$(json tmpfs tmpfs /t size=64k mode=1750 nosuid)" \
		"$(json tmpfs tmpfs /srv ro tmpcopyup)" "$(json mqueue mqueue /q)")"
	inside statfs /t , stat /t , read /srv/file , create /srv/x , mount /q
	want_like 'statfs=64 .*' '/t=d 1750 0:0'
	want /srv/file=image create./srv/x=EROFS type=mqueue
	removed '[{ "destination": "/t" }, { "destination": "/srv/" }]'
	[ "$(names)" = /q ]
}

@test "the list has the document's mounts and those that were added" {
	running
	added "$(json bind "$HOST" /mnt rbind nosuid)"
	run aril mounts list -f json "$ID"
	jq -e '.[0] == { destination: "/proc", type: "proc", source: "proc",
			added: false }
		and .[-1] == { destination: "/mnt", type: "bind", source: $host,
			options: ["rbind", "nosuid"], added: true }' \
		--arg host "$HOST" <<<"$output"
	run aril mounts list "$ID"
	want_like 'DESTINATION +TYPE +ADDED SOURCE +OPTIONS' \
		'/proc +proc +no +proc +' "/mnt +bind +yes +$HOST +rbind,nosuid"
	# what it shows can be removed by it
	removed "$(aril mounts list -f json "$ID" | jq 'map(select(.added))')"
	[ -z "$(names)" ]
}

@test "mounts are added to a container that has not started, and to a paused one" {
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe read /mnt/file
	created
	added "$(json bind "$HOST" /mnt bind)"
	start
	"$ARIL_PROBE" wait-file "$T/out" 5000
	aril delete -f "$ID" || true
	grep -F '/mnt/file=of the host' "$T/out"
}

@test "all or none: what was mounted before the failing one is undone" {
	running
	table
	local before=$output
	add "$(all "$(json bind "$HOST" /mnt bind)" "$(json bind "$HOST/file" /f bind)" \
		"$(json tmpfs tmpfs /t)" "$(json tmpfs tmpfs /u nonsense=1)")"
	fails 'mounts[3] /u: mount tmpfs: option nonsense=1'
	table
	[ "$output" = "$before" ]
	[ -z "$(names)" ]
	add "$(all "$(json bind "$HOST" /mnt bind)" "$(json bind "$T/nothing" /f bind)")"
	fails 'mounts[1] /f: open' 'ENOENT'
	table
	[ "$output" = "$before" ]
	# removing, too
	added "$(json bind "$HOST" /mnt bind)"
	remove '["/mnt", "/other"]'
	fails '/other: no mount was added there'
	inside read /mnt/file
	want '/mnt/file=of the host'
}

@test "only what was added can be removed" {
	running
	remove '["/proc"]'
	fails '/proc: no mount was added there (only what "mounts add" has added'
	added "$(json bind "$HOST" /mnt bind)"
	remove '["/mnt", "/mnt"]'
	fails '/mnt: no mount was added there'
	removed '["/mnt"]'
	remove '["/mnt"]'
	fails '/mnt: no mount was added there'
	inside status
	[ "$status" -eq 0 ]
}

@test "mounts at one place are removed one after the other" {
	mkdir "$T/two"
	echo two >"$T/two/file"
	running
	added "$(all "$(json bind "$HOST" /mnt bind)" "$(json bind "$T/two" /mnt bind)")"
	inside read /mnt/file
	want '/mnt/file=two'
	removed '["/mnt"]'
	inside read /mnt/file
	want '/mnt/file=of the host'
	removed '["/mnt"]'
	inside mount /mnt
	want 'mounted=no'
}

@test "links in the container stay in the container" {
	ln -s /etc "$B/rootfs/link"
	ln -s /srv/file "$B/rootfs/srv/alias"
	ln -s ../../../../../../srv/file "$B/rootfs/srv/climb"
	ln -s /proc "$B/rootfs/toproc"
	running
	added "$(all "$(json bind "$HOST/file" /link/made bind)" \
		"$(json bind "$HOST/file" /srv/climb bind)")"
	inside read /etc/made /srv/file /srv/alias
	want '/etc/made=of the host' '/srv/file=of the host' '/srv/alias=of the host'
	[ ! -e /etc/made ]
	# a file behind links is found again
	removed '["/srv/climb", "/link/made"]'
	inside read /srv/file , mount /etc/made
	want /srv/file=image mounted=no
	add "$(json bind "$HOST" /toproc/sys bind)"
	fails 'mounts[0] /toproc/sys: a link of the image leads /toproc/sys to'
	add "$(json bind "$HOST" /proc/sys bind)"
	fails 'mounts[0] /proc/sys: nothing may be mounted inside /proc'
	add "$(json bind "$HOST" / bind)"
	fails 'mounts[0] /: nothing can be mounted over the root'
}

@test "a container that exchanges directory and link all the time" {
	need_root
	mkdir -p "$B/rootfs/a/x" "$B/rootfs/b"
	ln -s /tell/../../../../../../.. "$B/rootfs/b/x"
	cfg '.process.capabilities = null'
	running
	local swap='while :; do mv /a/x /a/y; ln -s / /a/x; rm /a/x; mv /a/y /a/x; done'
	aril exec -d "$ID" /bin/sh -c "$swap" </dev/null >"$T/swap.log" 2>&1
	local i tries=0
	for i in {1..40}; do
		run aril mounts add "$ID" - <<<"$(json bind "$HOST" "/a/x/new$i" bind)"
		[ "$status" -ne 0 ] || ((++tries))
	done
	echo "$tries were added"
	# nothing of it is outside
	[ ! -e /new1 ] && [ -z "$(find / -maxdepth 1 -name 'new*')" ]
	host_untouched
}

@test "what the container unmounts or covers" {
	cfg '.process.capabilities = (["CAP_SYS_ADMIN"]
		| { bounding: ., effective: ., permitted: . })'
	running
	added "$(all "$(json bind "$HOST" /mnt rbind)" "$(json tmpfs tmpfs /t)")"
	inside umount /mnt , cover /t
	want umount./mnt=ok cover./t=ok
	run aril --log-level warning mounts remove "$ID" - <<<'["/mnt"]'
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'/mnt: the container has unmounted it itself'* ]]
	[ "$(names)" = /t ]
	remove '["/t"]'
	fails '/t: what was added is not what is mounted there'
	[ "$(names)" = /t ]
	inside umount /t
	removed '["/t"]'
	[ -z "$(names)" ]
}

@test "what cannot be remembered is undone" {
	need_root 'mounts a small file system for the state'
	STATE=$T/small
	mkdir -m 700 "$STATE"
	mount -t tmpfs -o nr_inodes=100,mode=700 small "$STATE"
	running
	table
	local before=$output i
	for i in {1..100}; do
		: >"$STATE/.fill-$i" || break
	done 2>/dev/null
	add "$(all "$(json bind "$HOST" /mnt bind)" "$(json bind "$HOST/file" /f bind)" \
		"$(json tmpfs tmpfs /t)")"
	fails 'save the state of container' 'ENOSPC'
	table
	[ "$output" = "$before" ]
	[ -z "$(names)" ]
	rm "$STATE"/.fill-*
	added "$(json bind "$HOST" /mnt bind)"
	removed '["/mnt"]'
}

@test "id maps of what is added" {
	need_root
	touch "$HOST/root"
	running
	added "$(json bind "$HOST" /mnt bind 'idmap=uids=0-1000-10;gids=0-2000-10')"
	inside stat /mnt/root
	want '/mnt/root=- 0644 1000:2000'
	removed '["/mnt"]'
	added "$(json tmpfs tmpfs /mnt 'idmap=uids=0-1000-10;gids=0-2000-10' mode=711)"
	inside stat /mnt
	want '/mnt=d 0711 1000:2000'
	add "$(json bind "$HOST" /mnt bind idmap)"
	fails 'idmap needs mappings or a user namespace'
	rm "$HOST/root"
}

@test "who maps ids has the host's /proc, and is never seen by the container" {
	local tmpfs proc
	need_root
	tmpfs=$(json tmpfs tmpfs /mnt 'idmap=uids=0-1000-10;gids=0-2000-10')
	proc=$(json proc proc /srv)
	running
	# a new proc is mounted from inside the PID namespace, in whatever order
	add "$(all "$proc" "$tmpfs")"
	fails 'mounts[1] /mnt: its ids cannot be mapped: the container would see'
	add "$(all "$tmpfs" "$proc")"
	fails 'mounts[0] /mnt: its ids cannot be mapped: the container would see'
	[ -z "$(names)" ]
}

@test "id maps in a user namespace" {
	need_root
	touch "$HOST/root"
	cfg '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }]
		| .linux.gidMappings = .linux.uidMappings'
	chown 100000:100000 "$B/rootfs" "$B/rootfs/dev"
	mkdir "$B/rootfs/tell"
	running
	added "$(all "$(json bind "$HOST" /mnt bind idmap)" \
		"$(json bind "$HOST" /srv bind 'idmap=uids=@0-5-1;gids=@0-6-1')" \
		"$(json tmpfs tmpfs /t 'idmap=uids=0-100007-1;gids=0-100008-1')")"
	inside stat /mnt/root /srv/root /t
	want '/mnt/root=- 0644 0:0' '/srv/root=- 0644 5:6'
	want_like '/t=d .* 7:8'
	# a directory that had to be made is the container's
	inside stat /t
	removed '["/t", "/srv", "/mnt"]'
	[ "$(stat -c %u:%g "$B/rootfs/t")" = 100000:100000 ]
	rm "$HOST/root"
}

@test "an overlay of directories of the host" {
	mkdir "$T/lower" "$T/upper" "$T/work"
	echo low >"$T/lower/file"
	running
	add "$(json overlay overlay /mnt "lowerdir=$T/lower" "upperdir=$T/upper" \
		"workdir=$T/work")"
	if ! is_root; then
		fails 'mounts[0] /mnt: a file system made from names of the host' 'root'
		return
	fi
	inside read /mnt/file , create /mnt/new
	want /mnt/file=low create./mnt/new=ok
	removed '["/mnt"]'
	[ -e "$T/upper/new" ]
	rm -rf "$T/work"
}

@test "the state of the container ends with it" {
	running
	added "$(json bind "$HOST" /mnt bind)"
	aril kill "$ID" KILL
	ended
	remove '["/mnt"]'
	fails 'container not running'
	add "$(json bind "$HOST" /mnt bind)"
	fails 'container not running'
	[ "$(names)" = /mnt ]
	aril delete "$ID"
	host_untouched
}

@test "mistakes" {
	running
	local text
	for text in '' '{}' '"x"' 'null' '[' '[]x' '[],"a":1' '[{}]' '[null]' '[1]'; do
		run aril mounts add "$ID" - <<<"$text"
		echo "$text: $output"
		[ "$status" -eq 1 ] && [ "$(grep -c . <<<"$output")" -eq 1 ]
		run aril mounts remove "$ID" - <<<"$text"
		echo "$text: $output"
		[ "$status" -eq 1 ] && [ "$(grep -c . <<<"$output")" -eq 1 ]
	done
	add '[]'
	fails 'there are no mounts in the list'
	add '[{ "destination": "/x" }]'
	fails 'mounts[0].type: is missing'
	add '[{ "destination": "/", "options": ["remount", "ro"] }]'
	fails 'can be added and removed, not changed'
	run aril mounts add "$ID" "$T/none"
	fails 'open' 'ENOENT'
	run aril mounts add nobody - <<<'[]'
	fails 'container does not exist'
	run aril mounts list "$ID" x
	fails '"mounts" takes: add ID FILE, remove ID FILE, or list ID'
	run aril mounts add "$ID"
	fails '"mounts" takes'
	run aril mounts
	fails '"mounts" requires at least 2 arguments'
}
