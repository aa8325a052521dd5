/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files and mounts look like, and what may be done to them. Runs as the program
 * of a container, and on the host to compare.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* stat PATH...: "/dev/null=c 1:3 0666 0:0", "/dev/fd=l /proc/self/fd" */
static int file_stat(int argc, char **argv)
{
	static const char letters[] = "?pc?d?b?-?l?s???";

	for (int i = 1; i < argc; i++) {
		char target[4096];
		struct stat st;
		ssize_t n;

		if (lstat(argv[i], &st) < 0) {
			printf("%s=%s\n", argv[i], outcome(-1));
			continue;
		}
		printf("%s=%c", argv[i], letters[(st.st_mode & S_IFMT) >> 12]);
		if (S_ISLNK(st.st_mode)) {
			n = readlink(argv[i], target, sizeof(target));
			printf(" %.*s\n", n < 0 ? 0 : (int)n, target);
			continue;
		}
		if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
			printf(" %u:%u", major(st.st_rdev), minor(st.st_rdev));
		printf(" %04o %u:%u\n", st.st_mode & 07777, st.st_uid, st.st_gid);
	}
	return 0;
}

/* open PATH [w]: "open.PATH=ok"; no terminal becomes ours, no fifo blocks */
static int file_open(int argc, char **argv)
{
	int fd = open(argv[1], (argc > 2 ? O_WRONLY : O_RDONLY) | O_NOCTTY | O_NONBLOCK |
				       O_CLOEXEC);

	printf("open.%s=%s\n", argv[1], outcome(fd));
	if (fd >= 0)
		close(fd);
	return 0;
}

/* write PATH TEXT: into what is there */
static int file_write(int argc, char **argv)
{
	int fd = open(argv[1], O_WRONLY | O_NOCTTY | O_CLOEXEC);
	long n = fd < 0 ? fd : write(fd, argv[2], strlen(argv[2]));

	(void)argc;
	printf("write.%s=%s\n", argv[1], outcome(n));
	if (fd >= 0)
		close(fd);
	return 0;
}

/* create PATH: a new file */
static int file_create(int argc, char **argv)
{
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	(void)argc;
	printf("create.%s=%s\n", argv[1], outcome(fd));
	if (fd >= 0)
		close(fd);
	return 0;
}

static int file_read(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		print_file(argv[i], argv[i]);
	return 0;
}

/* The fields of one line of mountinfo, cut in place */
struct mount_line {
	char *root, *point, *options, *tags, *type, *source, *super;
};

static bool mount_parse(char *line, struct mount_line *m)
{
	char *fields[6], *dash = strstr(line, " - ");

	if (!dash)
		return false;
	*dash = '\0';
	dash += 3;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		fields[i] = strsep(&line, " ");
		if (!fields[i])
			return false;
	}
	m->root = fields[3];
	m->point = fields[4];
	m->options = fields[5];
	m->tags = line ? line : "";
	m->type = strsep(&dash, " ");
	m->source = strsep(&dash, " ");
	m->super = strsep(&dash, "\n");
	return m->super != NULL;
}

static const char *mount_propagation(const struct mount_line *m)
{
	static const struct {
		const char *tag, *word;
	} tags[] = { { "unbindable", "unbindable" },
		     { "shared:", "shared" },
		     { "master:", "slave" } };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strstr(m->tags, tags[i].tag))
			return tags[i].word;
	return "private";
}

/* Call `each` for every mount, in the kernel's order */
static void mount_each(void (*each)(const struct mount_line *m, void *arg), void *arg)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	size_t size = 0;
	char *line = NULL;

	if (!f)
		give_up("/proc/self/mountinfo");
	while (getline(&line, &size, f) > 0) {
		struct mount_line m;

		if (mount_parse(line, &m))
			each(&m, arg);
	}
	free(line);
	fclose(f);
}

static void mount_print(const struct mount_line *m, void *arg)
{
	(void)arg;
	printf("mount.%s=%s %s %s\n", m->point, m->type, mount_propagation(m),
	       m->options);
}

static int file_mounts(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	mount_each(mount_print, NULL);
	return 0;
}

/* mountinfo: "/target=PROPAGATION,OPTIONS,SUPER OPTIONS" of each */
static void mount_print_all(const struct mount_line *m, void *arg)
{
	(void)arg;
	printf("%s=%s,%s,%s\n", m->point, mount_propagation(m), m->options, m->super);
}

static int file_mountinfo(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	mount_each(mount_print_all, NULL);
	return 0;
}

static int file_umount(int argc, char **argv)
{
	(void)argc;
	printf("umount.%s=%s\n", argv[1], outcome(umount2(argv[1], MNT_DETACH)));
	return 0;
}

/* cover PATH: with a new tmpfs */
static int file_cover(int argc, char **argv)
{
	(void)argc;
	printf("cover.%s=%s\n", argv[1],
	       outcome(mount("cover", argv[1], "tmpfs", 0, NULL)));
	return 0;
}

/* The last mount at a path: the one on top */
struct mount_top {
	const char *path;
	int count;
	char text[8192];
};

static void mount_keep(const struct mount_line *m, void *arg)
{
	struct mount_top *top = arg;

	if (strcmp(m->point, top->path) != 0)
		return;
	top->count++;
	snprintf(top->text, sizeof(top->text),
		 "type=%s\nroot=%s\nsource=%s\noptions=%s\nsuper=%s\npropagation=%s\n",
		 m->type, m->root, m->source, m->options, m->super, mount_propagation(m));
}

/* mount PATH: the mount on top there; "mounted=no" for none, else how many there are */
static int file_mount(int argc, char **argv)
{
	struct mount_top top = { .path = argv[1] };

	(void)argc;
	mount_each(mount_keep, &top);
	if (top.count)
		printf("mounted=%d\n%s", top.count, top.text);
	else
		printf("mounted=no\n");
	return 0;
}

/* statfs PATH: size in KiB and number of inodes */
static int file_statfs(int argc, char **argv)
{
	struct statvfs s;

	(void)argc;
	if (statvfs(argv[1], &s) < 0)
		printf("statfs=%s\n", outcome(-1));
	else
		printf("statfs=%llu %llu\n",
		       (unsigned long long)s.f_blocks * s.f_frsize / 1024,
		       (unsigned long long)s.f_files);
	return 0;
}

/* steps up through .. and says what is at the end: an escape when it is not "/" */
static int file_climb(int argc, char **argv)
{
	struct stat here, root;
	char path[3 * 32 + 1] = "";

	(void)argc;
	(void)argv;
	for (int i = 0; i < 32; i++)
		memcpy(path + 3 * i, "../", 4);
	if (stat(path, &here) < 0 || stat("/", &root) < 0)
		give_up("climb");
	printf("climb=%s\n", here.st_ino == root.st_ino && here.st_dev == root.st_dev
				     ? "inside"
				     : "outside");
	return 0;
}

const struct command file_commands[] = {
	{ "stat", 1, -1, file_stat, "PATH..." },
	{ "open", 1, 2, file_open, "PATH [w]" },
	{ "write", 2, 2, file_write, "PATH TEXT" },
	{ "create", 1, 1, file_create, "PATH" },
	{ "read", 1, -1, file_read, "PATH..." },
	{ "mounts", 0, 0, file_mounts, "" },
	{ "umount", 1, 1, file_umount, "PATH" },
	{ "cover", 1, 1, file_cover, "PATH" },
	{ "mountinfo", 0, 0, file_mountinfo, "" },
	{ "mount", 1, 1, file_mount, "PATH" },
	{ "statfs", 1, 1, file_statfs, "PATH" },
	{ "climb", 0, 0, file_climb, "" },
	{ 0 },
};
