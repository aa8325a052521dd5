/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The word tables. Runs in the program; pure. */
#include "libcontainer/spec/words.h"

#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/fmt.h"
#include "base/str.h"

/* In <linux/mempolicy.h> it is an enumerator since 6.9, so #ifndef can't tell */
#define MPOL_WEIGHTED_INTERLEAVE_ 6
/* Only a number that the kernel has set aside: sched_setattr(2) says EINVAL */
#define SCHED_ISO_		  4

#define W(constant)                                                                      \
	{                                                                                \
#constant, constant                                                      \
	}
#define WORDS(name, ...)                                                                 \
	static const struct word name##_items[] = { __VA_ARGS__ };                       \
	const struct words words_##name = { name##_items, ARRAY_LEN(name##_items) }

/* clang-format off */
WORDS(namespaces,
	{ "pid", CLONE_NEWPID }, { "network", CLONE_NEWNET }, { "mount", CLONE_NEWNS },
	{ "ipc", CLONE_NEWIPC }, { "uts", CLONE_NEWUTS }, { "user", CLONE_NEWUSER },
	{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME });

WORDS(caps,
	W(CAP_CHOWN), W(CAP_DAC_OVERRIDE), W(CAP_DAC_READ_SEARCH),
	W(CAP_FOWNER), W(CAP_FSETID), W(CAP_KILL),
	W(CAP_SETGID), W(CAP_SETUID), W(CAP_SETPCAP),
	W(CAP_LINUX_IMMUTABLE), W(CAP_NET_BIND_SERVICE), W(CAP_NET_BROADCAST),
	W(CAP_NET_ADMIN), W(CAP_NET_RAW), W(CAP_IPC_LOCK),
	W(CAP_IPC_OWNER), W(CAP_SYS_MODULE), W(CAP_SYS_RAWIO),
	W(CAP_SYS_CHROOT), W(CAP_SYS_PTRACE), W(CAP_SYS_PACCT),
	W(CAP_SYS_ADMIN), W(CAP_SYS_BOOT), W(CAP_SYS_NICE),
	W(CAP_SYS_RESOURCE), W(CAP_SYS_TIME), W(CAP_SYS_TTY_CONFIG),
	W(CAP_MKNOD), W(CAP_LEASE), W(CAP_AUDIT_WRITE),
	W(CAP_AUDIT_CONTROL), W(CAP_SETFCAP), W(CAP_MAC_OVERRIDE),
	W(CAP_MAC_ADMIN), W(CAP_SYSLOG), W(CAP_WAKE_ALARM),
	W(CAP_BLOCK_SUSPEND), W(CAP_AUDIT_READ), W(CAP_PERFMON),
	W(CAP_BPF), W(CAP_CHECKPOINT_RESTORE));

WORDS(rlimits,
	W(RLIMIT_AS), W(RLIMIT_CORE), W(RLIMIT_CPU),
	W(RLIMIT_DATA), W(RLIMIT_FSIZE), W(RLIMIT_LOCKS),
	W(RLIMIT_MEMLOCK), W(RLIMIT_MSGQUEUE), W(RLIMIT_NICE),
	W(RLIMIT_NOFILE), W(RLIMIT_NPROC), W(RLIMIT_RSS),
	W(RLIMIT_RTPRIO), W(RLIMIT_RTTIME), W(RLIMIT_SIGPENDING),
	W(RLIMIT_STACK));

/* With an r in front: for the whole tree */
WORDS(propagation,
	{ "private", MS_PRIVATE }, { "shared", MS_SHARED }, { "slave", MS_SLAVE },
	{ "unbindable", MS_UNBINDABLE }, { "rprivate", MS_PRIVATE | MS_REC },
	{ "rshared", MS_SHARED | MS_REC }, { "rslave", MS_SLAVE | MS_REC },
	{ "runbindable", MS_UNBINDABLE | MS_REC });

/* u: an unbuffered character device, which Linux does not tell apart */
WORDS(device_types,
	{ "c", S_IFCHR }, { "u", S_IFCHR }, { "b", S_IFBLK }, { "p", S_IFIFO });

/* The second names of a number come last, so that word_name() finds the usual one */
WORDS(signals,
	W(SIGHUP), W(SIGINT), W(SIGQUIT), W(SIGILL), W(SIGTRAP),
	W(SIGABRT), W(SIGBUS), W(SIGFPE), W(SIGKILL), W(SIGUSR1),
	W(SIGSEGV), W(SIGUSR2), W(SIGPIPE), W(SIGALRM), W(SIGTERM),
	W(SIGSTKFLT), W(SIGCHLD), W(SIGCONT), W(SIGSTOP), W(SIGTSTP),
	W(SIGTTIN), W(SIGTTOU), W(SIGURG), W(SIGXCPU), W(SIGXFSZ),
	W(SIGVTALRM), W(SIGPROF), W(SIGWINCH), W(SIGIO), W(SIGPWR),
	W(SIGSYS), W(SIGIOT), W(SIGPOLL), W(SIGCLD));

WORDS(schedulers,
	{ "SCHED_OTHER", SCHED_NORMAL }, W(SCHED_FIFO), W(SCHED_RR), W(SCHED_BATCH),
	{ "SCHED_ISO", SCHED_ISO_ }, W(SCHED_IDLE), W(SCHED_DEADLINE));

WORDS(sched_flags,
	W(SCHED_FLAG_RESET_ON_FORK), W(SCHED_FLAG_RECLAIM), W(SCHED_FLAG_DL_OVERRUN),
	W(SCHED_FLAG_KEEP_POLICY), W(SCHED_FLAG_KEEP_PARAMS),
	W(SCHED_FLAG_UTIL_CLAMP_MIN), W(SCHED_FLAG_UTIL_CLAMP_MAX));

WORDS(io_classes,
	W(IOPRIO_CLASS_RT), W(IOPRIO_CLASS_BE), W(IOPRIO_CLASS_IDLE));

WORDS(mempolicies,
	W(MPOL_DEFAULT), W(MPOL_BIND), W(MPOL_INTERLEAVE),
	{ "MPOL_WEIGHTED_INTERLEAVE", MPOL_WEIGHTED_INTERLEAVE_ },
	W(MPOL_PREFERRED), W(MPOL_PREFERRED_MANY), W(MPOL_LOCAL));

WORDS(mempolicy_flags,
	W(MPOL_F_NUMA_BALANCING), W(MPOL_F_RELATIVE_NODES), W(MPOL_F_STATIC_NODES));

WORDS(personalities,
	{ "LINUX", PER_LINUX }, { "LINUX32", PER_LINUX32 });

WORDS(clocks,
	{ "monotonic", CLOCK_MONOTONIC }, { "boottime", CLOCK_BOOTTIME });
/* clang-format on */

long word_find(const struct words *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->items[i].name, name) == 0)
			return w->items[i].value;
	return -1;
}

const char *word_name(const struct words *w, long value)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].value == value)
			return w->items[i].name;
	return NULL;
}

char *word_list(const struct words *w, char *buf, size_t size)
{
	size_t at = 0;

	if (size)
		buf[0] = '\0';
	for (size_t i = 0; i < w->n && at < size; i++)
		at += fmt_text(buf + at, size - at, "%s%s", i ? ", " : "",
			       w->items[i].name);
	return buf;
}

/* What the libc's of a container's programs call SIGRTMIN: the kernel's 32 and 33 are
 * theirs for threads */
#define SIGNAL_RTMIN 34
#define SIGNAL_RTMAX 64

/* "", "+3" or "-1" behind RTMIN or RTMAX */
static int realtime_signal(int base, const char *text)
{
	uint64_t n = 0;
	int number;

	if (text[0] && ((text[0] != '+' && text[0] != '-') ||
			!str_u64(text + 1, SIGNAL_RTMAX - SIGNAL_RTMIN, &n)))
		return -1;
	number = base + (text[0] == '-' ? -(int)n : (int)n);
	return number >= SIGNAL_RTMIN && number <= SIGNAL_RTMAX ? number : -1;
}

int signal_find(const char *text)
{
	uint64_t number;

	if (str_u64(text, SIGNAL_RTMAX, &number))
		return (int)number;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	if (strncasecmp(text, "RTMIN", 5) == 0)
		return realtime_signal(SIGNAL_RTMIN, text + 5);
	if (strncasecmp(text, "RTMAX", 5) == 0)
		return realtime_signal(SIGNAL_RTMAX, text + 5);
	for (size_t i = 0; i < words_signals.n; i++)
		if (strcasecmp(words_signals.items[i].name + 3, text) == 0)
			return (int)words_signals.items[i].value;
	return -1;
}
