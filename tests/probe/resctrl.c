/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resctrl DIR FILE: a false resctrl file system, for machines without the hardware. FUSE
 * at DIR, with the rules of the kernel's (Documentation/filesystems/resctrl.rst) that a
 * runtime meets: groups come with their files, four classes at most, a write of schemata
 * changes all or nothing and says why not, a task is in one group, rmdir(2) removes a
 * whole group. Two L3 caches. Runs beside the runtime under test, until it is killed.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODES	1024
#define TEXT	2048
#define CLASSES 4
#define ROOT	1 /* FUSE's number of the root */
#define BUFFER	(1 << 17)

enum kind {
	FREE,
	DIR_PLAIN,
	DIR_CLASS,
	DIR_MON_GROUPS,
	DIR_MONITOR,
	TASKS,
	SCHEMATA,
	OTHER
};

static struct node {
	enum kind kind;
	uint64_t parent;
	char name[64], text[TEXT];
} nodes[NODES];

static bool is_dir(const struct node *n)
{
	return n->kind >= DIR_PLAIN && n->kind <= DIR_MONITOR;
}

static uint64_t find(uint64_t parent, const char *name)
{
	for (uint64_t i = ROOT; i < NODES; i++)
		if (nodes[i].kind && nodes[i].parent == parent &&
		    strcmp(nodes[i].name, name) == 0)
			return i;
	return 0;
}

/* Numbers are not used twice: the kernel remembers what they were */
static uint64_t add(uint64_t parent, const char *name, enum kind kind, const char *text)
{
	static uint64_t last;

	if (++last >= NODES)
		give_up("resctrl: too many files");
	nodes[last].kind = kind;
	nodes[last].parent = parent;
	snprintf(nodes[last].name, sizeof(nodes[last].name), "%s", name);
	snprintf(nodes[last].text, TEXT, "%s", text);
	return last;
}

/* What was wrong with the last command; returns -errno */
static int status(int num, const char *text)
{
	uint64_t file = find(find(ROOT, "info"), "last_cmd_status");

	snprintf(nodes[file].text, TEXT, "%s\n", text);
	return -num;
}

static void fill_monitor(uint64_t at)
{
	uint64_t data = add(at, "mon_data", DIR_PLAIN, "");

	for (int i = 0; i < 2; i++) {
		uint64_t l3 = add(data, i ? "mon_L3_01" : "mon_L3_00", DIR_PLAIN, "");

		add(l3, "llc_occupancy", OTHER, i ? "4096\n" : "8192\n");
		add(l3, "mbm_local_bytes", OTHER, "1000\n");
		add(l3, "mbm_total_bytes", OTHER, "3000\n");
	}
	add(at, "tasks", TASKS, "");
}

static void fill_class(uint64_t at)
{
	fill_monitor(at);
	add(at, "mon_groups", DIR_MON_GROUPS, "");
	add(at, "schemata", SCHEMATA, "    MB:0= 100;1= 100\n    L3:0=fff;1=fff\n");
}

static void fill_root(void)
{
	uint64_t root = add(0, "", DIR_CLASS, ""), info, at;

	fill_class(root);
	info = add(root, "info", DIR_PLAIN, "");
	add(info, "last_cmd_status", OTHER, "ok\n");
	at = add(info, "L3", DIR_PLAIN, "");
	add(at, "cbm_mask", OTHER, "fff\n");
	add(at, "min_cbm_bits", OTHER, "1\n");
	add(at, "num_closids", OTHER, "4\n");
	at = add(info, "MB", DIR_PLAIN, "");
	add(at, "bandwidth_gran", OTHER, "10\n");
	add(at, "delay_linear", OTHER, "1\n");
	add(at, "min_bandwidth", OTHER, "10\n");
	add(at, "num_closids", OTHER, "4\n");
}

static int make_dir(uint64_t parent, const char *name, uint64_t *made)
{
	int classes = 0;

	if (find(parent, name))
		return -EEXIST;
	if (nodes[parent].kind == DIR_MON_GROUPS) {
		fill_monitor(*made = add(parent, name, DIR_MONITOR, ""));
		return status(0, "ok");
	}
	if (parent != ROOT)
		return -EPERM;
	for (uint64_t i = ROOT; i < NODES; i++)
		classes += nodes[i].kind == DIR_CLASS;
	if (classes >= CLASSES)
		return status(ENOSPC, "Out of CLOSIDs");
	fill_class(*made = add(parent, name, DIR_CLASS, ""));
	return status(0, "ok");
}

static void append(char *text, const char *more)
{
	size_t len = strlen(text), n = strlen(more);

	if (len + n >= TEXT)
		give_up("resctrl: too many tasks");
	memcpy(text + len, more, n + 1);
}

static void drop(uint64_t at)
{
	for (uint64_t i = ROOT; i < NODES; i++)
		if (nodes[i].kind && nodes[i].parent == at)
			drop(i);
	if (nodes[at].kind == TASKS && nodes[at].text[0] &&
	    nodes[nodes[at].parent].kind == DIR_CLASS)
		append(nodes[find(ROOT, "tasks")].text, nodes[at].text);
	nodes[at].kind = FREE;
}

static int drop_dir(uint64_t parent, const char *name)
{
	uint64_t at = find(parent, name);

	if (!at)
		return -ENOENT;
	if ((nodes[at].kind != DIR_CLASS && nodes[at].kind != DIR_MONITOR) || at == ROOT)
		return -EPERM;
	drop(at);
	return 0;
}

/* Take the line of a task out of a list */
static bool leave(char *text, const char *line)
{
	for (char *at = text; (at = strstr(at, line)); at++)
		if (at == text || at[-1] == '\n') {
			memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
			return true;
		}
	return false;
}

static int write_tasks(struct node *n, const char *text)
{
	struct node *group = &nodes[n->parent];
	int pid = atoi(text);
	char line[16];

	if (pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH))
		return status(ESRCH, "No task");
	snprintf(line, sizeof(line), "%d\n", pid);
	for (uint64_t i = ROOT; i < NODES; i++)
		if (nodes[i].kind == TASKS && nodes[nodes[i].parent].kind == group->kind)
			leave(nodes[i].text, line);
	if (group->kind == DIR_MONITOR) {
		uint64_t class = nodes[group->parent].parent;

		if (!strstr(nodes[find(class, "tasks")].text, line))
			return status(EINVAL, "Can't move task to different class");
	}
	append(n->text, line);
	return status(0, "ok");
}

/* One "0=ff" of a resource; the new value goes to values[0 or 1] */
static int take_part(const char *resource, char *part, long values[2])
{
	char *equals = strchr(part, '='), *end;
	bool cache = strcmp(resource, "L3") == 0;
	long domain, v;

	if (!equals)
		return status(EINVAL, "Missing '='");
	domain = strtol(part, &end, 10);
	if (end == part || domain < 0 || domain > 1)
		return status(EINVAL, "Unknown domain");
	v = strtol(equals + 1, &end, cache ? 16 : 10);
	if (*end || v <= 0 || v > (cache ? 0xfff : 100))
		return status(EINVAL,
			      cache ? "Mask out of range" : "MB value exceeds maximum");
	values[domain] = cache ? v : (v + 9) / 10 * 10;
	return 0;
}

static int write_schemata(struct node *n, char *text)
{
	long l3[2] = { 0, 0 }, mb[2] = { 0, 0 };
	char *save, *inner;
	int r;

	if (sscanf(n->text, " MB:0= %ld;1= %ld L3:0=%lx;1=%lx", &mb[0], &mb[1],
		   (unsigned long *)&l3[0], (unsigned long *)&l3[1]) != 4)
		give_up("resctrl: own schemata");
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(line, ':');

		while (*line == ' ')
			line++;
		if (!colon || (strncmp(line, "L3:", 3) && strncmp(line, "MB:", 3)))
			return status(EINVAL, "Unknown or unsupported resource name");
		*colon = '\0';
		for (char *part = strtok_r(colon + 1, ";", &inner); part;
		     part = strtok_r(NULL, ";", &inner)) {
			r = take_part(line, part, *line == 'L' ? l3 : mb);
			if (r < 0)
				return r;
		}
	}
	snprintf(n->text, TEXT, "    MB:0=%4ld;1=%4ld\n    L3:0=%lx;1=%lx\n", mb[0],
		 mb[1], (unsigned long)l3[0], (unsigned long)l3[1]);
	return status(0, "ok");
}

/* --- FUSE ------------------------------------------------------------------------ */

static int fuse = -1;

static void reply(uint64_t unique, int error, const void *data, size_t len)
{
	static char buf[BUFFER];
	struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + len),
				       .error = error,
				       .unique = unique };

	memcpy(buf, &out, sizeof(out));
	if (len)
		memcpy(buf + sizeof(out), data, len);
	if (write(fuse, buf, out.len) < 0 && errno != ENOENT)
		give_up("resctrl: answer");
}

static struct fuse_attr attr_of(uint64_t at)
{
	return (struct fuse_attr){ .ino = at,
				   .mode = is_dir(&nodes[at]) ? S_IFDIR | 0755
							      : S_IFREG | 0644,
				   .nlink = 1,
				   .blksize = 4096 };
}

static void reply_entry(uint64_t unique, uint64_t at)
{
	struct fuse_entry_out out = { .nodeid = at, .attr = attr_of(at) };

	reply(unique, 0, &out, sizeof(out));
}

static void answer_lookup(const struct fuse_in_header *in, const char *name)
{
	uint64_t at = find(in->nodeid, name);

	if (at)
		reply_entry(in->unique, at);
	else
		reply(in->unique, -ENOENT, NULL, 0);
}

static void answer_read(const struct fuse_in_header *in, const struct fuse_read_in *r)
{
	const struct node *n = &nodes[in->nodeid];
	size_t len = strlen(n->text), off = r->offset < len ? r->offset : len;

	reply(in->unique, 0, n->text + off, len - off < r->size ? len - off : r->size);
}

static void answer_readdir(const struct fuse_in_header *in, const struct fuse_read_in *r)
{
	static char buf[8192];
	size_t used = 0;

	for (uint64_t i = r->offset + 1; i < NODES; i++) {
		struct fuse_dirent d = { .ino = i, .off = i };
		size_t name = strlen(nodes[i].name);
		size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + name);

		if (!nodes[i].kind || nodes[i].parent != in->nodeid)
			continue;
		if (used + size > r->size || used + size > sizeof(buf))
			break;
		d.namelen = (uint32_t)name;
		d.type = is_dir(&nodes[i]) ? 4 : 8;
		memset(buf + used, 0, size);
		memcpy(buf + used, &d, FUSE_NAME_OFFSET);
		memcpy(buf + used + FUSE_NAME_OFFSET, nodes[i].name, name);
		used += size;
	}
	reply(in->unique, 0, buf, used);
}

static void answer_write(const struct fuse_in_header *in, const struct fuse_write_in *w)
{
	struct fuse_write_out out = { .size = w->size };
	struct node *n = &nodes[in->nodeid];
	char text[TEXT];
	int r = -EINVAL;

	snprintf(text, sizeof(text), "%.*s", (int)w->size, (const char *)(w + 1));
	if (n->kind == TASKS)
		r = write_tasks(n, text);
	else if (n->kind == SCHEMATA)
		r = write_schemata(n, text);
	reply(in->unique, r, &out, r < 0 ? 0 : sizeof(out));
}

static void answer_mkdir(const struct fuse_in_header *in, const char *name)
{
	uint64_t made = 0;
	int r = make_dir(in->nodeid, name, &made);

	if (r < 0)
		reply(in->unique, r, NULL, 0);
	else
		reply_entry(in->unique, made);
}

static void answer(const struct fuse_in_header *in, const void *arg)
{
	const struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
					    .minor = FUSE_KERNEL_MINOR_VERSION,
					    .max_write = 65536,
					    .max_readahead = 65536 };
	const struct fuse_attr_out attr = { .attr = attr_of(in->nodeid % NODES) };
	const struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };
	const struct fuse_statfs_out statfs = { .st = { .bsize = 4096, .namelen = 63 } };

	switch (in->opcode) {
	case FUSE_INIT:
		return reply(in->unique, 0, &init, sizeof(init));
	case FUSE_LOOKUP:
		return answer_lookup(in, arg);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		return reply(in->unique, 0, &attr, sizeof(attr));
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return reply(in->unique, 0, &opened, sizeof(opened));
	case FUSE_READ:
		return answer_read(in, arg);
	case FUSE_READDIR:
		return answer_readdir(in, arg);
	case FUSE_WRITE:
		return answer_write(in, arg);
	case FUSE_MKDIR:
		return answer_mkdir(in, (const char *)arg + sizeof(struct fuse_mkdir_in));
	case FUSE_RMDIR:
		return reply(in->unique, drop_dir(in->nodeid, arg), NULL, 0);
	case FUSE_STATFS:
		return reply(in->unique, 0, &statfs, sizeof(statfs));
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		return reply(in->unique, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return reply(in->unique, -ENOSYS, NULL, 0);
	}
}

static int resctrl_serve(int argc, char **argv)
{
	static char buf[BUFFER];
	char options[64];
	ssize_t n;

	(void)argc;
	fill_root();
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0)
		give_up("/dev/fuse");
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40755,user_id=0,group_id=0,"
		 "allow_other",
		 fuse);
	if (mount("resctrl", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		give_up(argv[1]);
	tell(argv[2]);
	while ((n = read(fuse, buf, sizeof(buf))) > 0 || errno == EINTR ||
	       errno == ENOENT)
		if (n > 0)
			answer((struct fuse_in_header *)buf,
			       buf + sizeof(struct fuse_in_header));
	return 0;
}

const struct command resctrl_commands[] = {
	{ "resctrl", 2, 2, resctrl_serve, "DIR FILE" },
	{ NULL, 0, 0, NULL, NULL },
};
