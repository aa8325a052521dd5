/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device filters on a cgroup: attached, exchanged, taken away. Runs in the program. */
#include "cgroups/devices.h"

#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"
#include "cgroups/devices_program.h"

#define PROGRAMS_MAX 64 /* of one kind on one cgroup: BPF_CGROUP_MAX_PROGS */

/* "aril" and the pid in hexadecimal: the kernel takes 15 letters, digits, "_" and "." */
static void program_name(char name[BPF_OBJ_NAME_LEN], pid_t creator)
{
	memset(name, 0, BPF_OBJ_NAME_LEN);
	fmt_text(name, BPF_OBJ_NAME_LEN, "aril_%x", (unsigned)creator);
}

/* systemd's own filters stay beside it: what one of them denies is denied. In the place
 * of `old`, unless that is -1. All of attr is zeroed and given, here and below: it grows
 * with the kernels, and Linux 6.17 writes to the end of a shorter one. */
static int program_attach(const struct cgroup *c, int program, int old, struct err *e)
{
	union bpf_attr attr;
	long ret;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)c->fd;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (old >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)old;
	}
	ret = sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr));
	if (ret < 0)
		return err_set(
			e, (int)-ret,
			"linux.resources.devices: attach the device filter to cgroup %s",
			c->path);
	return 0;
}

int devices_apply(struct cgroup *c, const struct resources *r, struct err *e)
{
	char name[BPF_OBJ_NAME_LEN];
	autofd fd = -1;

	program_name(name, getpid());
	fd = program_load(r, name, e);
	if (fd < 0 || program_attach(c, fd, -1, e) < 0)
		return -1;
	fd_close(&c->filter);
	c->filter = fd_take(&fd);
	return 0;
}

static void program_detach(const struct cgroup *c, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)c->fd;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	sys_bpf(BPF_PROG_DETACH, &attr, sizeof(attr));
}

void devices_detach(struct cgroup *c)
{
	if (c->filter >= 0)
		program_detach(c, c->filter);
	fd_close(&c->filter);
}

/* A program by its id, if it has that name. -1: it has another, or is gone; or, with e
 * set, it cannot be asked. */
static int program_open(uint32_t id, const char name[BPF_OBJ_NAME_LEN], struct err *e)
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	autofd fd = -1;
	long ret;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	ret = sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	fd = ret < 0 ? -1 : (int)ret;
	if (fd >= 0) {
		memset(&info, 0, sizeof(info));
		memset(&attr, 0, sizeof(attr));
		attr.info.bpf_fd = (uint32_t)fd;
		attr.info.info_len = sizeof(info);
		attr.info.info = (uint64_t)(uintptr_t)&info;
		ret = sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	}
	if (ret < 0 && ret != -ENOENT)
		return err_set(e, (int)-ret, "look at device filter %u", id);
	if (ret < 0 || memcmp(info.name, name, BPF_OBJ_NAME_LEN) != 0)
		return -1;
	return fd_take(&fd);
}

/* The ids of all device programs that are attached to the cgroup itself */
static int programs_list(const struct cgroup *c, uint32_t ids[PROGRAMS_MAX], uint32_t *n,
			 struct err *e)
{
	union bpf_attr attr;
	long ret;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)c->fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.query.prog_cnt = PROGRAMS_MAX;
	ret = sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr));
	if (ret < 0)
		return err_set(e, (int)-ret, "list the device filters of cgroup %s",
			       c->path);
	*n = attr.query.prog_cnt;
	return 0;
}

/* The next program of the creator's from ids[*at] on; -1: there is none, or e is set */
static int programs_next(const uint32_t *ids, uint32_t n, uint32_t *at, pid_t creator,
			 struct err *e)
{
	char name[BPF_OBJ_NAME_LEN];
	int program = -1;

	program_name(name, creator);
	while (program < 0 && *at < n && e->num == 0)
		program = program_open(ids[(*at)++], name, e);
	return program;
}

void devices_drop(const struct cgroup *c, pid_t creator)
{
	struct err ignored = ERR_NONE;
	uint32_t ids[PROGRAMS_MAX], n, at = 0;
	int program;

	if (programs_list(c, ids, &n, &ignored) < 0)
		return;
	while ((program = programs_next(ids, n, &at, creator, &ignored)) >= 0) {
		program_detach(c, program);
		fd_close(&program);
	}
}

int devices_replace(const struct cgroup *c, pid_t creator, const struct resources *r,
		    struct err *e)
{
	uint32_t ids[PROGRAMS_MAX], n, at = 0;
	char name[BPF_OBJ_NAME_LEN];
	autofd old = -1, fd = -1;

	if (programs_list(c, ids, &n, e) < 0)
		return -1;
	old = programs_next(ids, n, &at, creator, e);
	/* beside the old one, a new one could allow nothing more */
	if (old < 0 && e->num)
		return -1;
	/* devices_drop() and the next replacement look for the creator, not for us */
	program_name(name, creator);
	fd = program_load(r, name, e);
	return fd < 0 ? -1 : program_attach(c, fd, old, e);
}
