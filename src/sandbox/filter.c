/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seccomp profile of a sandbox: all that programs use but for what attacks the kernel
 * through doors that they do not need. Runs in the program; pure.
 *
 * Theory. An allow list would be smaller and break programs with every new libc; the
 * namespaces, the missing capabilities and the mounts carry the weight, the filter takes
 * away attack surface.
 */
#include <linux/sched.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"
#include "src/sandbox/sandbox.h"

#define NO_SYSTEM_CALL 38 /* ENOSYS: programs then do it in another way */
#define NOT_PERMITTED  1  /* EPERM */

/* A program that asks for these gets along without them */
static const char missing[] =
	"clone3,io_uring_enter,io_uring_register,io_uring_setup,userfaultfd,"
	"keyctl,add_key,request_key";

static const char denied[] =
	"_sysctl,acct,adjtimex,bpf,chroot,clock_adjtime,clock_settime,delete_module,"
	"fanotify_init,fanotify_mark,finit_module,fsconfig,fsmount,fsopen,fspick,"
	"get_kernel_syms,get_mempolicy,init_module,ioperm,iopl,kcmp,kexec_file_load,"
	"kexec_load,lookup_dcookie,mbind,migrate_pages,modify_ldt,mount,"
	"mount_setattr,move_mount,move_pages,name_to_handle_at,nfsservctl,"
	"open_by_handle_at,open_tree,open_tree_attr,perf_event_open,pidfd_getfd,"
	"pivot_root,process_madvise,process_vm_readv,process_vm_writev,ptrace,"
	"quotactl,quotactl_fd,reboot,set_mempolicy,set_mempolicy_home_node,"
	"setdomainname,sethostname,setns,settimeofday,stime,swapoff,swapon,sysfs,"
	"syslog,umount,umount2,unshare,uselib,ustat,vhangup,vm86,vm86old,vmsplice";

static struct profile_call *add_calls(struct profile *p, const char *names, unsigned num,
				      struct arena *a)
{
	struct profile_call *call = list_add(a, &p->syscalls);

	call->names = str_split(a, names, ',');
	call->action = arena_strdup(a, "SCMP_ACT_ERRNO");
	call->errno_ret = (struct opt_u64){ .set = true, .v = num };
	return call;
}

static void add_arg(struct profile_call *call, uint64_t index, const char *op,
		    uint64_t value, uint64_t two, struct arena *a)
{
	*list_add(a, &call->args) = (struct profile_arg){
		.index = index,
		.value = value,
		.value_two = two,
		.op = arena_strdup(a, op),
	};
}

/* The kernel takes 32 bits of these arguments, whatever is above (CVE-2019-10063) */
#define LOW_32 0xffffffffULL

static void deny_value(struct profile *p, const char *name, uint64_t index,
		       uint64_t value, unsigned num, struct arena *a)
{
	struct profile_call *call = add_calls(p, name, num, a);

	add_arg(call, index, "SCMP_CMP_MASKED_EQ", LOW_32, value, a);
}

static void deny_bit(struct profile *p, const char *names, uint64_t index, uint64_t bit,
		     struct arena *a)
{
	add_arg(add_calls(p, names, NOT_PERMITTED, a), index, "SCMP_CMP_MASKED_EQ", bit,
		bit, a);
}

/* Typing into the terminal, pasting, and changing what it is */
static const uint64_t ioctls[] = {
	0x5412, /* TIOCSTI */
	0x541c, /* TIOCLINUX */
	0x5423, /* TIOCSETD */
	0x5602, /* VT_SETMODE */
	0x5606, /* VT_ACTIVATE */
};

static const uint64_t namespaces[] = {
	CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
	CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP,
};

/* Families that the default has: UNIX, IPv4, IPv6, and of netlink that of routes, by
 * which programs learn of addresses. AF_NETLINK 16. */
static void limit_sockets(struct profile *p, struct arena *a)
{
	static const uint64_t families[] = { 3,	 4,  5,	 6,  7,	 8,  9,	 11, 12, 13, 14,
					     15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
					     27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
					     38, 39, 40, 41, 42, 43, 44, 45 };
	struct profile_call *call;

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		deny_value(p, "socket,socketpair", 0, families[i], 97, a);
	call = add_calls(p, "socket,socketpair", 97, a);
	add_arg(call, 0, "SCMP_CMP_GT", 45, 0, a);
	/* NETLINK_ROUTE is 0 */
	call = add_calls(p, "socket,socketpair", 97, a);
	add_arg(call, 0, "SCMP_CMP_MASKED_EQ", LOW_32, AF_NETLINK, a);
	add_arg(call, 2, "SCMP_CMP_NE", 0, 0, a);
	/* SOCK_RAW and SOCK_PACKET; the kinds are the low four bits */
	call = add_calls(p, "socket", NOT_PERMITTED, a);
	add_arg(call, 0, "SCMP_CMP_NE", AF_NETLINK, 0, a);
	add_arg(call, 1, "SCMP_CMP_MASKED_EQ", 0xf, SOCK_RAW, a);
}

struct profile *sandbox_filter(struct arena *a)
{
	struct profile *p = arena_new(a, struct profile);

	p->default_action = arena_strdup(a, "SCMP_ACT_ALLOW");
	add_calls(p, missing, NO_SYSTEM_CALL, a);
	add_calls(p, denied, NOT_PERMITTED, a);
	for (size_t i = 0; i < ARRAY_LEN(ioctls); i++)
		deny_value(p, "ioctl", 1, ioctls[i], NOT_PERMITTED, a);
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		deny_bit(p, "clone", 0, namespaces[i], a);
	/* a file that others could execute with our rights */
	deny_bit(p, "chmod,fchmod", 1, 04000, a);
	deny_bit(p, "chmod,fchmod", 1, 02000, a);
	deny_bit(p, "fchmodat,fchmodat2", 2, 04000, a);
	deny_bit(p, "fchmodat,fchmodat2", 2, 02000, a);
	/* ADDR_NO_RANDOMIZE, MMAP_PAGE_ZERO, READ_IMPLIES_EXEC */
	deny_bit(p, "personality", 0, 0x0040000, a);
	deny_bit(p, "personality", 0, 0x0100000, a);
	deny_bit(p, "personality", 0, 0x0400000, a);
	limit_sockets(p, a);
	return p;
}
