/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --net user depends on; read only when it is asked for. Runs in the program. */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/program.h"
#include "base/str.h"
#include "libcontainer/plan/facts.h"

#define TUN	      "/dev/net/tun"
#define RESOLV_CONF   "/etc/resolv.conf"
#define RESOLVED      "127.0.0.53"
#define RESOLVED_CONF "/run/systemd/resolve/resolv.conf"
#define RESOLV_MAX    (64UL << 10)

static const char *find_program(struct arena *a, const char *path, const char *name)
{
	const char *found = path ? program_find(path, name, a) : NULL;

	return found ? found : program_find("/usr/bin", name, a);
}

void resolvers_parse(const char *text, struct arena *a, strings_t *out)
{
	strings_t lines = str_split(a, text, '\n');

	LIST_EACH (line, &lines) {
		char *at = *line;

		if (!str_starts(at, "nameserver"))
			continue;
		at += strlen("nameserver");
		if (*at != ' ' && *at != '\t')
			continue;
		at += strspn(at, " \t");
		at[strcspn(at, " \t#;")] = '\0';
		if (*at)
			strings_add(a, out, at);
	}
}

static void read_resolvers(struct facts *f, const char *path, struct arena *a)
{
	struct err ignored = ERR_NONE;
	const char *text = file_read(a, AT_FDCWD, path, RESOLV_MAX, NULL, &ignored);

	if (text)
		resolvers_parse(text, a, &f->resolvers);
}

/* systemd-resolved is asked at the loopback of the host; those that it asks itself are in
 * another file */
static void find_resolvers(struct facts *f, struct arena *a)
{
	strings_t stub;

	read_resolvers(f, RESOLV_CONF, a);
	stub = f->resolvers;
	if (stub.n != 1 || strcmp(stub.items[0], RESOLVED) != 0)
		return;
	f->resolvers = (strings_t){ NULL, 0 };
	read_resolvers(f, RESOLVED_CONF, a);
	if (f->resolvers.n == 0)
		f->resolvers = stub;
}

void facts_net(struct facts *f, const char *path, struct arena *a)
{
	autofd tun = open(TUN, O_RDWR | O_CLOEXEC);

	f->tun_errno = tun < 0 ? errno : 0;
	f->pasta = find_program(a, path, "pasta");
	f->slirp4netns = find_program(a, path, "slirp4netns");
	find_resolvers(f, a);
}
