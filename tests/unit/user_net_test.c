/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pasta and slirp4netns are told, and what is made of what they say */
#include "base/str.h"
#include "base/text.h"
#include "libcontainer/plan/facts.h"
#include "netns/user.h"
#include "tests/unit/check.h"

static const struct user_box box = { .path = "/run/aril/web", .dir = 7, .pid = 42 };

static char *argv_text(const struct user_net *n, struct arena *a,
		       const struct user_box *b)
{
	struct text t = TEXT(a);

	for (char **v = user_net_argv(n, b, a); *v; v++)
		text_add(&t, "%s%s", t.n ? " " : "", *v);
	return t.s;
}

static struct user_net make(enum user_program program, struct arena *a)
{
	struct user_net n = { .program = program, .name = "eth0" };

	*list_add(a, &n.ports) = (struct net_port){ .host = 8080, .box = 80 };
	*list_add(a, &n.ports) = (struct net_port){ "127.0.0.1", false, 53, 5353, true };
	return n;
}

#define PASTA "pasta --config-net --quiet --tcp-ns none --udp-ns none "
#define SLIRP                                                                            \
	"slirp4netns --configure --mtu=65520 --enable-sandbox --enable-seccomp "         \
	"--ready-fd=10 --exit-fd=11 "

static void test_pasta(void)
{
	autoarena a = check_arena();
	struct user_net n = { .program = USER_PASTA, .name = "lan" };

	CHECK_STR(argv_text(&n, &a, &box),
		  PASTA "--tcp-ports none --udp-ports none --ns-ifname lan --no-map-gw "
			"--userns /proc/42/ns/user --netns /run/aril/web/netns",
		  "nothing is open that was not asked for");
	n = make(USER_PASTA, &a);
	n.host_loopback = n.as_root = true;
	CHECK_STR(argv_text(&n, &a, &box),
		  PASTA "--tcp-ports 8080:80 --udp-ports 127.0.0.1/53:5353 "
			"--ns-ifname eth0 --runas 0 --netns-only "
			"--netns /run/aril/web/netns",
		  "root, ports, and the host's loopback");
}

static void test_slirp(void)
{
	autoarena a = check_arena();
	struct user_box deep = box;
	struct user_net n = { .program = USER_SLIRP, .name = "lan" };

	CHECK_STR(argv_text(&n, &a, &box), SLIRP "--disable-host-loopback 42 lan",
		  "no socket for ports without ports");
	n = make(USER_SLIRP, &a);
	n.host_loopback = n.as_root = true;
	CHECK_STR(argv_text(&n, &a, &box),
		  SLIRP "--api-socket=/run/aril/web/slirp.sock --netns-type=path "
			"/proc/42/ns/net eth0",
		  "root, ports, and the host's loopback");
	CHECK(!user_net_gets_box(&n, &box), "it does not get the directory of the box");
	deep.path = arena_fmt(&a, "/%095d", 0); /* with the name 107 bytes */
	CHECK(!user_net_gets_box(&n, &deep), "nor when the path just fits a socket");
	deep.path = arena_fmt(&a, "/%096d", 0);
	CHECK(user_net_gets_box(&n, &deep) &&
		      strstr(argv_text(&n, &a, &deep),
			     " --api-socket=/proc/self/fd/12/slirp.sock "),
	      "but when it does not");
	n.ports.n = 0;
	CHECK(!user_net_gets_box(&n, &deep), "and there are ports");
	n = make(USER_SLIRP, &a);
	CHECK_STR(user_net_request(&n.ports.items[0], &a),
		  "{\"execute\": \"add_hostfwd\", \"arguments\": {\"proto\": \"tcp\", "
		  "\"host_addr\": \"0.0.0.0\", \"host_port\": 8080, \"guest_port\": 80}}",
		  "a port of all addresses");
	CHECK_STR(
		user_net_request(&n.ports.items[1], &a),
		"{\"execute\": \"add_hostfwd\", \"arguments\": {\"proto\": \"udp\", "
		"\"host_addr\": \"127.0.0.1\", \"host_port\": 53, \"guest_port\": 5353}}",
		"a port of one");
}

static void test_words(void)
{
	autoarena a = check_arena();

	CHECK_STR(user_net_words("", &a), "", "nothing");
	CHECK_STR(user_net_words("Failed to send 46 bytes to syslog\n"
				 "No external routable interface for IPv6\n"
				 "Failed to bind any port for '-t 80', exiting\n",
				 &a),
		  "Failed to bind any port for '-t 80', exiting", "only what matters");
	CHECK_STR(user_net_words("one\ntwo", &a), "one; two", "all that matters");
}

static void test_resolvers(void)
{
	autoarena a = check_arena();
	strings_t list = { NULL, 0 };

	resolvers_parse("# nameserver 1.1.1.1\nsearch example\nnameserver 192.0.2.53\n"
			"nameserver\t2001:db8::53 # one more\nnameservers 3.3.3.3\n"
			"nameserver\nnameserver \n;x\nnameserver  10.0.0.1",
			&a, &list);
	CHECK(list.n == 3, "three addresses: %zu", list.n);
	CHECK_STR(list.items[0], "192.0.2.53", "the first");
	CHECK_STR(list.items[1], "2001:db8::53", "behind a tab, before a comment");
	CHECK_STR(list.items[2], "10.0.0.1", "without a newline");
}

int main(void)
{
	test_pasta();
	test_slirp();
	test_words();
	test_resolvers();
	return check_done();
}
