#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# image.sh DIR [FLAVOUR]: makes DIR/root.ext4, the root file system of the guests: the
# distribution that this machine runs, with systemd, what the tests call, the agent of
# guest/, and an ordinary user, `tester`. It is kept in $ARIL_CACHE (default: build/cache)
# by a hash of all that it is made from, and DIR gets a link: never write to it. Needs
# root, or subordinate ids. Exit 77 when it cannot be made here; the reason is the last
# line.
#
#	base		(the default) no more than that
#	engines		with podman, buildah, Docker and containerd
#	engines-next	the same, of the stable release after this one
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tests=$(dirname "$here")
out=$1 flavour=${2:-base}
export PATH=$PATH:/usr/sbin:/sbin
cache=${ARIL_CACHE:-$(dirname "$tests")/build/cache}
# shellcheck disable=SC1091
. /etc/os-release

# dbus-user-session and libpam-systemd: a user's own manager. The libraries are those of
# aril, for a build that is not static; crun and runc are for tests/attack/compare.sh.
packages=(bats busybox-static coreutils criu crun dbus dbus-user-session e2fsprogs
	findutils gawk iproute2 jq kmod libcap2 libmnl0 libpam-systemd libseccomp2
	libsystemd0 libyajl2 mount passt passwd procps python3-jsonschema runc slirp4netns
	strace systemd systemd-sysv tar uidmap util-linux)
engine_packages=(aardvark-dns apparmor buildah catatonit conmon containerd
	containernetworking-plugins docker.io fuse-overlayfs iptables netavark nftables
	podman protobuf-compiler python3 python3-grpcio python3-protobuf rootlesskit
	socat tini xz-utils)
declare -A next_of=([bookworm]=trixie)
size=3G suite=$VERSION_CODENAME
case $flavour in
base) ;;
engines) packages+=("${engine_packages[@]}") size=6G ;;
engines-next)
	# the command has a package of its own there
	packages+=("${engine_packages[@]}" docker-cli) size=6G
	suite=${next_of[$VERSION_CODENAME]:-}
	;;
*) echo "image.sh: no flavour '$flavour'" >&2 && exit 2 ;;
esac

# they only cost time at boot: nothing here is kept, and devtmpfs makes the devices
masked=(systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket
	systemd-udevd-kernel.socket getty@.service serial-getty@.service
	console-getty.service getty.target systemd-random-seed.service
	systemd-update-utmp.service
	systemd-update-utmp-runlevel.service systemd-journal-flush.service
	systemd-pstore.service systemd-binfmt.service systemd-machine-id-commit.service
	systemd-firstboot.service systemd-sysusers.service systemd-hwdb-update.service
	systemd-remount-fs.service systemd-boot-update.service ldconfig.service
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
	dev-hugepages.mount dev-mqueue.mount proc-sys-fs-binfmt_misc.automount
	kmod-static-nodes.service modprobe@.service systemd-modules-load.service
	e2scrub_all.timer e2scrub_reap.service fstrim.timer
	systemd-tmpfiles-clean.timer dpkg-db-backup.timer systemd-ask-password-wall.path
	systemd-ask-password-console.path systemd-networkd.service
	systemd-networkd.socket systemd-resolved.service systemd-timesyncd.service)
# what the tests of engines start themselves
not_at_boot=(apparmor.service containerd.service docker.service docker.socket
	podman.service podman.socket podman-auto-update.service podman-auto-update.timer
	podman-restart.service podman-clean-transient.service)

# --- as the owner of every id: root, or anybody in a user namespace -------------------

make_tree() { # WORK: its root.tar as a tree, with what no package has
	local tree=$1/tree unit etc
	etc=$tree/etc/systemd
	mkdir "$tree"
	tar -xpf "$1/root.tar" -C "$tree" --numeric-owner --exclude='./dev/*'
	install -D "$here/guest/agent" "$tree/usr/lib/aril-vm/agent"
	install -m 644 "$here/guest/aril-vm.service" "$etc/system/aril-vm.service"
	install -D -m 644 "$here/guest/delegate.conf" \
		"$etc/system/user@.service.d/delegate.conf"
	install -D -m 644 "$here/guest/journald.conf" "$etc/journald.conf.d/aril-vm.conf"
	for unit in "${masked[@]}"; do
		ln -sf /dev/null "$etc/system/$unit"
	done
	for unit in "${not_at_boot[@]}"; do
		rm -f "$etc"/{system,user}/*.wants/"$unit"
	done
	mkdir -p "$etc/system/multi-user.target.wants" "$etc/system/local-fs.target.wants"
	ln -s ../aril-vm.service "$etc/system/multi-user.target.wants/"
	# newer releases have it by default
	[ ! -e "$tree/usr/share/systemd/tmp.mount" ] || {
		cp "$tree/usr/share/systemd/tmp.mount" "$etc/system/"
		ln -s ../tmp.mount "$etc/system/local-fs.target.wants/"
	}
	ln -sf /lib/systemd/system/multi-user.target "$etc/system/default.target"

	chroot "$tree" useradd --create-home --uid 1000 --shell /bin/bash tester
	install -D -m 644 /dev/null "$tree/var/lib/systemd/linger/tester"
	echo aril-vm >"$tree/etc/hostname"
	echo '127.0.0.1 localhost aril-vm' >"$tree/etc/hosts"
	tr -d - </proc/sys/kernel/random/uuid >"$tree/etc/machine-id"
	: >"$tree/etc/fstab"
	rm -rf "$tree"/var/cache/apt "$tree"/var/lib/apt/lists "$tree"/var/log/*
	# where tests/lib/debian.sh looks, for there is no network
	[ ! -s "$1/debian.tar" ] || install -D -m 644 "$1/debian.tar" \
		"$tree/var/cache/aril/$(debian_name)"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -L aril-vm -d "$tree" "$1/root.ext4" $size
}

debian_name() {
	echo "rootfs-$ID-$VERSION_CODENAME-$(dpkg --print-architecture).tar"
}

if [ -n "${ARIL_VM_TREE:-}" ]; then
	make_tree "$ARIL_VM_TREE"
	exit
fi

# --- as the caller ---------------------------------------------------------------------

cannot() {
	echo "$1"
	exit 77
}

[ -n "$suite" ] || cannot "the stable release after $VERSION_CODENAME is not known"
key=$( (echo "$ID $suite $flavour" && cat "$0" "$here"/guest/* "$tests/lib/debian.sh") |
	sha256sum | cut -c1-16)
image=$cache/vm-$flavour-$suite-$key.ext4
mkdir -p "$out" "$cache"
link_out() {
	ln -f "$image" "$out/root.ext4" 2>/dev/null || ln -sfn "$image" "$out/root.ext4"
}
exec 9>"$cache/vm-image.lock"
flock 9
[ ! -s "$image" ] || { link_out && exit 0; }

for program in mmdebstrap mke2fs jq; do
	command -v "$program" >/dev/null || cannot "$program is not installed"
done
# A user owns every id of the image in a user namespace
as_owner=()
[ "$(id -u)" -eq 0 ] || as_owner=(unshare --map-root-user --map-auto)
"${as_owner[@]}" true 2>/dev/null || cannot 'not root, and no subordinate ids'

work=$(mktemp -d /var/tmp/aril-image.XXXXXX)
trap '"${as_owner[@]}" rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
sources=()
if [ "$suite" = "$VERSION_CODENAME" ]; then
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ -s "$file" ] && sources+=("$file")
	done
else
	# from the machine's own archive
	# shellcheck disable=SC2016 # what apt replaces
	sources+=("$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' | awk -v own="$VERSION_CODENAME" -v of="$suite" \
		'$2 == own { print "deb", $1, of, "main"; exit }')")
fi
settings=()
while read -r line; do
	settings+=("--aptopt=$line")
done < <(apt-config dump Acquire | grep -iE 'proxy|check-valid-until' || :)
mmdebstrap --quiet --variant=essential --include="$(IFS=, && echo "${packages[*]}")" \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' "${settings[@]}" \
	--format=tar "$suite" "$work/root.tar" "${sources[@]}" 9>&- ||
	cannot 'mmdebstrap could not make the root file system'

# debian.sh makes it as root only; without it one test says that it cannot run
"$tests/lib/debian.sh" "$work/debian.tar" 9>&- || :
ARIL_VM_TREE=$work "${as_owner[@]}" "$0" "$out" "$flavour" 9>&- ||
	cannot 'the image could not be made'
mv "$work/root.ext4" "$image.new" && mv "$image.new" "$image"
link_out
# another tree may use one of the older two
find "$cache" -maxdepth 1 -name "vm-$flavour-$suite-*.ext4" -printf '%T@ %p\n' |
	sort -rn | tail -n +4 | cut -d' ' -f2- | xargs -r -d '\n' rm -f
