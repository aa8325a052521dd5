/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raw system calls: sys_NAME() returns what the kernel returns, a result or -errno, and
 * never touches libc's errno. They serve the freestanding init, which has no libc, and
 * the program, where libc has no wrapper or a wrapper that costs something.
 *
 * Never include <sys/mount.h> next to this: it clashes with <linux/mount.h>.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <asm/unistd.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include "base/arch/x86_64.h"
#elif defined(__aarch64__)
#include "base/arch/aarch64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "base/arch/riscv64.h"
#elif defined(__s390x__)
#include "base/arch/s390x.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "base/arch/ppc64le.h"
#else
#error "no system calls for this architecture in base/arch/"
#endif

#define SYS_(n, a, b, c, d, e, f)                                                        \
	sys_call6((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Constants that are newer than Debian 12's headers, or that libc hides */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC	  0x0001U
#define MFD_ALLOW_SEALING 0x0002U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3 */
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif
#define SYS_CLOSE_RANGE_CLOEXEC (1U << 2)

/* files */
static inline long sys_close(int fd)
{
	return SYS_(__NR_close, fd, 0, 0, 0, 0, 0);
}
static inline long sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return SYS_(__NR_close_range, first, last, flags, 0, 0, 0);
}
static inline long sys_read(int fd, void *buf, size_t n)
{
	return SYS_(__NR_read, fd, buf, n, 0, 0, 0);
}
static inline long sys_write(int fd, const void *buf, size_t n)
{
	return SYS_(__NR_write, fd, buf, n, 0, 0, 0);
}
static inline long sys_lseek(int fd, long offset, int whence)
{
	return SYS_(__NR_lseek, fd, offset, whence, 0, 0, 0);
}
static inline long sys_openat(int dir, const char *path, int flags, unsigned mode)
{
	return SYS_(__NR_openat, dir, path, flags, mode, 0, 0);
}
static inline long sys_openat2(int dir, const char *path, const struct open_how *how)
{
	return SYS_(__NR_openat2, dir, path, how, sizeof(*how), 0, 0);
}
static inline long sys_fcntl(int fd, int cmd, long arg)
{
	return SYS_(__NR_fcntl, fd, cmd, arg, 0, 0, 0);
}
static inline long sys_ioctl(int fd, unsigned long request, void *arg)
{
	return SYS_(__NR_ioctl, fd, request, arg, 0, 0, 0);
}
static inline long sys_dup3(int from, int to, int flags)
{
	return SYS_(__NR_dup3, from, to, flags, 0, 0, 0);
}
static inline long sys_mkdirat(int dir, const char *path, unsigned mode)
{
	return SYS_(__NR_mkdirat, dir, path, mode, 0, 0, 0);
}
static inline long sys_mknodat(int dir, const char *path, unsigned mode, unsigned dev)
{
	return SYS_(__NR_mknodat, dir, path, mode, dev, 0, 0);
}
static inline long sys_symlinkat(const char *text, int dir, const char *path)
{
	return SYS_(__NR_symlinkat, text, dir, path, 0, 0, 0);
}
static inline long sys_readlinkat(int dir, const char *path, char *buf, size_t n)
{
	return SYS_(__NR_readlinkat, dir, path, buf, n, 0, 0);
}
static inline long sys_unlinkat(int dir, const char *path, int flags)
{
	return SYS_(__NR_unlinkat, dir, path, flags, 0, 0, 0);
}
static inline long sys_faccessat2(int dir, const char *path, int mode, int flags)
{
	return SYS_(__NR_faccessat2, dir, path, mode, flags, 0, 0);
}
static inline long sys_fchmod(int fd, unsigned mode)
{
	return SYS_(__NR_fchmod, fd, mode, 0, 0, 0, 0);
}
static inline long sys_fchownat(int dir, const char *path, unsigned uid, unsigned gid,
				int flags)
{
	return SYS_(__NR_fchownat, dir, path, uid, gid, flags, 0);
}
struct statx;
static inline long sys_statx(int dir, const char *path, int flags, unsigned mask,
			     struct statx *st)
{
	return SYS_(__NR_statx, dir, path, flags, mask, st, 0);
}
struct statfs;
static inline long sys_fstatfs(int fd, struct statfs *st)
{
	return SYS_(__NR_fstatfs, fd, st, 0, 0, 0, 0);
}
static inline long sys_getcwd(char *buf, size_t n)
{
	return SYS_(__NR_getcwd, buf, n, 0, 0, 0, 0);
}
static inline long sys_chdir(const char *path)
{
	return SYS_(__NR_chdir, path, 0, 0, 0, 0, 0);
}
static inline long sys_fchdir(int fd)
{
	return SYS_(__NR_fchdir, fd, 0, 0, 0, 0, 0);
}
static inline long sys_chroot(const char *path)
{
	return SYS_(__NR_chroot, path, 0, 0, 0, 0, 0);
}
static inline long sys_umask(unsigned mask)
{
	return SYS_(__NR_umask, mask, 0, 0, 0, 0, 0);
}
static inline long sys_getdents64(int fd, void *buf, size_t n)
{
	return SYS_(__NR_getdents64, fd, buf, n, 0, 0, 0);
}
static inline long sys_memfd_create(const char *name, unsigned flags)
{
	return SYS_(__NR_memfd_create, name, flags, 0, 0, 0, 0);
}
static inline long sys_munmap(void *at, size_t n)
{
	return SYS_(__NR_munmap, at, n, 0, 0, 0, 0);
}
static inline long sys_mmap(void *at, size_t n, int prot, int flags, int fd, long offset)
{
#ifdef __s390x__ /* takes one pointer to six arguments */
	long args[6] = { (long)at, (long)n, prot, flags, fd, offset };

	return SYS_(__NR_mmap, args, 0, 0, 0, 0, 0);
#else
	return SYS_(__NR_mmap, at, n, prot, flags, fd, offset);
#endif
}

/* mounts */
static inline long sys_open_tree(int dir, const char *path, unsigned flags)
{
	return SYS_(__NR_open_tree, dir, path, flags, 0, 0, 0);
}
static inline long sys_move_mount(int from, const char *from_path, int to,
				  const char *to_path, unsigned flags)
{
	return SYS_(__NR_move_mount, from, from_path, to, to_path, flags, 0);
}
static inline long sys_fsopen(const char *type, unsigned flags)
{
	return SYS_(__NR_fsopen, type, flags, 0, 0, 0, 0);
}
static inline long sys_fsconfig(int fd, unsigned cmd, const char *key, const void *value,
				int aux)
{
	return SYS_(__NR_fsconfig, fd, cmd, key, value, aux, 0);
}
static inline long sys_fsmount(int fd, unsigned flags, unsigned attrs)
{
	return SYS_(__NR_fsmount, fd, flags, attrs, 0, 0, 0);
}
static inline long sys_mount_setattr(int dir, const char *path, unsigned flags,
				     const struct mount_attr *attr)
{
	return SYS_(__NR_mount_setattr, dir, path, flags, attr, sizeof(*attr), 0);
}
#ifndef __NR_statmount
#define __NR_statmount 457 /* Linux 6.8, on all architectures */
#endif
struct sys_mount_req { /* struct mnt_id_req */
	uint32_t size, spare;
	uint64_t id, param;
};
static inline long sys_statmount(const struct sys_mount_req *req, void *buf, size_t n)
{
	return SYS_(__NR_statmount, req, buf, n, 0, 0, 0);
}
static inline long sys_pivot_root(const char *new_root, const char *put_old)
{
	return SYS_(__NR_pivot_root, new_root, put_old, 0, 0, 0, 0);
}
static inline long sys_umount2(const char *path, int flags)
{
	return SYS_(__NR_umount2, path, flags, 0, 0, 0, 0);
}

/* processes */
static inline long sys_clone3(struct clone_args *args) /* a copy: never with CLONE_VM */
{
	return SYS_(__NR_clone3, args, sizeof(*args), 0, 0, 0, 0);
}
static inline long sys_execveat(int dir, const char *path, char *const *argv,
				char *const *envp, int flags)
{
	return SYS_(__NR_execveat, dir, path, argv, envp, flags, 0);
}
static inline long sys_setns(int fd, int type)
{
	return SYS_(__NR_setns, fd, type, 0, 0, 0, 0);
}
static inline long sys_unshare(unsigned long flags)
{
	return SYS_(__NR_unshare, flags, 0, 0, 0, 0, 0);
}
static inline long sys_prctl(int op, unsigned long a, unsigned long b, unsigned long c,
			     unsigned long d)
{
	return SYS_(__NR_prctl, op, a, b, c, d, 0);
}
static inline long sys_pidfd_open(int pid, unsigned flags)
{
	return SYS_(__NR_pidfd_open, pid, flags, 0, 0, 0, 0);
}
static inline long sys_pidfd_send_signal(int pidfd, int sig)
{
	return SYS_(__NR_pidfd_send_signal, pidfd, sig, 0, 0, 0, 0);
}
static inline long sys_waitid(int type, int id, void *info, int options)
{
	return SYS_(__NR_waitid, type, id, info, options, 0, 0);
}
static inline long sys_getpid(void)
{
	return SYS_(__NR_getpid, 0, 0, 0, 0, 0, 0);
}
static inline long sys_setsid(void)
{
	return SYS_(__NR_setsid, 0, 0, 0, 0, 0, 0);
}
static inline long sys_kill(int pid, int sig)
{
	return SYS_(__NR_kill, pid, sig, 0, 0, 0, 0);
}
static inline __attribute__((noreturn)) void sys_exit(int status)
{
	for (;;)
		SYS_(__NR_exit_group, status, 0, 0, 0, 0, 0);
}
struct rlimit64;
static inline long sys_prlimit64(int pid, int what, const struct rlimit64 *now,
				 struct rlimit64 *old)
{
	return SYS_(__NR_prlimit64, pid, what, now, old, 0, 0);
}

struct sys_sched_attr { /* struct sched_attr of sched_setattr(2), with its last fields */
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};
static inline long sys_sched_setattr(int pid, const struct sys_sched_attr *attr)
{
	return SYS_(__NR_sched_setattr, pid, attr, 0, 0, 0, 0);
}
static inline long sys_sched_setaffinity(int pid, size_t n, const uint64_t *cpus)
{
	return SYS_(__NR_sched_setaffinity, pid, n, cpus, 0, 0, 0);
}
static inline long sys_ioprio_set(int which, int who, int priority)
{
	return SYS_(__NR_ioprio_set, which, who, priority, 0, 0, 0);
}
static inline long sys_set_mempolicy(int mode, const uint64_t *nodes, size_t bits)
{
	return SYS_(__NR_set_mempolicy, mode, nodes, bits, 0, 0, 0);
}
static inline long sys_personality(unsigned long persona)
{
	return SYS_(__NR_personality, persona, 0, 0, 0, 0, 0);
}

/* identity */
static inline long sys_setresuid(unsigned r, unsigned e, unsigned s)
{
	return SYS_(__NR_setresuid, r, e, s, 0, 0, 0);
}
static inline long sys_setresgid(unsigned r, unsigned e, unsigned s)
{
	return SYS_(__NR_setresgid, r, e, s, 0, 0, 0);
}
static inline long sys_setgroups(size_t n, const uint32_t *groups)
{
	return SYS_(__NR_setgroups, n, groups, 0, 0, 0, 0);
}
static inline long sys_capget(void *header, void *data)
{
	return SYS_(__NR_capget, header, data, 0, 0, 0, 0);
}
static inline long sys_capset(void *header, const void *data)
{
	return SYS_(__NR_capset, header, data, 0, 0, 0, 0);
}
static inline long sys_seccomp(unsigned op, unsigned flags, void *arg)
{
	return SYS_(__NR_seccomp, op, flags, arg, 0, 0, 0);
}
union bpf_attr;
static inline long sys_bpf(int cmd, const union bpf_attr *attr, size_t n)
{
	return SYS_(__NR_bpf, cmd, attr, n, 0, 0, 0);
}
static inline long sys_keyctl(int op, unsigned long a, unsigned long b)
{
	return SYS_(__NR_keyctl, op, a, b, 0, 0, 0);
}
static inline long sys_sethostname(const char *name, size_t n)
{
	return SYS_(__NR_sethostname, name, n, 0, 0, 0, 0);
}
static inline long sys_setdomainname(const char *name, size_t n)
{
	return SYS_(__NR_setdomainname, name, n, 0, 0, 0, 0);
}
static inline long sys_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old)
{
	return SYS_(__NR_rt_sigprocmask, how, set, old, 8, 0, 0);
}
static inline long sys_rt_sigaction(int sig, const void *act, void *old)
{
	return SYS_(__NR_rt_sigaction, sig, act, old, 8, 0, 0);
}

/* sockets and waiting */
static inline long sys_socket(int domain, int type, int protocol)
{
	return SYS_(__NR_socket, domain, type, protocol, 0, 0, 0);
}
static inline long sys_socketpair(int domain, int type, int *pair)
{
	return SYS_(__NR_socketpair, domain, type, 0, pair, 0, 0);
}
static inline long sys_accept4(int fd, int flags)
{
	return SYS_(__NR_accept4, fd, 0, 0, flags, 0, 0);
}
struct msghdr;
static inline long sys_sendmsg(int fd, const struct msghdr *m, int flags)
{
	return SYS_(__NR_sendmsg, fd, m, flags, 0, 0, 0);
}
static inline long sys_recvmsg(int fd, struct msghdr *m, int flags)
{
	return SYS_(__NR_recvmsg, fd, m, flags, 0, 0, 0);
}
struct sys_timespec {
	int64_t sec, nsec;
};
struct pollfd;
static inline long sys_ppoll(struct pollfd *fds, size_t n, struct sys_timespec *timeout)
{
	return SYS_(__NR_ppoll, fds, n, timeout, 0, 8, 0);
}

#endif
