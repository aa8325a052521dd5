/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of words. Runs in the program. */
#include "seccomp/words.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "base/sys.h"
#include "seccomp/filter.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif

#define ERRNO_MAX 4095	 /* the kernel cuts larger ones */
#define TRACE_MAX 0xffff /* SECCOMP_RET_DATA */

struct word {
	const char *word;
	uint32_t value;
	uint32_t data_max; /* of an action: the largest number beside it; 0: none */
};

static const struct word actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, 0 },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), ERRNO_MAX },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, 0 },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, 0 },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, 0 },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG, 0 },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), TRACE_MAX },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, 0 },
};
const char *const filter_actions[] = {
	"SCMP_ACT_ALLOW",
	"SCMP_ACT_ERRNO",
	"SCMP_ACT_KILL",
	"SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_KILL_THREAD",
	"SCMP_ACT_LOG",
	"SCMP_ACT_TRACE",
	"SCMP_ACT_TRAP",
	NULL,
};
_Static_assert(ARRAY_LEN(filter_actions) == ARRAY_LEN(actions) + 1, "one row each");

static const struct word operators[] = {
	{ "SCMP_CMP_NE", SCMP_CMP_NE, 0 }, { "SCMP_CMP_LT", SCMP_CMP_LT, 0 },
	{ "SCMP_CMP_LE", SCMP_CMP_LE, 0 }, { "SCMP_CMP_EQ", SCMP_CMP_EQ, 0 },
	{ "SCMP_CMP_GE", SCMP_CMP_GE, 0 }, { "SCMP_CMP_GT", SCMP_CMP_GT, 0 },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ, 0 },
};
const char *const filter_operators[] = {
	"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",	    "SCMP_CMP_EQ",
	"SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ", NULL,
};
_Static_assert(ARRAY_LEN(filter_operators) == ARRAY_LEN(operators) + 1, "one row each");

#ifdef SCMP_ARCH_RISCV64 /* libseccomp 2.5 */
#define ARCHES_25(ARCH) ARCH(RISCV64)
#else
#define ARCHES_25(ARCH)
#endif
#if defined(SCMP_ARCH_LOONGARCH64) && defined(SCMP_ARCH_SH) /* libseccomp 2.6 */
#define ARCHES_26(ARCH) ARCH(LOONGARCH64) ARCH(M68K) ARCH(SH) ARCH(SHEB)
#else
#define ARCHES_26(ARCH)
#endif
#define ARCHES(ARCH)                                                                     \
	ARCH(X86) ARCH(X86_64) ARCH(X32) ARCH(ARM) ARCH(AARCH64) ARCH(MIPS) ARCH(MIPS64) \
	ARCH(MIPS64N32) ARCH(MIPSEL) ARCH(MIPSEL64) ARCH(MIPSEL64N32) ARCH(PPC)          \
	ARCH(PPC64) ARCH(PPC64LE) ARCH(S390) ARCH(S390X) ARCH(PARISC) ARCH(PARISC64)     \
	ARCHES_25(ARCH) ARCHES_26(ARCH)

#define ARCH_ROW(name) { "SCMP_ARCH_" #name, SCMP_ARCH_##name, 0 },
#define ARCH_WORD(name) "SCMP_ARCH_" #name,
static const struct word arches[] = { ARCHES(ARCH_ROW) };
const char *const filter_arches[] = { ARCHES(ARCH_WORD) NULL };

static const struct word flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC, 0 },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG, 0 },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0 },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, 0 },
};
const char *const filter_known_flags[] = {
	"SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_LOG",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	NULL,
};
_Static_assert(ARRAY_LEN(filter_known_flags) == ARRAY_LEN(flags) + 1, "one row each");

static const struct word *find(const struct word *table, size_t n, const char *word)
{
	for (size_t i = 0; word && i < n; i++)
		if (strcmp(table[i].word, word) == 0)
			return &table[i];
	return NULL;
}

int word_action(const char *word, struct opt_u64 errno_ret, uint32_t *action,
		const char *path, struct err *e)
{
	const struct word *found = find(actions, ARRAY_LEN(actions), word);
	uint64_t data = errno_ret.set ? errno_ret.v : EPERM;

	if (!found && word && strcmp(word, "SCMP_ACT_NOTIFY") == 0)
		return err_set(e, EOPNOTSUPP,
			       "%s: SCMP_ACT_NOTIFY needs a seccomp listener, "
			       "which this version does not offer",
			       path);
	if (!found)
		return err_set(e, EINVAL, "%s: unknown action \"%s\"", path,
			       word ? word : "");
	if (errno_ret.set && !found->data_max)
		return err_set(e, EINVAL, "%s: errnoRet is given, but %s takes none",
			       path, word);
	if (found->data_max && data > found->data_max)
		return err_set(e, EINVAL, "%s: errnoRet %lu is above %u", path,
			       (unsigned long)data, found->data_max);
	*action = found->value | (found->data_max ? (uint32_t)data : 0);
	return 0;
}

bool word_operator(const char *word, int *op)
{
	const struct word *found = find(operators, ARRAY_LEN(operators), word);

	if (found)
		*op = (int)found->value;
	return found != NULL;
}

bool word_arch(const char *word, uint32_t *token)
{
	const struct word *found = find(arches, ARRAY_LEN(arches), word);

	if (found)
		*token = found->value;
	return found != NULL;
}

bool word_flag(const char *word, uint32_t *flag)
{
	const struct word *found = find(flags, ARRAY_LEN(flags), word);

	if (found)
		*flag = found->value;
	return found != NULL;
}

/* Asked with no program: EFAULT says that the flags were fine. WAIT_KILLABLE_RECV is
 * refused without a listener. */
bool flag_supported(uint32_t flag)
{
	if (flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		flag |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, flag, NULL) == -EFAULT;
}

strings_t filter_supported_flags(struct arena *a)
{
	strings_t list = { arena_get(a, sizeof(char *)), 0 };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flag_supported(flags[i].value))
			*list_add(a, &list) = arena_strdup(a, flags[i].word);
	return list;
}

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
const char *filter_library_version(void)
{
	return TEXT(SCMP_VER_MAJOR) "." TEXT(SCMP_VER_MINOR) "." TEXT(SCMP_VER_MICRO);
}
