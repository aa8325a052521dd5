#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who a container of podman runs as: its user, its user namespace, and whose its files
# are, seen from outside.

load podman.bash

# who OPTION...: "uid gid groups home"
who() {
	no_net "$@" box sh -c 'echo "$(id -u) $(id -g) $(id -G | tr " " ,) $HOME"'
}

# map uid|gid OPTION...: "0 1000 1,1 100000 65536," as it is inside
map() {
	local file=$1_map
	shift
	no_net "$@" box cat "/proc/self/$file" | awk '{ printf "%d %d %d,", $1, $2, $3 }'
}

# bats test_tags=quick
@test "--user by number, by name, with a group" {
	is "$(who)" '0 0 0 /root'
	is "$(who --user 1000)" '1000 1000 1000,1234 /home/box'
	is "$(who --user box)" '1000 1000 1000,1234 /home/box'
	is "$(who --user box:extra)" '1000 1234 1234 /home/box'
	is "$(who --user 5:6)" '5 6 6 /'
	is "$(who --user 5:extra --group-add 77 --group-add box)" '5 1234 1234,77,1000 /'
	is "$(who --user :1234)" '0 1234 1234 /root'
	exits 126 no_net --user nobody-knows box true
	matches "$output" 'nobody-knows'
	exits 126 no_net --user box:no-group box true
}

@test "--user that /etc/passwd does not know, and --passwd-entry" {
	is "$(no_net --user 4242 box sh -c 'grep :4242: /etc/passwd; whoami' |
		cut -d : -f 3,6)" $'4242:/\n4242'
	exits 0 no_net --user 4242 --passwd-entry 'guest:x:4242:0::/srv:/bin/sh' box \
		sh -c 'whoami; grep -c . /etc/passwd'
	is "$output" $'guest\n4'
	exits 0 no_net --user 4242 --passwd=false box grep -c . /etc/passwd
	is "$output" 3
}

@test "exec: the container's user, another one, and none that it can find" {
	up one --network none --user box
	is "$(pod exec one id -u)" 1000
	is "$(pod exec --user 0 one id -u)" 0
	is "$(pod exec --user nobody one id -un)" nobody
	is "$(pod exec --user 7:8 one id -g)" 8
	exits 255 pod exec --user nobody-knows one true
	matches "$output" nobody-knows
}

@test "the user namespace: none for root, the user's for others" {
	if [ "$(id -u)" -eq 0 ]; then
		is "$(map uid)" '0 0 4294967295,'
		is "$(map gid --userns host)" '0 0 4294967295,'
	else
		is "$(map uid)" '0 1000 1,1 100000 65536,'
		is "$(map gid --userns host)" '0 1000 1,1 100000 65536,'
	fi
}

@test "--uidmap, --gidmap: what is inside is someone else outside" {
	local first=100000 group=200000
	[ "$(id -u)" -eq 0 ] || first=0 group=1
	if [ "$(id -u)" -eq 0 ]; then
		is "$(map uid --uidmap 0:$first:1000)" '0 100000 1000,'
		is "$(map gid --uidmap 0:$first:1000 --gidmap 0:$group:500)" \
			'0 200000 500,'
	else # within the namespace that podman itself is in
		is "$(map uid --uidmap 0:$first:1000)" '0 0 1,1 1 999,'
	fi
	exits 0 no_net --uidmap 0:$first:2000 --user box box sh -c \
		'id -u; /probe stat /srv/file /root /dev/null; touch /home/box 2>&1 || :'
	matches "$output" '^1000.*/srv/file=- 0644 0:0.*/root=d 0700 0:0'
	exits 126 no_net --uidmap 0:$first:500 --user box box true
}

@test "files on volumes, seen from outside" {
	local map own=0 box=1000 mapped=100000 mapped_box=101000
	mkdir -m 777 "$T/plain" "$T/mapped"
	[ "$(id -u)" -eq 0 ] || own=1000 box=100999 mapped=104999 mapped_box=105999
	exits 0 no_net -v "$T/plain:/data" box sh -c 'touch /data/own; touch /data/box
		chown 1000:1234 /data/box'
	is "$(stat -c %u "$T/plain/own" "$T/plain/box")" "$own"$'\n'"$box"
	map=0:100000:2000
	[ "$(id -u)" -eq 0 ] || map=0:5000:2000
	exits 0 no_net --uidmap $map -v "$T/mapped:/data" box sh -c 'touch /data/own
		touch /data/box; chown box:extra /data/box
		/probe stat /data/box /data/own'
	is "$(stat -c %u "$T/mapped/own" "$T/mapped/box")" \
		"$mapped"$'\n'"$mapped_box"
	matches "$output" '/data/box=- 0644 1000:1234.*/data/own=- 0644 0:0'
	no_net -v "$T:/data" box rm -r /data/plain /data/mapped
}

@test "--userns keep-id: one's own files, under one's own number" {
	only_user
	mkdir "$T/own"
	is "$(who --userns keep-id)" "1000 1000 1000 $(keep_home)"
	is "$(map uid --userns keep-id)" '0 1 1000,1000 0 1,1001 1001 64536,'
	exits 0 no_net --userns keep-id -v "$T/own:/data" box sh -c \
		'touch /data/mine; /probe stat /data/mine'
	is "$output" '/data/mine=- 0644 1000:1000'
	is "$(stat -c %u:%g "$T/own/mine")" 1000:1000
	exits 0 no_net --userns keep-id --user 0 -v "$T/own:/data" box sh -c 'id -u
		touch /data/roots'
	is "$output" 0
	is "$(stat -c %u "$T/own/roots")" 100000
	no_net -v "$T/own:/data" box rm /data/roots
}

# What HOME is for a user that podman adds: the image has it already
keep_home() {
	no_net --userns keep-id box awk -F : '$3 == 1000 { print $6 }' /etc/passwd
}

@test "--userns keep-id:uid=,gid=" {
	only_user
	needs_podman 4.3
	mkdir "$T/own"
	exits 0 no_net --userns keep-id:uid=5,gid=6 -v "$T/own:/data" box sh -c \
		'id -u; id -g; touch /data/mine; /probe stat /data/mine'
	is "$output" $'5\n6\n/data/mine=- 0644 5:6'
	is "$(stat -c %u:%g "$T/own/mine")" 1000:1000
	is "$(map uid --userns keep-id:uid=5,gid=6)" \
		'0 1 5,5 0 1,6 6 65531,'
}

@test "--userns nomap: one's own number is not there" {
	only_user
	is "$(map uid --userns nomap)" '0 1 65536,'
	exits 0 no_net --userns nomap -v "$T:/data" box /probe stat /data
	matches "$output" '65534:65534'
}

# root takes them from those of a user of that name
ids_for_containers() {
	local file
	[ "$(id -u)" -eq 0 ] || return 0
	for file in /etc/subuid /etc/subgid; do
		grep -q ^containers: $file || echo containers:2000000:100000 >>$file
	done
}

@test "--userns auto: a part of its own for each" {
	ids_for_containers
	up one --network none --userns auto
	up two --network none --userns auto:size=4096
	local a b
	a=$(pod exec one cat /proc/self/uid_map | tr -s ' ')
	b=$(pod exec two cat /proc/self/uid_map | tr -s ' ')
	# as many as before 5, or what the image's ids need
	matches "$a" '^ 0 [0-9]+ (1024|1235)$'
	matches "$b" '^ 0 [0-9]+ 4096$'
	[ "${a% *}" != "${b% *}" ]
	is "$(pod exec two sh -c 'touch /srv/new; stat -c %u /srv/new')" 0
}

@test "--userns container:" {
	local first=100000
	[ "$(id -u)" -eq 0 ] || first=1
	up one --network none --uidmap 0:$first:2000
	exits 0 no_net --userns container:one box cat /proc/self/uid_map
	is "$output" "$(pod exec one cat /proc/self/uid_map)"
	up two --network none --userns container:one --pid container:one
	is "$(readlink "/proc/$(told two .State.Pid)/ns/user")" \
		"$(readlink "/proc/$(told one .State.Pid)/ns/user")"
	is "$(pod exec two cat /proc/1/comm)" sleep
	pod rm -f -t 0 two >/dev/null
}

@test "--subuidname, --subgidname: the ids of a name in /etc/subuid" {
	only_root 'take the ids of others'
	is "$(map uid --subuidname tester --subgidname tester)" '0 100000 65536,'
	is "$(map gid --subuidname tester)" '0 100000 65536,'
	exits 125 no_net --subuidname nobody-knows box true
}

@test "in a user namespace: exec, a terminal, a tmpfs, a named volume" {
	local first=100000
	[ "$(id -u)" -eq 0 ] || first=5000
	up one --network none --uidmap 0:$first:2000 --tmpfs /srv/tmp -v kept:/srv/volume
	exits 0 pod exec --user box one sh -c 'id -u; touch /srv/tmp/new &&
		/probe stat /srv/tmp/new /srv/volume /srv/volume/file'
	is "$output" "$(printf '%s\n' 1000 '/srv/tmp/new=- 0644 1000:1000' \
		'/srv/volume=d 0755 0:0' '/srv/volume/file=- 0644 0:0')"
	exits 0 pod exec one sh -c 'echo more >/srv/volume/more; cat /srv/volume/file'
	is "$output" 'below the volume'
	in_terminal "${pod[@]}" exec -it one tty
	matches "$output" /dev/pts/0
	pod rm -f -t 0 one >/dev/null
	exits 0 no_net -v kept:/data box cat /data/more
	is "$output" more
	pod volume rm kept >/dev/null
}

@test "su inside" {
	exits 0 no_net box su box -c 'id -u; id -G'
	is "$output" $'1000\n1000 1234'
	exits 1 no_net --cap-drop setuid,setgid box su box -c true
}
