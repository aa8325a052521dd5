/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text where ids and users are read: /etc/subuid and passwd(5), also that of a
 * hostile image, the options of exec about users, groups, capabilities and cgroups. A
 * line is taken or passed over, an id is whole or refused. Lines of the input go to what
 * their first letter says.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "libcontainer/init/passwd.h"
#include "libcontainer/plan/facts_users.h"
#include "libcontainer/plan/path.h"
#include "src/exec_process.h"
#include "tests/fuzz/fuzz.h"

static const uint32_t uids[] = { 0, 1, 1000, 65534, UINT32_MAX - 1, UINT32_MAX };

/* A number as a person reads it: digits only, and it fits */
static bool is_id(const char *text, size_t n, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*v = *v * 10 + (uint64_t)(text[i] - '0');
		if (*v > UINT32_MAX)
			return false;
	}
	return n > 0;
}

/* The same in another way: three fields, the first one is the user */
static void find_ranges(struct arena *a, const char *text, const char *user, uint32_t uid,
			id_ranges_t *ranges)
{
	strings_t lines = str_split(a, text, '\n');

	LIST_EACH (line, &lines) {
		strings_t f = str_split(a, *line, ':');
		uint64_t id, first, size;

		if (f.n != 3 || !is_id(f.items[1], strlen(f.items[1]), &first) ||
		    !is_id(f.items[2], strlen(f.items[2]), &size))
			continue;
		if (size == 0 || first + size > UINT32_MAX)
			continue;
		if (str_eq(user, f.items[0]) ||
		    (is_id(f.items[0], strlen(f.items[0]), &id) && id == uid))
			*list_add(a, ranges) =
				(struct id_range){ (uint32_t)first, (uint32_t)size };
	}
}

static void read_ranges(struct arena *a, const char *text)
{
	static const char *const users[] = { NULL, "eve", "1000" };

	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		for (size_t k = 0; k < ARRAY_LEN(uids); k++) {
			id_ranges_t got = { NULL, 0 }, want = { NULL, 0 };

			subid_ranges(a, text, users[i], uids[k], &got);
			find_ranges(a, text, users[i], uids[k], &want);
			claim(got.n == want.n);
			for (size_t r = 0; r < got.n; r++)
				claim(got.items[r].first == want.items[r].first &&
				      got.items[r].size == want.items[r].size);
		}
}

/* Is it a field of some line? */
static bool is_field(const char *text, size_t size, const char *field)
{
	const char *at = text;

	while ((at = memmem(at, size - (size_t)(at - text), field, strlen(field)))) {
		if (at > text && at[-1] == ':')
			return true;
		at++;
	}
	return false;
}

static void read_home(struct arena *a, const char *text, const uint8_t *data, size_t size)
{
	int fd = memfd_create("passwd", MFD_CLOEXEC);
	char home[64];

	claim(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	for (size_t i = 0; i < ARRAY_LEN(uids); i++) {
		const char *name = passwd_name(a, text, uids[i]);

		claim(!name || !strpbrk(name, ":\n"));
		lseek(fd, 0, SEEK_SET);
		memset(home, 'x', sizeof(home));
		passwd_home(fd, uids[i], home, sizeof(home));
		claim(home[0] == '/' && memchr(home, '\0', sizeof(home)));
		claim(!strpbrk(home, ":\n"));
		claim(strcmp(home, "/") == 0 || is_field((const char *)data, size, home));
	}
	close(fd);
}

static void claim_user(const char *text, const struct spec_user *u)
{
	const char *colon = strchr(text, ':');
	uint64_t v;

	claim(is_id(text, colon ? (size_t)(colon - text) : strlen(text), &v));
	claim(v == u->uid && v < UINT32_MAX);
	if (colon)
		claim(is_id(colon + 1, strlen(colon + 1), &v) && v == u->gid &&
		      v < UINT32_MAX);
	else
		claim(u->gid == 7);
}

static void claim_groups(const strings_t *texts, const struct spec_user *u)
{
	uint64_t v;

	claim(u->additional_gids.n == texts->n + 1);
	for (size_t i = 0; i < texts->n; i++)
		claim(is_id(texts->items[i], strlen(texts->items[i]), &v) &&
		      v == u->additional_gids.items[i + 1] && v < UINT32_MAX);
}

static void make_process(const struct exec_process *o, struct arena *a)
{
	uint64_t gid = 3;
	struct spec_user user = { .gid = 7, .additional_gids = { &gid, 1 } };
	struct spec_caps caps = { .bounding = { NULL, 0 } };
	struct spec_process own = { .cwd = (char *)"/",
				    .user = &user,
				    .capabilities = &caps },
			    out;
	struct err e = ERR_NONE;

	if (exec_process_make(o, &own, a, &out, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	claim(out.cwd[0] == '/' && out.args.n > 0);
	claim(user.additional_gids.n == 1 && caps.bounding.n == 0);
	if (o->user)
		claim_user(o->user, out.user);
	if (o->groups.n)
		claim_groups(&o->groups, out.user);
	claim(out.capabilities->inheritable.n == 0 && out.capabilities->ambient.n == 0);
	claim(out.capabilities->effective.n <= o->caps.n);
}

static void read_cgroup(const char *text, struct arena *a)
{
	struct err e = ERR_NONE;
	const char *path;

	if (exec_cgroup(text, a, &path, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	claim(path && path[0] == '/' && !path_climbs(path));
	claim(strcmp(path_clean(a, "/", path), path) == 0);
}

static void read_options(char *text, struct arena *a)
{
	static char *args[] = { (char *)"sh" };
	struct exec_process o = { .args = { args, 1 } };
	char *line;

	while ((line = fuzz_line(&text)))
		switch (line[0]) {
		case 'u':
			o.user = line + 1;
			break;
		case 'g':
			strings_add(a, &o.groups, line + 1);
			break;
		case 'c':
			strings_add(a, &o.caps, line + 1);
			break;
		case 'w':
			o.cwd = line + 1;
			break;
		case 'e':
			strings_add(a, &o.env, line + 1);
			break;
		case 'p':
			read_cgroup(line + 1, a);
			break;
		default:
			break;
		}
	make_process(&o, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	char *text;

	fuzz_arena(&a, false);
	text = fuzz_text(&a, data, size);
	read_ranges(&a, text);
	read_home(&a, text, data, size);
	read_options(text, &a);
	return 0;
}
