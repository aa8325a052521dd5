/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.json, and the state as the OCI documents it. Runs in the program. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/json_write.h"
#include "libcontainer/box/parts.h"

#define STATE_FIRST 8192 /* bytes: nearly all state files are shorter */

#define MOUNT(kind, member, key, ...)                                                    \
	JSON_ROW(kind, struct box_mount, member, key, ##__VA_ARGS__)
static const struct json_member mount_members[] = {
	MOUNT(STR, mount.destination, "destination", .required = true),
	MOUNT(STR, mount.type, "type"),
	MOUNT(STR, mount.source, "source"),
	MOUNT(STRS, mount.options, "options"),
	MOUNT(OBJS, mount.uid_mappings, "uidMappings", .shape = &spec_idmap_shape),
	MOUNT(OBJS, mount.gid_mappings, "gidMappings", .shape = &spec_idmap_shape),
	MOUNT(UINT, id, "id", .required = true),
};
static const struct json_shape mount_shape = JSON_SHAPE(struct box_mount, mount_members);

#define ROW(kind, member, key) JSON_ROW(kind, struct box_state, member, key)
static const struct json_member state_members[] = {
	ROW(STR, oci_version, "ociVersion"),
	ROW(STR, id, "id"),
	ROW(INT, pid, "pid"),
	ROW(UINT, start_time, "startTime"),
	ROW(UINT, pidfd_id, "pidfdId"),
	ROW(STR, boot_id, "bootId"),
	ROW(INT, creator, "creator"),
	ROW(STR, bundle, "bundle"),
	ROW(STR, rootfs, "rootfs"),
	ROW(STR, created, "created"),
	ROW(STR, owner, "owner"),
	JSON_ROW(BOOL, struct box_state, is_created, "isCreated", .required = true),
	ROW(STR, cgroup_mount, "cgroupMount"),
	ROW(STR, cgroup_path, "cgroupPath"),
	ROW(STR, cgroup_made, "cgroupMade"),
	ROW(STR, cgroup_mark, "cgroupMark"),
	ROW(UINT, cgroup_id, "cgroupId"),
	ROW(STR, no_cgroup, "noCgroup"),
	ROW(STR, scope, "scope"),
	ROW(STR, subgroup, "subgroup"),
	ROW(STR, invocation, "invocation"),
	ROW(BOOL, scope_user, "scopeOfUser"),
	JSON_ROW(OBJS, struct box_state, devices, "deviceRules",
		 .shape = &res_device_shape),
	ROW(STR, rdt_root, "rdtRoot"),
	ROW(STR, rdt_group, "rdtGroup"),
	ROW(STR, rdt_monitor, "rdtMonitor"),
	ROW(BOOL, rdt_made, "rdtMade"),
	ROW(BOOL, rdt_monitor_made, "rdtMonitorMade"),
	ROW(STR, net_asked, "net"),
	ROW(STRS, publish, "publish"),
	JSON_ROW(OBJS, struct box_state, net, "netDevices", .shape = &net_made_shape),
	JSON_ROW(OBJS, struct box_state, net_processes, "netProcesses",
		 .shape = &box_process_shape),
	ROW(UINT, ns_flags, "namespaceFlags"),
	ROW(BOOL, userns_setgroups_denied, "setgroupsDenied"),
	ROW(BOOL, own_pidns, "ownPidNamespace"),
	ROW(BOOL, late_hooks, "lateHooks"),
	ROW(BOOL, no_process, "noProcess"),
	ROW(STR, listener, "seccompListener"),
	ROW(STR, listener_metadata, "seccompMetadata"),
	ROW(MAP, annotations, "annotations"),
	JSON_ROW(OBJS, struct box_state, mounts, "mounts", .shape = &mount_shape),
};
const struct json_shape box_state_shape = JSON_SHAPE(struct box_state, state_members);

int box_save(struct box *b, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	json_start(&j, NULL);
	json_write(&j, &box_state_shape, &b->state);
	text = json_text(&j, &len, e);
	if (!text || file_replace(b->dir, "state.json", 0600, text, len, e) < 0)
		return err_wrap(e, "save the state of container %s", box_id(b));
	return 0;
}

/* All of a regular file: a read that comes back short has met the end, so that mostly
 * one is enough */
static char *state_read(struct box *b, int fd, size_t *len, struct err *e)
{
	size_t size = STATE_FIRST, n = 0;
	char *text = arena_get(b->arena, size);
	ssize_t got;

	for (;;) {
		got = TEMP_FAILURE_RETRY(read(fd, text + n, size - n));
		if (got < 0)
			return err_sys(e, "read %s/state.json", b->path), NULL;
		n += (size_t)got;
		if (n < size)
			break;
		if (size >= JSON_SIZE_MAX)
			return err_set(e, EFBIG, "read %s/state.json", b->path), NULL;
		text = memcpy(arena_get(b->arena, size * 2), text, n);
		size *= 2;
	}
	*len = n;
	return text;
}

static int state_open(const struct box *b)
{
	char path[4096 + 16];
	/* neither a fifo nor a device makes us wait */
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	if (b->dir >= 0)
		return openat(b->dir, "state.json", flags);
	if (fmt_text(path, sizeof(path), "%s/state.json", b->path) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags);
}

/* A file that is only looked at may be another user's, as `list` of root shows them */
static int state_check(const struct box *b, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "examine %s/state.json", b->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s/state.json is not a regular file", b->path);
	return b->dir < 0 ? 0
			  : box_owner_check(
				    fd, arena_fmt(b->arena, "%s/state.json", b->path), e);
}

int box_load(struct box *b, struct err *e)
{
	autofd fd = state_open(b);
	size_t len;
	char *text;

	if (fd < 0 && errno == ENOENT)
		return err_plain(e, ENOENT, "container does not exist: no %s/state.json",
				 b->path);
	if (fd < 0)
		return err_sys(e, "open %s/state.json", b->path);
	if (state_check(b, fd, e) < 0)
		return -1;
	text = state_read(b, fd, &len, e);
	if (!text)
		return -1;
	if (json_read(text, len, &box_state_shape, &b->state, b->arena, e) < 0)
		return err_wrap(e, "%s/state.json is damaged, or of another runtime",
				b->path);
	if (!b->state.id || strcmp(b->state.id, box_id(b)) != 0)
		return err_set(e, EINVAL, "%s/state.json is of another container",
			       b->path);
	if (b->state.cgroup_path && !b->state.cgroup_mount)
		return err_set(e, EINVAL, "%s/state.json: cgroupPath without cgroupMount",
			       b->path);
	return 0;
}

static void put_given(struct json_writer *j, const char *key, const char *text)
{
	if (text)
		json_put_str(j, key, text);
}

char *box_state_json(struct box *b, enum box_status status, bool pretty)
{
	const struct box_state *s = &b->state;
	struct err ignored = ERR_NONE;
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	json_start(&j, pretty ? "  " : NULL);
	json_map_begin(&j);
	put_given(&j, "ociVersion", s->oci_version);
	put_given(&j, "id", s->id);
	json_put_int(&j, "pid", status == BOX_STOPPED ? 0 : s->pid);
	json_put_str(&j, "status", box_status_names[status]);
	put_given(&j, "bundle", s->bundle);
	put_given(&j, "rootfs", s->rootfs);
	put_given(&j, "created", s->created);
	put_given(&j, "cgroupPath", s->cgroup_path);
	put_given(&j, "systemd-scope", s->scope);
	put_given(&j, "noCgroup", s->no_cgroup);
	if (s->annotations.n) {
		json_key(&j, "annotations");
		json_pairs(&j, &s->annotations);
	}
	json_put_str(&j, "owner", s->owner ? s->owner : "");
	json_map_end(&j);
	text = json_text(&j, &len, &ignored);
	return text ? arena_strndup(b->arena, text, len) : NULL;
}

char *box_now(struct arena *a)
{
	char text[CLOCK_UTC];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return arena_fmt(a, "%s.%09ldZ", clock_utc(text, t.tv_sec), t.tv_nsec);
}
