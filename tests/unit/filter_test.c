/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: what the compiled programs decide, run by a small interpreter for every
 * system call and by the kernel for some, and what the refusals say. The cache has its
 * own test. Needs no privileges: the kernel's part sets no_new_privs.
 */
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/sys.h"
#include "seccomp/filter.h"
#include "seccomp/raw.h"
#include "tests/unit/bpf.h"
#include "tests/unit/check.h"

static int compile(const char *json, struct arena *a, struct filter *f,
		   strings_t *unknown, struct err *e)
{
	struct profile *p = arena_new(a, struct profile);

	if (json_read(json, strlen(json), &profile_shape, p, a, e) < 0)
		return -1;
	return filter_compile(p, NULL, a, f, unknown, e);
}

static uint32_t verdict(const struct filter *f, const char *name, uint64_t a0,
			uint64_t a1)
{
	struct seccomp_data d = { .nr = seccomp_syscall_resolve_name(name),
				  .arch = seccomp_arch_native(),
				  .args = { a0, a1 } };

	return bpf_run(f->code, f->n, &d);
}

#define ALLOW  SECCOMP_RET_ALLOW
#define ERR(n) (SECCOMP_RET_ERRNO | (n))

static const char rules[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
	"{\"names\":[\"read\",\"no_such_call\",\"write\",\"vm86\"],\"action\":\"SCMP_ACT_"
	"ALLOW\"},"
	"{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\","
	" \"args\":[{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_EQ\"}]},"
	"{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\","
	" \"args\":[{\"index\":0,\"value\":4294967295,\"op\":\"SCMP_CMP_EQ\"}]},"
	"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\","
	" \"args\":[{\"index\":0,\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_"
	"MASKED_EQ\"}]},"
	"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,"
	" \"args\":[{\"index\":0,\"value\":16,\"op\":\"SCMP_CMP_EQ\"},"
	"           {\"index\":1,\"value\":3,\"op\":\"SCMP_CMP_NE\"}]},"
	"{\"names\":[\"dup2\",\"dup3\"],\"action\":\"SCMP_ACT_LOG\","
	" \"args\":[{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"},"
	"           {\"index\":0,\"value\":7,\"op\":\"SCMP_CMP_EQ\"}]},"
	"{\"names\":[\"lseek\"],\"action\":\"SCMP_ACT_TRAP\","
	" \"args\":[{\"index\":1,\"value\":4294967296,\"op\":\"SCMP_CMP_GT\"}]},"
	"{\"names\":[\"ftruncate\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":9,"
	" \"args\":[{\"index\":1,\"value\":4294967296,\"op\":\"SCMP_CMP_LE\"}]},"
	"{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ERRNO\"},"
	"{\"names\":[\"uname\"],\"action\":\"SCMP_ACT_KILL\"},"
	"{\"names\":[\"syslog\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	"{\"names\":[\"sync\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
	"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\"}]}";

static void test_verdicts(struct arena *a)
{
	static const struct {
		const char *name;
		uint64_t a0, a1;
		uint32_t want;
	} cases[] = {
		{ "write", 1, 2, ALLOW },
		{ "read", 0, 0, ALLOW }, /* of two rules, the first wins */
		{ "open", 0, 0, ERR(38) },
		{ "personality", 8, 0, ALLOW },
		{ "personality", 4294967295, 0, ALLOW },
		{ "personality", 1, 0, ERR(38) },
		{ "clone", 17, 0, ALLOW },
		{ "clone", 0x20000000, 0, ERR(38) },
		{ "socket", 16, 1, ERR(97) },
		{ "socket", 16, 3, ERR(38) }, /* both must hold */
		{ "socket", 1, 1, ERR(38) },
		{ "dup3", 5, 0, SECCOMP_RET_LOG }, /* one argument twice: either */
		{ "dup3", 7, 0, SECCOMP_RET_LOG },
		{ "dup3", 6, 0, ERR(38) },
		{ "lseek", 0, 4294967297, SECCOMP_RET_TRAP },
		{ "lseek", 0, 4294967296, ERR(38) },
		{ "lseek", 0, 1, ERR(38) },
		{ "ftruncate", 0, 4294967296, SECCOMP_RET_TRACE | 9 },
		{ "ftruncate", 0, 4294967297, ERR(38) },
		{ "getppid", 0, 0, ERR(1) }, /* EPERM unless given */
		{ "uname", 0, 0, SECCOMP_RET_KILL_THREAD },
		{ "syslog", 0, 0, SECCOMP_RET_KILL_PROCESS },
		{ "sync", 0, 0, ERR(38) }, /* equals the default */
	};
	strings_t unknown = { NULL, 0 };
	struct err e = ERR_NONE;
	struct filter f;

	if (!CHECK(compile(rules, a, &f, &unknown, &e) == 0, "the profile compiles: %s",
		   e.text))
		return;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t got = verdict(&f, cases[i].name, cases[i].a0, cases[i].a1);

		CHECK(got == cases[i].want, "%s(%llx, %llx): %x, %x is wanted",
		      cases[i].name, (long long)cases[i].a0, (long long)cases[i].a1, got,
		      cases[i].want);
	}
	CHECK(unknown.n == 1 && !strcmp(unknown.items[0], "no_such_call"),
	      "a name that nobody knows is reported, one of another machine is not");
	struct seccomp_data d = { .nr = 0, .arch = AUDIT_ARCH_M68K };

	CHECK(bpf_run(f.code, f.n, &d) == SECCOMP_RET_KILL_THREAD,
	      "another architecture's calls are not let through");
}

static void test_refusals(struct arena *a)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "{\"defaultAction\":\"SCMP_ACT_NONSENSE\"}",
		  "linux.seccomp.defaultAction: unknown action \"SCMP_ACT_NONSENSE\"" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultErrnoRet\":1}",
		  "linux.seccomp.defaultAction: errnoRet is given" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4096}",
		  "errnoRet 4096 is above 4095" },
		{ "{\"defaultAction\":\"SCMP_ACT_TRACE\",\"defaultErrnoRet\":65536}",
		  "errnoRet 65536 is above 65535" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_"
		  "Z80\"]}",
		  "linux.seccomp.architectures[0]: libseccomp" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"NO_FLAG\"]}",
		  "linux.seccomp.flags[0]: unknown flag \"NO_FLAG\"" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
		  "\"read\"],"
		  "\"action\":\"SCMP_ACT_KILL\",\"errnoRet\":1}]}",
		  "linux.seccomp.syscalls[0]: errnoRet is given" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
		  "\"read\"],"
		  "\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":6,\"value\":1,"
		  "\"op\":\"SCMP_CMP_EQ\"}]}]}",
		  "linux.seccomp.syscalls[0].args[0].index: 6 is above 5" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
		  "\"read\"],"
		  "\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":0,\"value\":1,"
		  "\"op\":\"==\"}]}]}",
		  "linux.seccomp.syscalls[0].args[0].op: unknown operator \"==\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_NONE;
		struct filter f;

		CHECK(compile(cases[i].json, a, &f, NULL, &e) == -1 && e.num &&
			      strstr(e.text, cases[i].text),
		      "refused: %s", e.text);
	}
}

static uint32_t flags_of(const char *flags, struct arena *a)
{
	struct err e = ERR_NONE;
	struct filter f = { .flags = 0 };
	char json[256];

	snprintf(json, sizeof(json), "{\"defaultAction\":\"SCMP_ACT_ALLOW\"%s}", flags);
	CHECK(compile(json, a, &f, NULL, &e) == 0, "flags %s compile (%s)", flags,
	      e.text);
	return f.flags;
}

static void test_flags(struct arena *a)
{
	strings_t list = filter_supported_flags(a);

	CHECK(flags_of("", a) == SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	      "absent flags: SPEC_ALLOW");
	CHECK(flags_of(",\"flags\":[]", a) == 0, "no flags: none");
	CHECK(flags_of(",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\",\"SECCOMP_FILTER_FLAG_"
		       "TSYNC\"]",
		       a) == (SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC),
	      "given flags: those");
#define NOTIFY ",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}]"
	CHECK(flags_of(NOTIFY, a) ==
		      (SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER),
	      "a call to listen to: a listener");
	CHECK(flags_of(NOTIFY ",\"flags\":[\"SECCOMP_FILTER_FLAG_TSYNC\"]", a) ==
		      SECCOMP_FILTER_FLAG_NEW_LISTENER,
	      "with it no TSYNC, which the kernel takes in another form only");
	CHECK(list.n >= 3, "the kernel takes %zu flags", list.n);
	CHECK(strchr(filter_library_version(), '.') != NULL, "the library is %s",
	      filter_library_version());
}

#define OLD                                                                              \
	"\"syscalls\":[{\"names\":[\"read\",\"no_such_call\"],\"action\":"               \
	"\"SCMP_ACT_ALLOW\"},{\"names\":[\"renameat2\"],\"action\":\"SCMP_ACT_ERRNO\"}]"

static uint32_t of_arch(const struct filter *f, uint32_t token, const char *name)
{
	struct seccomp_data d = { .nr = seccomp_syscall_resolve_name_arch(token, name),
				  .arch = token };

	return bpf_run(f->code, f->n, &d);
}

static void test_newer_verdicts(const struct filter *f)
{
	static const char *const newer[] = { "statx", "clone3", "openat2",
					     "close_range" };
	struct seccomp_data d = { .arch = seccomp_arch_native() };

	for (size_t i = 0; i < ARRAY_LEN(newer); i++) {
		CHECK(verdict(f, newer[i], 0, 0) == ERR(ENOSYS), "%s is newer", newer[i]);
		CHECK(of_arch(f, SCMP_ARCH_X86, newer[i]) == ERR(ENOSYS),
		      "also as a call of i386");
		CHECK(of_arch(f, SCMP_ARCH_AARCH64, newer[i]) == ERR(ENOSYS),
		      "and of aarch64");
	}
	CHECK(verdict(f, "read", 0, 0) == ALLOW, "what has a rule is let through");
	CHECK(verdict(f, "unlinkat", 0, 0) == ERR(EPERM) &&
		      of_arch(f, SCMP_ARCH_X86, "unlinkat") == ERR(EPERM),
	      "what could have been named, and was not, is denied");
	CHECK(verdict(f, "renameat2", 0, 0) == ERR(EPERM),
	      "the newest that is named, too, though its rule changes nothing");
	d.nr = verdict(f, "read", 0, 0) == ALLOW ? 0x3fffffff : 0;
	CHECK(bpf_run(f->code, f->n, &d) == ERR(ENOSYS), "a number of the far future");
	d.nr = -1;
	CHECK(bpf_run(f->code, f->n, &d) != ERR(ENOSYS), "-1 is no call");
#ifdef __x86_64__
	d.nr = 0x40000000 + 600;
	CHECK(bpf_run(f->code, f->n, &d) == SECCOMP_RET_KILL_THREAD,
	      "x32, which the profile does not name, is refused as before");
#endif
}

static void test_newer(struct arena *a)
{
	static const char *const others[] = {
		"{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\"," OLD "}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\"," OLD "}",
		"{\"defaultAction\":\"SCMP_ACT_TRACE\"," OLD "}",
	};
	const uint32_t want[] = { SECCOMP_RET_KILL_PROCESS, ALLOW,
				  SECCOMP_RET_TRACE | EPERM };
	struct err e = ERR_NONE;
	struct filter f;

	CHECK(compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":"
		      "[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_AARCH64\"]"
		      "," OLD "}",
		      a, &f, NULL, &e) == 0,
	      "a profile of old names: %s", e.text);
	test_newer_verdicts(&f);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		CHECK(compile(others[i], a, &f, NULL, &e) == 0, "%s", others[i]);
		CHECK(verdict(&f, "clone3", 0, 0) == want[i], "another default is kept");
	}
	CHECK(compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\"}", a, &f, NULL, &e) == 0 &&
		      verdict(&f, "clone3", 0, 0) == ERR(EPERM),
	      "a profile that names nothing is of no age");
}

static void test_listener(struct arena *a)
{
	struct err e = ERR_NONE;
	struct filter f;

	CHECK(compile("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		      "{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"},"
		      "{\"names\":[\"sync\"],\"action\":\"SCMP_ACT_LOG\"},"
		      "{\"names\":[\"dup3\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":"
		      "[{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		      a, &f, NULL, &e) == 0,
	      "a profile with a listener: %s", e.text);
	CHECK(verdict(&f, "mkdir", 0, 0) == SECCOMP_RET_USER_NOTIF, "mkdir asks it");
	CHECK(filter_allows(&f, SYS_sendmsg) && filter_allows(&f, SYS_sync),
	      "what has no rule is let through, and what is only logged");
	CHECK(!filter_allows(&f, SYS_dup3), "what depends on arguments is not");
#ifdef SYS_mkdir
	CHECK(!filter_allows(&f, SYS_mkdir), "nor what the listener is asked");
#endif
}

/* Every system call of three machines in one profile, all but each seventh let through */
static char *engine_profile(struct arena *a)
{
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;

	json_start(&j, NULL);
	json_map_begin(&j);
	json_put_str(&j, "defaultAction", "SCMP_ACT_ERRNO");
	json_put_uint(&j, "defaultErrnoRet", 38);
	json_key(&j, "architectures");
	json_list_begin(&j);
	json_str(&j, "SCMP_ARCH_X86_64");
	json_str(&j, "SCMP_ARCH_X86");
	json_str(&j, "SCMP_ARCH_X32");
	json_list_end(&j);
	json_key(&j, "syscalls");
	json_list_begin(&j);
	json_map_begin(&j);
	json_put_str(&j, "action", "SCMP_ACT_ALLOW");
	json_key(&j, "names");
	json_list_begin(&j);
	for (int nr = 0; nr < 470; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);

		if (name && nr % 7)
			json_str(&j, name);
		free(name);
	}
	json_list_end(&j);
	json_map_end(&j);
	json_list_end(&j);
	json_map_end(&j);
	return arena_strdup(a, json_text(&j, NULL, &e));
}

static void test_every_call(struct arena *a)
{
	struct err e = ERR_NONE;
	struct filter f;
	int wrong = 0, calls = 0;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		CHECK_SKIP("the profile of three machines is for x86_64");
		return;
	}
	if (!CHECK(compile(engine_profile(a), a, &f, NULL, &e) == 0,
		   "an engine's profile: %s", e.text))
		return;
	for (int nr = 0; nr < 470; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);
		struct seccomp_data d = { .nr = nr, .arch = AUDIT_ARCH_X86_64 };
		uint32_t want = name && nr % 7 ? ALLOW : ERR(38);
		int other = name ? seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name)
				 : -1;

		calls += name != NULL;
		wrong += bpf_run(f.code, f.n, &d) != want;
		d.arch = AUDIT_ARCH_I386;
		d.nr = other;
		/* socketcall and ipc stand for several of their names: any lets them in
		 */
		if (other >= 0 && other != 102 && other != 117)
			wrong += bpf_run(f.code, f.n, &d) != want;
		free(name);
	}
	CHECK(calls > 300 && wrong == 0, "%d calls, %d wrong verdicts, %d instructions",
	      calls, wrong, f.n);
}

/* In the child: load, then try. The exit status is the number of the first wrong
 * answer. */
static void try_filter(const struct filter *f)
{
	struct sock_fprog prog = { .len = f->n, .filter = f->code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(1);
	if (sys_seccomp(SECCOMP_SET_MODE_FILTER, f->flags, &prog) != 0)
		_exit(2);
	if (syscall(SYS_getppid) != -1 || errno != EPERM)
		_exit(3);
	if (sys_mkdirat(-1, "x", 0) != -77)
		_exit(4);
	if (socket(AF_UNIX, SOCK_DGRAM, 0) != -1 || errno != 97)
		_exit(5);
	if (socket(AF_UNIX, SOCK_STREAM, 0) < 0)
		_exit(6);
	syscall(SYS_syslog, 0, 0, 0);
	_exit(7);
}

static void test_kernel(struct arena *a)
{
	static const char json[] =
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		"{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ERRNO\"},"
		"{\"names\":[\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":77},"
		"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,"
		"\"args\":["
		"{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
		"{\"index\":1,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		"{\"names\":[\"syslog\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"}]}";
	struct err e = ERR_NONE;
	struct filter f;
	int status = -1;
	pid_t pid;

	if (!CHECK(compile(json, a, &f, NULL, &e) == 0, "a profile to load: %s", e.text))
		return;
	pid = fork();
	if (pid == 0)
		try_filter(&f);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
	      "the kernel decides as the profile says (status %x)", status);
}

/* More than 4096 instructions: an error of ours, not one from inside the container */
static void test_too_long(struct arena *a)
{
	size_t size = 1 << 20, n = 0;
	struct err e = ERR_NONE;
	char *json = arena_get(a, size);
	struct filter f;

	n += (size_t)snprintf(json, size,
			      "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[");
	for (int i = 0; i < 4000; i++)
		n += (size_t)snprintf(
			json + n, size - n,
			"%s{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_ERRNO\","
			"\"args\":[{\"index\":1,\"value\":%d000000007,"
			"\"op\":\"SCMP_CMP_EQ\"}]}",
			i ? "," : "", i + 1);
	snprintf(json + n, size - n, "]}");
	CHECK(compile(json, a, &f, NULL, &e) == -1 && e.num == E2BIG, "too long: %s (%d)",
	      e.text, f.n);
}

static void test_raw(struct arena *a)
{
	static const struct {
		const char *base64, *says;
	} bad[] = {
		{ "", "0 bytes are not 1 to 4096 instructions of 8 bytes" },
		{ "AAAA", "3 bytes are not" },
		{ "IAAAAAAAAAA", "is not base64" },
		{ "IAAAAAAAAA==", "7 bytes are not" },
		{ "IAAAAAAAA===", "is not base64" },
		{ "IAAAAAAAAA=A", "is not base64" },
		{ "IA==AAAAAAA=", "is not base64" },
		{ "IAAA AAAAAA=", "is not base64" },
		{ "IAAA_-AAAAA=", "is not base64" },
		{ "IAAAAAAAAAB=", "is not base64" },
	};
	struct filter f = { 0 };
	struct err e = ERR_NONE;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		e = (struct err)ERR_NONE;
		CHECK(filter_raw(bad[i].base64, a, &f, &e) == -1 &&
			      strstr(e.text, bad[i].says),
		      "bytes \"%s\": %s", bad[i].base64, e.text);
	}
	if (!CHECK(filter_raw("IAAAAAQAAAAGAAAAAAD/fw==", a, &f, &e) == 0, "bytes: %s",
		   e.text))
		return;
	CHECK(f.n == 2 && f.flags == 0 && f.code[0].code == 0x20 && f.code[0].k == 4 &&
		      f.code[1].code == 0x06 && f.code[1].k == SECCOMP_RET_ALLOW,
	      "two instructions");
}

int main(void)
{
	struct arena a;
	struct err e = ERR_NONE;

	if (arena_open(&a, false, &e) < 0)
		return 99;
	test_verdicts(&a);
	test_refusals(&a);
	test_flags(&a);
	test_listener(&a);
	test_newer(&a);
	test_every_call(&a);
	test_kernel(&a);
	test_too_long(&a);
	test_raw(&a);
	arena_done(&a);
	return check_done();
}
