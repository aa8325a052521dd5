/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See confine.h. Runs in the program. */
#include "base/confine.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "base/fd.h"
#include "base/sys.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_WORD 0
#else
#define LOW_WORD 4
#endif
#define FIELD(name) (uint32_t) offsetof(struct seccomp_data, name)

/* --- capabilities ---------------------------------------------------------- */

static long drop_caps(uint64_t kept)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	long ret = sys_capget(&head, data);

	for (int i = 0; ret == 0 && i < 2; i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return ret < 0 ? ret : sys_capset(&head, data);
}

/* --- the filter ------------------------------------------------------------ */

struct program {
	size_t n;
	struct sock_filter code[2 * CONFINE_MAX + 2 * CONFINE_MAX + 8];
};

static void add(struct program *p, struct sock_filter one)
{
	p->code[p->n++] = one;
}

static void give(struct program *p, uint32_t action)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void load(struct program *p, uint32_t at)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at));
}

/* If it is k, the next one, else the one behind that */
static void if_is(struct program *p, uint32_t k)
{
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1));
}

static void filter_build(const struct confine *c, struct program *p)
{
	load(p, FIELD(arch));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_AUDIT_ARCH, 1,
					    0));
	give(p, SECCOMP_RET_KILL_PROCESS);
	/* those of x32 have a bit that none of ours has */
	load(p, FIELD(nr));
	for (size_t i = 0; i < c->n; i++) {
		if_is(p, c->calls[i]);
		give(p, SECCOMP_RET_ALLOW);
	}
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 1, 0));
	give(p, SECCOMP_RET_ERRNO | EPERM);
	/* the kernel takes 32 bits of a request, too */
	load(p, FIELD(args[1]) + LOW_WORD);
	for (size_t i = 0; i < c->requests_n; i++) {
		if_is(p, c->requests[i]);
		give(p, SECCOMP_RET_ALLOW);
	}
	give(p, SECCOMP_RET_ERRNO | EPERM);
}

static long filter_load(const struct confine *c)
{
	struct program p = { .n = 0 };
	struct sock_fprog prog = { .filter = p.code };

	filter_build(c, &p);
	prog.len = (unsigned short)p.n;
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &prog);
}

int confine_self(const struct confine *c, struct err *e)
{
	long ret;

	if (c->n > CONFINE_MAX || c->requests_n > CONFINE_MAX)
		return err_set(e, E2BIG, "make a seccomp filter of our own");
	ret = sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (ret < 0)
		return err_set(e, (int)-ret, "set no_new_privs");
	ret = sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (ret < 0)
		return err_set(e, (int)-ret, "become undumpable");
	ret = fd_close_others(0, c->files, c->files_n);
	if (ret < 0)
		return err_set(e, (int)-ret, "close files");
	ret = drop_caps(c->caps);
	if (ret < 0)
		return err_set(e, (int)-ret, "drop capabilities");
	ret = filter_load(c);
	return ret < 0 ? err_set(e, (int)-ret, "load our own seccomp filter") : 0;
}
