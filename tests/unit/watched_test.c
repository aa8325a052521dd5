/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What events prints about a container whose network devices cannot be read */
#include "src/watched.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sys.h"
#include "netns/counters.h"
#include "tests/unit/check.h"

int __wrap_net_counters_read(pid_t pid, struct arena *a, net_counters_t *list,
			     struct err *e);

static bool too_many;

int __wrap_net_counters_read(pid_t pid, struct arena *a, net_counters_t *list,
			     struct err *e)
{
	if (too_many)
		return err_set(e, EFBIG, "read /proc/%d/net/dev: more than 4 bytes", pid);
	*list_add(a, list) = (struct net_counters){ .name = arena_strdup(a, "eth0") };
	return 0;
}

/* What is written to an fd meanwhile goes to a file */
struct tap {
	int file, fd, old;
};

static struct tap tap_begin(int fd)
{
	struct tap t = { memfd_create("tap", MFD_CLOEXEC), fd, dup(fd) };

	fflush(stdout);
	dup2(t.file, fd);
	return t;
}

static char *tap_end(struct tap *t, struct arena *a)
{
	struct err e = ERR_NONE;
	char *text;

	dup2(t->old, t->fd);
	lseek(t->file, 0, SEEK_SET);
	text = file_read_fd(a, t->file, "a tap", 1UL << 20, NULL, &e);
	close(t->file);
	close(t->old);
	return text ? text : arena_strdup(a, e.text);
}

static void test_one(struct arena *a)
{
	struct watched w = WATCHED_NONE;
	struct out out = { .level = OUT_WARNING };
	struct err e = ERR_NONE;
	struct tap told, printed;
	char *text, *warned;
	int ret = 0;

	w.id = "demo";
	w.pid = getpid();
	w.pidfd = (int)sys_pidfd_open(getpid(), 0);
	w.own_network = true;
	printed = tap_begin(STDOUT_FILENO);
	ret |= watched_print_stats(&w, &out, &e);
	text = tap_end(&printed, a);
	CHECK(ret == 0 && strstr(text, "\"network_interfaces\":[{\"Name\":\"eth0\""),
	      "devices that can be read are there (%s): %s", e.text, text);
	too_many = true;
	printed = tap_begin(STDOUT_FILENO);
	told = tap_begin(STDERR_FILENO);
	for (int i = 0; i < 3; i++)
		ret |= watched_print_stats(&w, &out, &e);
	warned = tap_end(&told, a);
	text = tap_end(&printed, a);
	CHECK(ret == 0 && strstr(text, "\"type\":\"stats\"") && strstr(text, "\"cpu\"") &&
		      !strstr(text, "network_interfaces"),
	      "others are left out, nothing else is (%s): %s", e.text, text);
	CHECK(strstr(warned, "demo: network_interfaces is left out: read /proc/") &&
		      strchr(warned, '\n') == strrchr(warned, '\n'),
	      "which is told once: %s", warned);
	watched_done(&w);
}

int main(void)
{
	struct arena a = check_arena();

	test_one(&a);
	arena_done(&a);
	return check_done();
}
