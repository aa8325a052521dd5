/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small steps of one or two calls each: session, keyring, loopback, names. Runs in
 * init. */
#include "libcontainer/init/init.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"

#define JOIN_SESSION_KEYRING 1 /* KEYCTL_*, of <linux/keyctl.h> */
#define SET_PERMISSIONS	     5

/* The possessor may do all; the user may look, read, link, and search: a later exec,
 * which is not a possessor, joins the keyring by its name, for which the kernel wants
 * "search" */
#define KEYRING_PERMISSIONS 0x3f1b0000UL

int step_SESSION(struct inside *in, struct err *e)
{
	long r = sys_setsid();

	(void)in;
	return r < 0 ? err_set(e, (int)-r, "setsid") : 0;
}

int step_KEYRING(struct inside *in, struct err *e)
{
	long id = sys_keyctl(JOIN_SESSION_KEYRING, (unsigned long)in->plan->keyring, 0);

	if (id == -ENOSYS) /* a kernel without keys has none to leak */
		return 0;
	if (id < 0)
		return err_set(e, (int)-id, "join session keyring %s",
			       in->plan->keyring ? in->plan->keyring : "");
	/* EACCES: it was there and is another user's */
	sys_keyctl(SET_PERMISSIONS, (unsigned long)id, KEYRING_PERMISSIONS);
	return 0;
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
