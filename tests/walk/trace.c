/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer: counts the system calls of aril and of its init, puts the one fault in its
 * place, and lets everything go. Runs on the host.
 *
 * Theory. Each process stops when it enters and when it leaves a call. To let a call
 * fail, its number is replaced by -1 when it is entered, and its result by the error when
 * it is left; but close(2) is made, for it gives the descriptor up whatever it says. From
 * then on nobody is traced any longer: whoever stops next is detached, and what comes
 * after the fault runs at full speed. Processes are numbered as they are born; one that
 * executes something else than init (the container's program, a hook, a helper) is let
 * go.
 */
#include "tests/walk/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                          \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |               \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)
#define CALL_STOP (SIGTRAP | 0x80)

static struct tracee *tracee_find(struct tracer *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].pid == pid)
			return &t->list[i];
	return NULL;
}

static struct tracee *tracee_add(struct tracer *t, pid_t pid)
{
	struct tracee *p = tracee_find(t, pid);

	if (p || t->n == MAX_TRACEES)
		return p;
	p = &t->list[t->n++];
	*p = (struct tracee){ .pid = pid, .process = t->processes++, .counts = true };
	return p;
}

void tracer_gone(struct tracer *t, pid_t pid)
{
	struct tracee *p = tracee_find(t, pid);

	if (p)
		*p = t->list[--t->n];
}

void tracer_begin(struct tracer *t, const struct fault *f)
{
	t->n = 0;
	t->processes = 0;
	t->active = true;
	t->waiting = false;
	t->fault = *f;
	t->hit = false;
	t->n_calls = 0;
}

void tracer_end(struct tracer *t)
{
	t->active = false;
	t->calls = NULL;
}

static void resume(pid_t pid, int sig)
{
	ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig);
}

static void let_go(struct tracer *t, pid_t pid, int sig)
{
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)sig);
	tracer_gone(t, pid);
}

bool tracer_seize(struct tracer *t, pid_t pid, bool is_init)
{
	struct tracee *p;

	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(long)OPTIONS) < 0)
		return false;
	p = tracee_add(t, pid);
	p->is_init = is_init;
	p->counts = is_init;
	/* it may sleep in a call: that is begun anew */
	return !is_init || ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0;
}

/* What is entered is none; what is left has failed. run.sh knows about other machines. */
#ifdef __x86_64__
static void call_skip(pid_t pid)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L);
}

static void call_fail(pid_t pid, int error)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), -(long)error);
}
#else
static void call_skip(pid_t pid)
{
	fprintf(stderr, "walk: process %d: only x86_64's registers are known\n", pid);
	exit(99);
}

static void call_fail(pid_t pid, int error)
{
	(void)error;
	call_skip(pid);
}
#endif

static const char *role_of(const struct tracee *p)
{
	if (p->process == 0)
		return "aril";
	return p->is_init ? "init" : "child";
}

static bool is_fault(const struct tracer *t, const struct tracee *p)
{
	return t->fault.error != FAULT_NONE && !t->hit &&
	       t->fault.process == p->process && t->fault.call == p->calls;
}

static void strike(struct tracer *t, struct tracee *p, long nr)
{
	t->hit = true;
	t->nr = nr;
	t->role = role_of(p);
	if (t->fault.error == FAULT_KILL) {
		kill(p->pid, SIGKILL);
		t->active = false;
		return;
	}
	p->hit = true;
	if (nr != SYS_close)
		call_skip(p->pid);
}

static void on_enter(struct tracer *t, struct tracee *p,
		     const struct __ptrace_syscall_info *info)
{
	long nr = (long)info->entry.nr;

	p->calls++;
	if (nr == SYS_execveat && (info->entry.args[4] & AT_EMPTY_PATH))
		p->next_init = true;
	if (t->calls && t->n_calls < MAX_CALLS)
		t->calls[t->n_calls++] = (struct call){ p->process, p->calls, nr };
	if (is_fault(t, p))
		strike(t, p, nr);
	else
		t->waiting |= p->is_init && nr == SYS_accept4;
}

static void on_call(struct tracer *t, struct tracee *p)
{
	struct __ptrace_syscall_info info;

	if (p->hit) {
		call_fail(p->pid, t->fault.error);
		t->active = false;
		let_go(t, p->pid, 0);
		return;
	}
	if (p->counts &&
	    ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) > 0 &&
	    info.op == PTRACE_SYSCALL_INFO_ENTRY)
		on_enter(t, p, &info);
	resume(p->pid, 0);
}

static void on_exec(struct tracer *t, struct tracee *p, int execs)
{
	p->execs++;
	if (p->process == 0 && !p->is_init) {
		p->counts = p->execs >= execs;
		resume(p->pid, 0);
	} else if (p->next_init) {
		p->next_init = false;
		p->is_init = true;
		resume(p->pid, 0);
	} else if (t->helpers && !p->is_init) {
		resume(p->pid, 0);
	} else {
		let_go(t, p->pid, 0);
	}
}

static void on_birth(struct tracer *t, struct tracee *p)
{
	unsigned long child = 0;
	pid_t pid = p->pid;

	/* the list may move */
	if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) == 0)
		tracee_add(t, (pid_t)child);
	resume(pid, 0);
}

void tracer_stopped(struct tracer *t, pid_t pid, int status, int execs)
{
	int sig = WSTOPSIG(status), event = (int)((unsigned)status >> 16);
	struct tracee *p = tracee_find(t, pid);

	/* aril may end while a call of init is about to fail: then it fails as well */
	if (p && p->hit && event == 0 && sig == CALL_STOP) {
		on_call(t, p);
		return;
	}
	if (!t->active || !(p = tracee_add(t, pid))) {
		let_go(t, pid, event || sig == CALL_STOP ? 0 : sig);
		return;
	}
	switch (event) {
	case 0:
		if (sig == CALL_STOP)
			on_call(t, p);
		else
			resume(pid, sig);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(t, p, execs);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_birth(t, p);
		break;
	default: /* the first stop of a new process */
		resume(pid, 0);
	}
}
