/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What machines are told of a failure: its kind as a word, its errno, and what it is
 * about, all found in the text. The one table of codes and of what leads to them; the
 * page aril(8) explains each. Runs in the program.
 */
#include "src/out_keys.h"

#include <string.h>

#include "base/arena.h"

/* The texts are those that engines look for, too, so they do not change. The first row
 * that fits is taken. needle: a part of the text, "" is any; num: 0 is any. */
static const struct {
	const char *needle;
	int num;
	const char *code;
} rules[] = {
	/* whatever a hook or a unit has said comes first: it is in the text */
	{ " hook #", 0, "hook" },
	{ "container does not exist", 0, "container-not-found" },
	{ "container with given ID already exists", 0, "container-exists" },
	{ "container not running", 0, "container-not-running" },
	{ "cannot exec in a stopped container", 0, "container-not-running" },
	{ "cannot exec in a container that is not created", 0, "container-not-created" },
	{ "cannot exec in a paused container", 0, "container-paused" },
	{ "that is not stopped", 0, "container-not-stopped" },
	{ "cannot start a", 0, "container-not-created" },
	{ "container not paused", 0, "container-not-paused" },
	{ "container paused", 0, "container-paused" },
	{ "another command holds", 0, "container-busy" },
	{ "container init still running", 0, "container-stuck" },
	{ "wait until cgroup", 0, "container-stuck" },
	{ "wait until it is frozen", 0, "container-stuck" },
	{ "invalid container ID", 0, "invalid-id" },
	{ "state.json", 0, "state" },
	{ "OOM-killed", 0, "oom" },
	{ "executable file not found in $PATH", 0, "exec-not-found" },
	{ "no such file or directory", 0, "exec-not-found" },
	{ "permission denied", 0, "exec-denied" },
	{ "exec format error", 0, "exec-format" },
	{ "exec: \"", 0, "exec-failed" },
	{ "JSON specification file", ENOENT, "bundle-not-found" },
	{ "open bundle", 0, "bundle-not-found" },
	{ "File config.json exists", 0, "file-exists" },
	{ "find newuidmap", 0, "helper-missing" },
	{ "find newgidmap", 0, "helper-missing" },
	{ "needs the program", 0, "helper-missing" },
	{ "criu is not installed", 0, "helper-missing" },
	{ "installed: install the package", 0, "helper-missing" },
	{ "which speaks with systemd", 0, "helper-missing" },
	{ "which makes network devices", 0, "helper-missing" },
	{ "is not in the cgroup2 tree", 0, "unsupported" },
	{ "resctrl file system is not mounted", 0, "unsupported" },
	{ "is not enabled in cgroup", 0, "unsupported" },
	{ "not in this kernel", 0, "unsupported" },
	{ "this kernel has no", 0, "unsupported" },
	{ "has no cgroup", 0, "cgroup" },
	{ "cgroup is not empty", 0, "cgroup" },
	{ "cgroup unexpectedly frozen", 0, "cgroup" },
	{ "cgroup not exist", 0, "cgroup" },
	{ "rejecting memory", 0, "cgroup" },
	{ "aril-net (", 0, "network" },
	/* what is wrong in the words is EINVAL */
	{ "--net ", ENODEV, "network" },
	{ "--net ", EIO, "network" },
	{ "--net ", EADDRINUSE, "network" },
	{ "aril.net ", ENODEV, "network" },
	{ "aril.net ", EIO, "network" },
	{ "aril.net ", EADDRINUSE, "network" },
	{ "network namespace: open", 0, "network" },
	{ "connect to systemd", 0, "systemd" },
	{ "systemd's job", 0, "systemd" },
	{ "jobs of systemd", 0, "systemd" },
	{ "aril-systemd (", 0, "systemd" },
	{ "ask systemd", 0, "systemd" },
	{ "tell systemd", 0, "systemd" },
	{ "somebody else", EEXIST, "systemd" },
	{ "user's service manager", 0, "systemd" },
	{ "unable to stat preserved-fd", 0, "usage" },
	{ "ps arguments", EOPNOTSUPP, "usage" },
	{ "invalid root directory", 0, "usage" },
	{ "console socket", 0, "console" },
	{ "write to standard output", 0, "output" },
	{ "must be a directory of mode 0700", EPERM, "root-unsafe" },
	{ "nobody else may write to it", EPERM, "root-unsafe" },
};

/* Of system calls, where nothing else is known */
static const struct {
	int num;
	const char *code;
} numbers[] = {
	{ EPERM, "denied" },	   { EACCES, "denied" },
	{ EROFS, "denied" },	   { ETIMEDOUT, "timeout" },
	{ ENOMEM, "limit" },	   { ENOSPC, "limit" },
	{ EAGAIN, "limit" },	   { EMFILE, "limit" },
	{ ENFILE, "limit" },	   { EDQUOT, "limit" },
	{ ENOSYS, "unsupported" }, { EOPNOTSUPP, "unsupported" },
};

const struct out_code out_codes[] = {
	{ "usage", "the command line is wrong" },
	{ "invalid-id", "this cannot be the ID of a container" },
	{ "container-not-found", "there is no container of that ID" },
	{ "container-exists", "there is one of that ID already" },
	{ "container-not-created", "it was started already, or is not made yet" },
	{ "container-not-running", "it has not been started, or has ended" },
	{ "container-not-stopped", "it still runs" },
	{ "container-paused", "it is paused" },
	{ "container-not-paused", "it is not paused" },
	{ "container-busy", "another command changes it" },
	{ "container-stuck", "processes of it do not stop or end" },
	{ "bundle-not-found", "there is no bundle or no document in it" },
	{ "config", "the document is wrong, at the place config" },
	{ "config-refused", "the host refuses what the document asks for there" },
	{ "unsupported", "the kernel or its cgroup tree has no such thing" },
	{ "exec-not-found", "the program, or its interpreter, is not there" },
	{ "exec-denied", "the program may not be executed" },
	{ "exec-format", "the program is in no format that the kernel knows" },
	{ "exec-failed", "the program was not executed for another reason" },
	{ "hook", "a hook failed" },
	{ "oom", "memory.limit is too low to start" },
	{ "cgroup", "the cgroup is missing, in use, or refuses the limit" },
	{ "systemd", "systemd cannot be reached, or refuses" },
	{ "network", "the network could not be made" },
	{ "helper-missing", "a program that is needed is not installed" },
	{ "console", "the console socket cannot be used" },
	{ "root-unsafe", "the root, or a part of it, is not the caller's alone" },
	{ "state", "what is known of the container cannot be read" },
	{ "file-exists", "a file would be overwritten" },
	{ "output", "standard output takes no more" },
	{ "timeout", "something did not happen in time" },
	{ "limit", "memory, processes, files or keys are used up" },
	{ "denied", "a system call was denied, see errno" },
	{ "system", "a system call failed, see errno" },
	{ "failed", "none of these, see msg" },
};
const size_t out_codes_n = ARRAY_LEN(out_codes);

static const char *of_number(const struct err *e)
{
	if (!e->num || e->plain)
		return "failed";
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (e->num == numbers[i].num)
			return numbers[i].code;
	return "system";
}

/* A place in the document, or in its text: "line 3, column 4", "the document: ..." */
static bool is_about_document(const char *text)
{
	char pointer[256];

	return out_pointer(text, pointer, sizeof(pointer)) ||
	       strstr(text, "annotation ") || strstr(text, "the document") ||
	       strstr(text, "args must not be empty") || strstr(text, "Cwd must be") ||
	       strstr(text, "process property") ||
	       (strstr(text, "line ") && strstr(text, ", column "));
}

const char *out_code(const struct err *e, const char *phase)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strstr(e->text, rules[i].needle) &&
		    (!rules[i].num || rules[i].num == e->num))
			return rules[i].code;
	if (is_about_document(e->text))
		return e->plain || e->num == EINVAL ? "config" : "config-refused";
	if (phase && strcmp(phase, "options") == 0)
		return "usage";
	/* a sentence about what was wished, not about what happened */
	if (e->plain && e->num == EINVAL)
		return "usage";
	return of_number(e);
}

static bool is_member(const char *text)
{
	static const char *const members[] = { "annotations", "domainname", "hooks",
					       "hostname",    "linux",	    "mounts",
					       "ociVersion",  "process",    "root" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		size_t n = strlen(members[i]);

		if (strncmp(text, members[i], n) == 0 && strchr(".[: ", text[n]) &&
		    text[n])
			return true;
	}
	return false;
}

bool out_pointer(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	/* "/b/config.json: mounts[3] /proc: mount proc" */
	while (!is_member(text)) {
		text = strstr(text, ": ");
		if (!text)
			return false;
		text += 2;
	}
	buf[n++] = '/';
	for (; *text && *text != ' ' && *text != ':' && n + 1 < size; text++) {
		if (*text == '.' || *text == '[')
			buf[n++] = '/';
		else if (*text != ']')
			buf[n++] = *text;
	}
	buf[n] = '\0';
	return n > 1;
}

/* The file that the text is about: its first word that begins with a slash */
static bool first_path(const char *text, char *buf, size_t size)
{
	const char *at = text[0] == '/' ? text : strstr(text, " /");
	size_t n;

	if (!at)
		return false;
	at += *at == ' ';
	n = strcspn(at, " :,\"");
	if (n == 0 || n >= size)
		return false;
	memcpy(buf, at, n);
	buf[n] = '\0';
	return true;
}

void out_keys_find(struct out_keys *k, const struct err *e, const char *phase)
{
	*k = (struct out_keys){ .code = out_code(e, phase), .phase = phase };
	k->num = e->num;
	if (!first_path(e->text, k->path, sizeof(k->path)))
		k->path[0] = '\0';
	if (!out_pointer(e->text, k->config, sizeof(k->config)))
		k->config[0] = '\0';
}
