/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcontainer/spec/words, sysctl names, and the names of network devices */
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <signal.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "libcontainer/spec/numbers.h"
#include "libcontainer/spec/sysctl.h"
#include "libcontainer/spec/words.h"
#include "netns/devices.h"
#include "tests/unit/check.h"

static void test_words(void)
{
	char list[128], small[8];

	CHECK(words_namespaces.n == 8, "eight namespaces");
	CHECK(word_find(&words_namespaces, "mount") == CLONE_NEWNS, "mount");
	CHECK(word_find(&words_namespaces, "time") == CLONE_NEWTIME, "time");
	CHECK(word_find(&words_namespaces, "Mount") == -1, "words are exact");
	CHECK(word_find(&words_namespaces, "") == -1, "an empty word is none");
	CHECK_STR(word_name(&words_namespaces, CLONE_NEWCGROUP), "cgroup",
		  "from the number");
	CHECK(!word_name(&words_namespaces, 12345), "an unknown number");
	CHECK_STR(word_list(&words_namespaces, list, sizeof(list)),
		  "pid, network, mount, ipc, uts, user, cgroup, time", "all in a list");
	CHECK_STR(word_list(&words_namespaces, small, sizeof(small)), "pid, ne",
		  "cut to fit");
	CHECK(words_caps.n == CAP_LAST_CAP + 1, "all capabilities that the headers know");
	for (size_t i = 0; i < words_caps.n; i++) {
		const char *name = words_caps.items[i].name;
		char *known = cap_to_name((cap_value_t)i); /* libcap's, in lower case */

		CHECK(words_caps.items[i].value == (long)i && !strcasecmp(name, known),
		      "%s is capability %zu", name, i);
		cap_free(known);
	}
	CHECK(word_find(&words_caps, "CAP_SYS_ADMIN") == CAP_SYS_ADMIN, "a capability");
	CHECK(words_rlimits.n == 16, "sixteen rlimits");
	CHECK(word_find(&words_propagation, "rslave") == (MS_SLAVE | MS_REC), "rslave");
	CHECK(word_find(&words_device_types, "u") == S_IFCHR, "u is c");
	CHECK(word_find(&words_mempolicies, "MPOL_LOCAL") == 4 &&
		      word_find(&words_mempolicies, "MPOL_WEIGHTED_INTERLEAVE") == 6,
	      "memory policies");
	CHECK(word_find(&words_schedulers, "SCHED_DEADLINE") == 6, "schedulers");
}

static void test_signals(void)
{
	static const struct {
		const char *text;
		int number;
	} cases[] = {
		{ "9", 9 },
		{ "0", 0 },
		{ "64", 64 },
		{ "65", -1 },
		{ "-1", -1 },
		{ "9x", -1 },
		{ "+9", -1 },
		{ " 9", -1 },
		{ "", -1 },
		{ "KILL", SIGKILL },
		{ "SIGKILL", SIGKILL },
		{ "sigkill", SIGKILL },
		{ "Term", SIGTERM },
		{ "SIGSIGKILL", -1 },
		{ "SIG", -1 },
		{ "SIG9", -1 },
		{ "WINCH", SIGWINCH },
		{ "IOT", SIGABRT },
		{ "CLD", SIGCHLD },
		{ "RTMIN", 34 },
		{ "SIGRTMIN+3", 37 },
		{ "rtmin+30", 64 },
		{ "RTMIN+31", -1 },
		{ "RTMIN-1", -1 },
		{ "RTMAX", 64 },
		{ "RTMAX-30", 34 },
		{ "RTMAX-31", -1 },
		{ "RTMAX+1", -1 },
		{ "RTMIN+", -1 },
		{ "RTMIN+ 1", -1 },
		{ "RTMIN3", -1 },
		{ "RTMIN+99999999999999999999", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(signal_find(cases[i].text) == cases[i].number,
		      "signal \"%s\" is %d", cases[i].text, cases[i].number);
	for (int n = 1; n < 32; n++)
		CHECK(word_name(&words_signals, n) &&
			      signal_find(word_name(&words_signals, n)) == n,
		      "signal %d has a name", n);
	CHECK_STR(word_name(&words_signals, SIGABRT), "SIGABRT",
		  "the usual name of a number with two");
	CHECK(!word_name(&words_signals, 0) && !word_name(&words_signals, 34),
	      "others have none");
}

static void test_sysctl(void)
{
	static const struct {
		const char *name, *path;
	} cases[] = {
		{ "net.ipv4.ip_forward", "net/ipv4/ip_forward" },
		{ "net/ipv4/ip_forward", "net/ipv4/ip_forward" },
		{ "net.ipv4.conf.eth0/100.forwarding",
		  "net/ipv4/conf/eth0.100/forwarding" },
		{ "net/ipv4/conf/eth0.100/forwarding",
		  "net/ipv4/conf/eth0.100/forwarding" },
		{ "kernel", "kernel" },
		{ "", NULL },
		{ ".", NULL },
		{ "net..x", NULL },
		{ "net.x.", NULL },
		{ ".net.x", NULL },
		{ "/net/x", NULL },
		{ "net/../kernel/core_pattern", NULL },
		{ "net.//.kernel.core_pattern", NULL },
		{ "net./.kernel", NULL },
		{ "net/./x", NULL },
		{ "net/...", "net/..." },
	};
	char path[SYSCTL_PATH_MAX], small[8];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool ok = sysctl_path(cases[i].name, path, sizeof(path));

		CHECK_STR(ok ? path : NULL, cases[i].path, "setting \"%s\"",
			  cases[i].name);
	}
	CHECK(!sysctl_path("net.ipv4", small, sizeof(small)), "one that does not fit");
	CHECK(sysctl_path("net.ipv", small, sizeof(small)), "one that just fits");
}

static void test_netdev_names(void)
{
	static const struct {
		const char *name;
		bool template, fine;
	} cases[] = {
		{ "eth0", false, true },
		{ "", false, false },
		{ ".", false, false },
		{ "..", false, false },
		{ "a/b", false, false },
		{ "a:b", false, false },
		{ "a b", false, false },
		{ "a\tb", false, false },
		{ "123456789012345", false, true },
		{ "1234567890123456", false, false },
		{ "eth%d", false, false },
		{ "eth%d", true, true },
		{ "e%dh%d", true, false },
		{ "eth%s", true, false },
		{ "eth%", true, false },
		{ "e.100", false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(!netdev_name_mistake(cases[i].name, cases[i].template) ==
			      cases[i].fine,
		      "device name \"%s\"%s", cases[i].name,
		      cases[i].template ? " as a template" : "");
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		uint64_t low, high; /* both 0: refused */
	} lists[] = {
		{ "0", 1, 0 },
		{ "0-3,7", 0x8f, 0 },
		{ " 1 , 2-2 ,", 6, 0 },
		{ ",,5", 0x20, 0 },
		{ "63-64", 1ULL << 63, 1 },
		{ "127", 0, 1ULL << 63 },
		{ "0-127", UINT64_MAX, UINT64_MAX },
		{ "128", 0, 0 },
		{ "0-128", 0, 0 },
		{ "3-1", 0, 0 },
		{ "", 0, 0 },
		{ " , ", 0, 0 },
		{ "1-", 0, 0 },
		{ "-1", 0, 0 },
		{ "1-2-3", 0, 0 },
		{ "1 2", 0, 0 },
		{ "0x1", 0, 0 },
		{ "18446744073709551616", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		uint64_t bits[2] = { 0, 0 };
		bool good = lists[i].low || lists[i].high;
		bool read = numbers_read(lists[i].text, 128, bits);

		CHECK(read == good &&
			      (!good || (bits[0] == lists[i].low &&
					 bits[1] == lists[i].high)),
		      "the list \"%s\"", lists[i].text);
	}
}

int main(void)
{
	test_words();
	test_signals();
	test_sysctl();
	test_netdev_names();
	test_numbers();
	return check_done();
}
