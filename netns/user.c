/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pasta and slirp4netns are told; runs in the guard. Pure. */
#include "netns/user.h"

#include <string.h>

#include "base/str.h"

#define SOCKET_PATH 108 /* bytes of sun_path; unix(7) */

const char *const user_program_names[] = {
	[USER_PASTA] = "pasta",
	[USER_SLIRP] = "slirp4netns",
};

static void add(struct arena *a, strings_t *argv, const char *word)
{
	strings_add(a, argv, (char *)word);
}

static void add_all(struct arena *a, strings_t *argv, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(a, argv, words[i]);
}

/* "-t 127.0.0.1/8080:80"; without any "-t none": by default pasta publishes what the
 * container listens on. UDP likewise, which otherwise follows TCP. */
static void pasta_ports(const struct user_net *n, bool udp, struct arena *a,
			strings_t *argv)
{
	const char *option = udp ? "--udp-ports" : "--tcp-ports";
	bool any = false;

	LIST_EACH (p, &n->ports) {
		if (p->udp != udp)
			continue;
		add(a, argv, option);
		add(a, argv,
		    arena_fmt(a, "%s%s%u:%u", p->address ? p->address : "",
			      p->address ? "/" : "", p->host, p->box));
		any = true;
	}
	if (any)
		return;
	add(a, argv, option);
	add(a, argv, "none");
}

static void pasta_argv(const struct user_net *n, const struct user_box *b,
		       struct arena *a, strings_t *argv)
{
	static const char *const always[] = {
		"--config-net",
		"--quiet",
		/* services of the host's loopback are none of the container's business */
		"--tcp-ns",
		"none",
		"--udp-ns",
		"none",
	};
	/* root's namespace can be joined by root alone; pasta keeps no privilege but
	 * that, and sees no files */
	static const char *const root[] = { "--runas", "0", "--netns-only" };

	add_all(a, argv, always, ARRAY_LEN(always));
	pasta_ports(n, false, a, argv);
	pasta_ports(n, true, a, argv);
	add(a, argv, "--ns-ifname");
	add(a, argv, n->name);
	if (!n->host_loopback)
		add(a, argv, "--no-map-gw");
	if (n->as_root) {
		add_all(a, argv, root, ARRAY_LEN(root));
	} else {
		add(a, argv, "--userns");
		add(a, argv, arena_fmt(a, "/proc/%d/ns/user", b->pid));
	}
	add(a, argv, "--netns");
	add(a, argv, arena_fmt(a, "%s/" USER_NETNS, b->path));
}

bool user_net_gets_box(const struct user_net *n, const struct user_box *b)
{
	return n->program == USER_SLIRP && n->ports.n &&
	       strlen(b->path) + sizeof("/" USER_API) > SOCKET_PATH;
}

/* An ordinary user's sandbox is made in the user namespace, which it finds only by the
 * process; root's container may have none, which only a path says */
static void slirp_argv(const struct user_net *n, const struct user_box *b,
		       struct arena *a, strings_t *argv)
{
	static const char *const always[] = {
		"--configure",
		"--mtu=65520",
		"--enable-sandbox",
		"--enable-seccomp",
	};

	add_all(a, argv, always, ARRAY_LEN(always));
	add(a, argv, arena_fmt(a, "--ready-fd=%d", USER_READY_FD));
	add(a, argv, arena_fmt(a, "--exit-fd=%d", USER_EXIT_FD));
	if (!n->host_loopback)
		add(a, argv, "--disable-host-loopback");
	if (user_net_gets_box(n, b))
		add(a, argv,
		    arena_fmt(a, "--api-socket=/proc/self/fd/%d/" USER_API, USER_BOX_FD));
	else if (n->ports.n)
		add(a, argv, arena_fmt(a, "--api-socket=%s/" USER_API, b->path));
	if (n->as_root) {
		add(a, argv, "--netns-type=path");
		add(a, argv, arena_fmt(a, "/proc/%d/ns/net", b->pid));
	} else {
		add(a, argv, arena_fmt(a, "%d", b->pid));
	}
	add(a, argv, n->name);
}

char **user_net_argv(const struct user_net *n, const struct user_box *b, struct arena *a)
{
	strings_t argv = { NULL, 0 };

	add(a, &argv, user_program_names[n->program]);
	if (n->program == USER_PASTA)
		pasta_argv(n, b, a, &argv);
	else
		slirp_argv(n, b, a, &argv);
	return strings_vector(a, &argv);
}

char *user_net_request(const struct net_port *p, struct arena *a)
{
	return arena_fmt(
		a,
		"{\"execute\": \"add_hostfwd\", \"arguments\": {\"proto\": \"%s\", "
		"\"host_addr\": \"%s\", \"host_port\": %u, \"guest_port\": %u}}",
		p->udp ? "udp" : "tcp", p->address ? p->address : "0.0.0.0", p->host,
		p->box);
}

/* Not about what went wrong */
static bool is_noise(const char *line)
{
	static const char *const heads[] = {
		"Failed to send ",   "WARNING: Support for ",
		"Don't run as root", "No external routable interface for IPv6",
		"sent tapfd=",	     "received tapfd=",
		"Starting slirp",    "* ",
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(line, heads[i]))
			return true;
	return *line == '\0';
}

char *user_net_words(const char *text, struct arena *a)
{
	strings_t lines = str_split(a, text, '\n');
	char *out = arena_strdup(a, "");

	LIST_EACH (line, &lines)
		if (!is_noise(*line) && strlen(out) < 300)
			out = arena_fmt(a, "%s%s%.200s", out, *out ? "; " : "", *line);
	return out;
}
