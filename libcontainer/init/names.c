/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small steps of one or two calls each: session, keyring, loopback, names. Runs in
 * init. */
#include "libcontainer/init/labels.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"

#define JOIN_SESSION_KEYRING 1 /* KEYCTL_*, of <linux/keyctl.h> */

int step_SESSION(struct inside *in, struct err *e)
{
	long r = sys_setsid();

	(void)in;
	return r < 0 ? err_set(e, (int)-r, "setsid") : 0;
}

/* Without a name it is always a new one. By name it could be one that another container,
 * whose root is the same user to the kernel, has made before us and may read; and what
 * may be joined by its name, others can join later. An exec gets one of its own. */
int step_KEYRING(struct inside *in, struct err *e)
{
	long id;

	if (labels_keyring(in, e) < 0)
		return -1;
	id = sys_keyctl(JOIN_SESSION_KEYRING, 0, 0);
	if (id == -ENOSYS) /* a kernel without keys has none to leak */
		return 0;
	return id < 0 ? err_set(e, (int)-id, "join a new session keyring") : 0;
}

/* A new network namespace has only lo, and it is down */
int step_LOOPBACK(struct inside *in, struct err *e)
{
	/* the ioctl is the same for all families, and this one is always there */
	autofd sock = (int)sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo;
	long r;

	(void)in;
	if (sock < 0)
		return err_set(e, -sock, "make a socket");
	memset(&lo, 0, sizeof(lo));
	memcpy(lo.ifr_name, "lo", 3);
	lo.ifr_flags = IFF_UP;
	r = sys_ioctl(sock, SIOCSIFFLAGS, &lo);
	return r < 0 ? err_set(e, (int)-r, "set lo up") : 0;
}

int step_NAMES(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	long r = 0;

	if (p->hostname)
		r = sys_sethostname(p->hostname, strlen(p->hostname));
	if (r < 0)
		return err_set(e, (int)-r, "set host name \"%s\"", p->hostname);
	if (p->domainname)
		r = sys_setdomainname(p->domainname, strlen(p->domainname));
	if (r < 0)
		return err_set(e, (int)-r, "set domain name \"%s\"", p->domainname);
	return 0;
}
