/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tables behind words.h, and the lists that filter.h gives of them. The document's
 * words themselves stand in profile.h only. Runs in the program.
 */
#include "seccomp/words.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "base/sys.h"
#include "seccomp/filter.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif

/* Architectures that libseccomp knows since 2.5 and 2.6. 0 is SCMP_ARCH_NATIVE, which has
 * no word in documents: this one does not know it. */
#ifndef SCMP_ARCH_RISCV64
#define SCMP_ARCH_RISCV64 0
#endif
#ifndef SCMP_ARCH_LOONGARCH64
#define SCMP_ARCH_LOONGARCH64 0
#endif
#ifndef SCMP_ARCH_M68K
#define SCMP_ARCH_M68K 0
#endif
#ifndef SCMP_ARCH_SH
#define SCMP_ARCH_SH 0
#endif
#ifndef SCMP_ARCH_SHEB
#define SCMP_ARCH_SHEB 0
#endif

struct word {
	const char *word;
	uint32_t value;
};

static const struct word actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
	{ "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
};

#define OPERATOR(word) { "SCMP_CMP_" #word, SCMP_CMP_##word },
#define ARCH(word)     { "SCMP_ARCH_" #word, SCMP_ARCH_##word },
#define FLAG(word)     { "SECCOMP_FILTER_FLAG_" #word, SECCOMP_FILTER_FLAG_##word },
static const struct word operators[] = { PROFILE_OPERATORS(OPERATOR) };
static const struct word arches[] = { PROFILE_ARCHES(ARCH) };
static const struct word flags[] = { PROFILE_FLAGS(FLAG) };

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
	unsigned data_max = profile_errno_max(word);

	if (!found)
		return err_set(e, EINVAL, "%s: unknown action \"%s\"", path,
			       word ? word : "");
	if (errno_ret.set && !data_max)
		return err_set(e, EINVAL, "%s: errnoRet is given, but %s takes none",
			       path, word);
	if (data_max && data > data_max)
		return err_set(e, EINVAL, "%s: errnoRet %lu is above %u", path,
			       (unsigned long)data, data_max);
	*action = found->value | (data_max ? (uint32_t)data : 0);
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

	if (!found || !found->value)
		return false;
	*token = found->value;
	return true;
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

strings_t filter_actions(struct arena *a)
{
	strings_t list = { NULL, 0 };

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		*list_add(a, &list) = arena_strdup(a, actions[i].word);
	return list;
}

strings_t filter_arches(struct arena *a)
{
	strings_t list = { NULL, 0 };

	for (size_t i = 0; i < ARRAY_LEN(arches); i++)
		if (arches[i].value)
			*list_add(a, &list) = arena_strdup(a, arches[i].word);
	return list;
}

strings_t filter_supported_flags(struct arena *a)
{
	strings_t list = { arena_get(a, sizeof(char *)), 0 }; /* empty, not absent */

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
