/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp filter, and its listener if it has one. Runs in init, as the container's
 * user, when all is done but execve.
 *
 * Theory. The listener is an fd that the kernel gives to who loads the filter, and that
 * has to go to the host. From then on the filter judges this thread: if the profile
 * denies sendmsg(2), it cannot be sent; if it asks the listener about it, we would wait
 * for somebody who does not have it. And as long as it is open here, nobody sees the
 * agent's end. So where sendmsg or close is not let through, a second thread
 * sends it, which was made before and has no filter. But how can it know, and how can we
 * wait until it is done, without any system call? By a page that is not there:
 * userfaultfd(2) makes of our reading it a message to that thread, and stops us until it
 * puts the page there. Nothing spins, and no profile can get in the way. execve(2) ends
 * the thread, if it has not ended, and leaves no child behind.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "base/sys.h"
#include "libcontainer/init/caps.h"
#include "libcontainer/plan/sync.h"

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1 /* Linux 5.11: needs no privilege */
#endif

#define PAGE	   65536UL /* as large as pages are anywhere, so that one fits */
#define COURIER_MS 10000

/* What the two threads share */
struct courier {
	int sync, faults;
	volatile int listener;
	volatile char *page; /* the one that is not there */
};

/* Only this thread */
static __attribute__((noreturn)) void thread_exit(void)
{
	for (;;)
		SYS_(__NR_exit, 0, 0, 0, 0, 0, 0);
}

static __attribute__((noreturn)) void give_up(int sync, const struct err *e)
{
	sync_fail(sync, e);
	sys_exit(1);
}

/* Wait until the other thread reads the page */
static int await_fault(const struct courier *c, struct err *e)
{
	struct pollfd fd = { .fd = c->faults, .events = POLLIN };
	struct sys_timespec t = { COURIER_MS / 1000, 0 };
	long r;

	do
		r = sys_ppoll(&fd, 1, &t);
	while (r == -EINTR);
	if (r > 0 && (fd.revents & POLLIN))
		return 0;
	return err_set(e,
		       r > 0 ? EIO
		       : r   ? (int)-r
			     : ETIMEDOUT,
		       "wait for the filter to be loaded");
}

/* The second thread: it has a stack of 64 KiB, and never returns */
static int courier_run(void *arg)
{
	struct courier *c = arg;
	struct uffdio_zeropage page = { .range = { (uintptr_t)c->page, PAGE } };
	struct err e = ERR_NONE;
	long r;

	if (await_fault(c, &e) < 0 ||
	    sync_send(c->sync, SYNC_LISTENER, c->listener, 0, &e) < 0)
		give_up(c->sync, &e);
	sys_close(c->listener); /* only the agent's is left: its end is seen */
	r = sys_ioctl(c->faults, UFFDIO_ZEROPAGE, &page);
	if (r < 0) {
		err_set(&e, (int)-r, "let the program begin");
		give_up(c->sync, &e);
	}
	thread_exit();
}

static int watch_page(struct courier *c, struct err *e)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register page = {
		.range = { (uintptr_t)c->page, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	long r;

	/* not blocking: else poll(2) does not wait, but says POLLERR */
	c->faults =
		(int)SYS_(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY,
			  0, 0, 0, 0, 0);
	r = c->faults;
	if (r >= 0)
		r = sys_ioctl(c->faults, UFFDIO_API, &api);
	if (r >= 0)
		r = sys_ioctl(c->faults, UFFDIO_REGISTER, &page);
	if (r >= 0)
		return 0;
	return err_set(e, (int)-r,
		       "the profile does not let sendmsg(2) and close(2) through, so "
		       "that to hand over its listener userfaultfd(2) is needed");
}

/* Memory for the stack, and behind it for the page, which is returned */
static volatile char *courier_start(struct courier *c, struct err *e)
{
	long at = sys_mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			 CLONE_THREAD | CLONE_SYSVSEM,
		.stack = (uintptr_t)at,
		.stack_size = PAGE,
	};
	long r;

	if (at < 0 && at > -4096) {
		err_set(e, (int)-at, "get memory for a thread");
		return NULL;
	}
	c->page = (volatile char *)(at + PAGE);
	if (watch_page(c, e) < 0)
		return NULL;
	r = sys_clone3_call(&args, sizeof(args), courier_run, c);
	if (r >= 0)
		return c->page;
	err_set(e, (int)-r, "make a thread that sends the listener");
	return NULL;
}

/* The listener, or 0 where there is none, or -errno */
static long filter_load(const struct kit *k)
{
	struct sock_fprog prog = { .len = k->filter.n, .filter = k->filter.code };

	return sys_seccomp(SECCOMP_SET_MODE_FILTER, k->filter.flags, &prog);
}

/* Load a filter with a listener, and hand that over. Returns when the host has it, or -1
 * if the filter was not loaded. */
static int filter_listen(struct inside *in, struct err *e)
{
	struct courier c = { .sync = in->sync, .faults = -1, .listener = -1 };
	volatile char *page = NULL;
	long fd;
	int ret;

	if (!in->kit->filter.sends) {
		page = courier_start(&c, e);
		if (!page)
			return -1;
	}
	fd = filter_load(in->kit);
	if (fd < 0)
		return err_set(e, (int)-fd, "seccomp (%u instructions, flags 0x%x)",
			       in->kit->filter.n, in->kit->filter.flags);
	if (page) {
		c.listener = (int)fd;
		(void)page[0]; /* until it is there */
		return 0;
	}
	ret = sync_send(in->sync, SYNC_LISTENER, (int)fd, 0, e);
	sys_close((int)fd);
	return ret;
}

int step_FILTER(struct inside *in, struct err *e)
{
	const struct kit *k = in->kit;
	long r;

	if (!k->filter.code)
		return err_set(e, EINVAL, "the kit has no filter");
	if (k->filter.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) {
		if (filter_listen(in, e) < 0)
			return -1;
	} else {
		r = filter_load(k);
		if (r < 0)
			return err_set(e, (int)-r,
				       "seccomp (%u instructions, flags 0x%x)",
				       k->filter.n, k->filter.flags);
	}
	if (!in->caps_late)
		return 0;
	/* from here on the filter judges us: it must let capset through */
	r = caps_set(in->caps.effective, in->caps.permitted, in->caps.inheritable);
	return r < 0 ? err_set(e, (int)-r, "drop CAP_SYS_ADMIN (capset)") : 0;
}
