/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lab for tests with the kernel's network devices: namespaces of the test's own, in a
 * user namespace of its own, so that an ordinary user can run it and nothing of the
 * machine is touched. One of them plays the host.
 */
#ifndef TESTS_UNIT_NET_LAB_H
#define TESTS_UNIT_NET_LAB_H

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "netns/net.h"
#include "tests/unit/check.h"

struct lab {
	struct arena a;
	int host, ns; /* fds of network namespaces */
	char helper[4096];
};

__attribute__((unused)) static bool enter(int ns)
{
	return setns(ns, CLONE_NEWNET) == 0;
}

/* What a command says in that namespace; NULL when it does not succeed */
__attribute__((unused)) static char *said(struct lab *lab, int ns, const char *command)
{
	char *text = arena_get(&lab->a, 65536);
	FILE *out = enter(ns) ? popen(command, "r") : NULL;
	size_t n = out ? fread(text, 1, 65535, out) : 0;
	int status = out ? pclose(out) : -1;

	text[n] = '\0';
	return enter(lab->host) && status == 0 ? text : NULL;
}

__attribute__((unused)) static bool runs(struct lab *lab, int ns, const char *command)
{
	return said(lab, ns, command) != NULL;
}

__attribute__((unused)) static bool has(struct lab *lab, int ns, const char *command,
					const char *text)
{
	char *all = said(lab, ns, command);

	if (all && strstr(all, text))
		return true;
	printf("# %s: no \"%s\" in: %s\n", command, text, all ? all : "(failed)");
	return false;
}

__attribute__((unused)) static bool is_there(struct lab *lab, int ns, const char *name)
{
	return runs(lab, ns,
		    arena_fmt(&lab->a, "ip link show dev %s >/dev/null 2>&1", name));
}

__attribute__((unused)) static int new_namespace(struct lab *lab)
{
	int ns = -1;

	if (unshare(CLONE_NEWNET) == 0)
		ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return enter(lab->host) ? ns : -1;
}

/* A fresh host and container; h0 is a device with all that can be kept or lost */
__attribute__((unused)) static void lab_reset(struct lab *lab)
{
	fd_close(&lab->host);
	fd_close(&lab->ns);
	if (unshare(CLONE_NEWNET) < 0)
		exit(99);
	lab->host = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	lab->ns = new_namespace(lab);
	if (!runs(lab, lab->host,
		  "ip link add br0 type bridge && ip link set br0 up &&"
		  "ip link add h0 type veth peer name p0 &&"
		  "ip link set h0 mtu 1400 address 02:00:00:00:00:77 up &&"
		  "ip link set p0 up && ip link set h0 master br0 &&"
		  "ip addr add 10.1.0.2/24 brd 10.1.0.255 dev h0 label h0:one &&"
		  "ip addr add 10.3.0.1 peer 10.3.0.2/32 dev h0 &&"
		  "ip addr add 169.254.7.7/16 scope link dev h0 &&"
		  "ip addr add 10.1.0.9/24 dev h0 valid_lft 500 preferred_lft 500 &&"
		  "ip addr add fd00:1::2/64 dev h0 nodad &&"
		  "ip route add 10.7.0.0/16 dev h0 scope link &&"
		  "ip route add default via 10.7.0.1 dev h0 metric 7 &&"
		  "ip route add 10.8.0.0/16 via 10.1.0.200 dev h0 table 77 &&"
		  "ip -6 route add fd00:8::/64 via fd00:1::9 dev h0"))
		exit(99);
}

__attribute__((unused)) static struct net lab_net(struct lab *lab,
						  const net_links_t *links)
{
	return (struct net){ .ns = lab->ns, .helper = lab->helper, .links = links };
}

__attribute__((unused)) static int make(struct lab *lab, struct net_link *links, size_t n,
					net_made_t *made, struct err *e)
{
	net_links_t all = { links, n };
	struct net net = lab_net(lab, &all);

	*e = (struct err)ERR_NONE;
	*made = (net_made_t){ NULL, 0 };
	return net_make(&net, &lab->a, made, e);
}

/* As it was before */
__attribute__((unused)) static bool is_restored(struct lab *lab, const char *name)
{
	const char *show = arena_fmt(&lab->a, "ip -d addr show dev %s", name);

	return has(lab, lab->host, show, "inet 10.1.0.2/24 brd 10.1.0.255") &&
	       has(lab, lab->host, show, "h0:one") &&
	       has(lab, lab->host, show, "inet 10.3.0.1 peer 10.3.0.2/32") &&
	       has(lab, lab->host, show, "inet 169.254.7.7/16 scope link") &&
	       has(lab, lab->host, show, "inet6 fd00:1::2/64") &&
	       has(lab, lab->host, show, "mtu 1400") &&
	       has(lab, lab->host, show, "02:00:00:00:00:77") &&
	       has(lab, lab->host, show, "master br0") &&
	       has(lab, lab->host, "ip route", "10.7.0.0/16 dev h0 scope link") &&
	       has(lab, lab->host, "ip route", "default via 10.7.0.1 dev h0 metric 7") &&
	       has(lab, lab->host, "ip route show table 77", "via 10.1.0.200 dev h0") &&
	       has(lab, lab->host, "ip -6 route", "fd00:8::/64 via fd00:1::9 dev h0") &&
	       has(lab, lab->host, show, ",UP,");
}

/* Root in namespaces of its own */
__attribute__((unused)) static bool lab_open(struct lab *lab, struct err *e)
{
	unsigned uid = getuid(), gid = getgid();
	const char *build = getenv("ARIL_BUILD");

	*lab = (struct lab){ .a = check_arena(), .host = -1, .ns = -1 };
	snprintf(lab->helper, sizeof(lab->helper), "%s/netns/aril-net/aril-net",
		 build ? build : ".");
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return err_sys(e, "unshare"), false;
	return file_put(AT_FDCWD, "/proc/self/setgroups", "deny", e) >= 0 &&
	       file_put(AT_FDCWD, "/proc/self/uid_map", arena_fmt(&lab->a, "0 %u 1", uid),
			e) >= 0 &&
	       file_put(AT_FDCWD, "/proc/self/gid_map", arena_fmt(&lab->a, "0 %u 1", gid),
			e) >= 0;
}

#endif
