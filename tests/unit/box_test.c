/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boxes: ids, making and removing, state round trips, liveness, the start
 * socket. Needs no privileges. Runs in a directory of its own below TMPDIR.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "libcontainer/box/box.h"
#include "tests/unit/check.h"

struct fixture {
	char dir[64], root[96];
	struct arena a;
};

static mode_t mode_of(const char *dir, const char *name)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return lstat(path, &st) < 0 ? 0 : st.st_mode & 07777;
}

static void test_ids(void)
{
	static const char *const good[] = { "a", "A-b_c+d.e", "0", "x." };
	static const char *const bad[] = { "",	   ".",	  "..",	 ".hidden",  "a/b",
					   "../a", "a b", "a\n", "\xc3\xa4", "a:b" };
	char longest[258];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = ERR_NONE;

		CHECK(box_check_id(good[i], &e) == 0, "id \"%s\" is taken", good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_NONE;

		CHECK(box_check_id(bad[i], &e) == -1 &&
			      strstr(e.text, "invalid container ID format"),
		      "id \"%s\" is refused", bad[i]);
	}
	struct err e = ERR_NONE;

	memset(longest, 'x', sizeof(longest));
	longest[255] = '\0';
	CHECK(box_check_id(longest, &e) == 0, "an id of 255 bytes is taken");
	longest[255] = 'x';
	longest[256] = '\0';
	CHECK(box_check_id(longest, &e) == -1, "an id of 256 bytes is refused");
	CHECK(box_check_id(NULL, &e) == -1, "no id is refused");
}

static void test_roots(struct fixture *f)
{
	static const char *const bad[] = { "/", "//", "", "/..", "/proc/.." };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_NONE;
		struct box b;

		CHECK(box_make(&b, bad[i], "aril-box-test", &f->a, &e) == -1 &&
			      strstr(e.text, "invalid root directory"),
		      "root \"%s\" is refused by make", bad[i]);
		e.num = 0;
		CHECK(box_open(&b, bad[i], "tmp", false, true, &f->a, &e) == -1 &&
			      strstr(e.text, "invalid root directory"),
		      "root \"%s\" is refused by delete --force", bad[i]);
	}
	CHECK(access("/aril-box-test", F_OK) < 0, "nothing was made in /");
}

static void test_make(struct fixture *f)
{
	struct err e = ERR_NONE;
	struct box again;
	autobox b = BOX_NONE;

	umask(077);
	CHECK(box_make(&b, f->root, "one", &f->a, &e) == 0, "a box is made (%s)", e.text);
	umask(022);
	CHECK(mode_of(f->root, "") == 0700, "its root has the mode 0700");
	CHECK(mode_of(f->root, "one") == 0711, "it has the mode 0711 whatever the umask");
	CHECK(mode_of(f->root, "one/lock") == 0600, "its lock has the mode 0600");
	CHECK_STR(b.state.id, "one", "it knows its id");
	CHECK(strlen(b.state.created) == 30 && b.state.created[29] == 'Z',
	      "it knows when it was created: %s", b.state.created);
	CHECK(box_make(&again, f->root, "one", &f->a, &e) == -1 && e.num == EEXIST &&
		      strstr(e.text, "container with given ID already exists"),
	      "a second one of that name is refused");
	CHECK(box_open(&again, f->root, "one", false, false, &f->a, &e) == -1 &&
		      e.num == ENOENT && strstr(e.text, "container does not exist"),
	      "it does not exist for others before its state is saved");
	box_done(&b);
	CHECK(mode_of(f->root, "one") == 0, "it goes away unless it is kept");
	CHECK(box_open(&again, f->root, "one", true, false, &f->a, &e) == -1 &&
		      e.num == ENOENT && strstr(e.text, "container does not exist"),
	      "then it does not exist");
}

static void test_created_time(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	time_t before = time(NULL), after;
	struct tm tm = { 0 };

	box_make(&b, f->root, "timed", &f->a, &e);
	after = time(NULL);
	strptime(b.state.created, "%Y-%m-%dT%H:%M:%S", &tm);
	CHECK(timegm(&tm) >= before && timegm(&tm) <= after, "and it is now");
}

static struct box_state sample(struct arena *a)
{
	struct box_state s = {
		.oci_version = "1.2.0",
		.bundle = "/b/\"quoted\"",
		.rootfs = "/b/rootfs",
		.owner = "root",
		.cgroup_mount = "/sys/fs/cgroup",
		.cgroup_path = "/x/y",
		.cgroup_made = "/x",
		.ns_flags = 0x7e020000,
		.userns_setgroups_denied = true,
		.own_pidns = true,
	};
	struct pair *p = list_add(a, &s.annotations);

	p->key = "org.example/a";
	p->value = "line\nbreak \xe2\x82\xac";
	*list_add(a, &s.devices) = (struct res_device){ .type = "c", .access = "r" };
	return s;
}

static void test_state(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE, r = BOX_NONE;
	struct box_state s = sample(&f->a);
	char *json;

	box_make(&b, f->root, "state", &f->a, &e);
	s.id = b.state.id;
	s.created = "2026-01-02T15:04:05.000000000Z";
	b.state = s;
	CHECK(box_save(&b, &e) == 0, "the state is saved (%s)", e.text);
	CHECK(mode_of(f->root, "state/state.json") == 0600, "its file has the mode 0600");
	CHECK(box_open(&r, f->root, "state", false, false, &f->a, &e) == 0,
	      "and read (%s)", e.text);
	CHECK_STR(r.state.bundle, s.bundle, "the bundle comes back");
	CHECK_STR(r.state.cgroup_made, s.cgroup_made, "so does what was made");
	CHECK(r.state.ns_flags == s.ns_flags &&
		      r.state.userns_setgroups_denied && r.state.own_pidns &&
		      !r.state.is_created && r.state.pid == 0,
	      "so do numbers and flags");
	CHECK(r.state.annotations.n == 1, "and the annotations");
	CHECK_STR(r.state.annotations.items[0].value, "line\nbreak \xe2\x82\xac",
		  "with their text");
	CHECK(r.state.devices.n == 1 && !r.state.devices.items[0].allow &&
		      !r.state.devices.items[0].major.set,
	      "and the rules for devices");
	CHECK(box_status(&r) == BOX_CREATING, "the box is being created");
	b.state.pid = 7;
	json = box_state_json(&b, BOX_CREATED, true);
	CHECK_STR(json,
		  "{\n  \"ociVersion\": \"1.2.0\",\n  \"id\": \"state\",\n  \"pid\": 7,\n"
		  "  \"status\": \"created\",\n  \"bundle\": \"/b/\\\"quoted\\\"\",\n"
		  "  \"rootfs\": \"/b/rootfs\",\n"
		  "  \"created\": \"2026-01-02T15:04:05.000000000Z\",\n"
		  "  \"cgroupPath\": \"/x/y\",\n"
		  "  \"annotations\": {\n"
		  "    \"org.example/a\": \"line\\nbreak \xe2\x82\xac\"\n  },\n"
		  "  \"owner\": \"root\"\n}\n",
		  "state is printed as runc does");
	json = box_state_json(&b, BOX_STOPPED, false);
	CHECK(strstr(json, "\"pid\":0,\"status\":\"stopped\"") && !strchr(json, '\n'),
	      "a stopped one has the pid 0");
}

static void test_broken(struct fixture *f)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"{\"id\":\"other\",\"isCreated\":true}",
		"{\"id\":\"broken\",\"isCreated\":true,\"pid\":1e3}",
		"{\"id\":\"broken\",\"isCreated\":true,\"cgroupPath\":\"/x\"}",
	};
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;

	box_make(&b, f->root, "broken", &f->a, &e);
	box_unlock(&b);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct box r;

		file_replace(b.dir, "state.json", 0600, texts[i], strlen(texts[i]), &e);
		e = (struct err)ERR_NONE;
		CHECK(box_open(&r, f->root, "broken", true, false, &f->a, &e) == -1 &&
			      e.num && e.num != ENOENT,
		      "a state like %s is refused", texts[i]);
		e = (struct err)ERR_NONE;
		CHECK(box_open(&r, f->root, "broken", true, true, &f->a, &e) == -1 &&
			      e.num,
		      "also to remove it: its processes may run (%s)", e.text);
	}
	mkdirat(b.dir, "left", 0700);
	unlinkat(b.dir, "state.json", 0);
	CHECK(symlinkat("/etc/passwd", b.dir, "state.json") == 0,
	      "a link is in its place");
	struct box r;

	CHECK(box_open(&r, f->root, "broken", false, false, &f->a, &e) == -1 &&
		      e.num == ELOOP,
	      "a link is not followed (%s)", e.text);
	e = (struct err)ERR_NONE;
	CHECK(box_open(&r, f->root, "broken", true, true, &f->a, &e) == -1,
	      "nor to remove it (%s)", e.text);
	unlinkat(b.dir, "state.json", 0);
	e = (struct err)ERR_NONE;
	CHECK(box_open(&r, f->root, "broken", true, true, &f->a, &e) == 0 &&
		      box_remove(&r, &e) == 0,
	      "without a state all is removed (%s)", e.text);
	box_done(&r);
	CHECK(mode_of(f->root, "broken") == 0 && access("/etc/passwd", F_OK) == 0,
	      "what it pointed to stays");
	b.keep = true;
}

static void test_link_box(struct fixture *f)
{
	struct err e = ERR_NONE;
	char path[128];
	struct box b;

	snprintf(path, sizeof(path), "%s/linked", f->root);
	CHECK(symlink("/etc", path) == 0, "a link has a box's name");
	CHECK(box_open(&b, f->root, "linked", true, true, &f->a, &e) == -1,
	      "it is not opened (%s)", e.text);
	unlink(path);
}

static pid_t start_child(int *pidfd)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	*pidfd = (int)sys_pidfd_open(pid, 0);
	return pid;
}

static enum box_status status_of(struct fixture *f, const char *id, bool peek)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	int ret = peek ? box_peek(&b, f->root, id, &f->a, &e)
		       : box_open(&b, f->root, id, false, false, &f->a, &e);

	return CHECK(ret == 0, "%s: open %s", id, e.text) ? box_status(&b) : BOX_STOPPED;
}

static void test_life(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE, other = BOX_NONE;
	autofd pidfd = -1;
	pid_t pid = start_child(&pidfd);

	box_make(&b, f->root, "life", &f->a, &e);
	CHECK(box_set_pid(&b, pid, pidfd, &e) == 0, "the pid is taken (%s)", e.text);
	CHECK(b.state.pidfd_id || b.state.start_time, "with what tells it from others");
	b.state.is_created = true;
	CHECK(box_save(&b, &e) == 0, "and saved");
	CHECK(box_status(&b) == BOX_RUNNING, "it runs");
	CHECK(status_of(f, "life", false) == BOX_RUNNING, "for others, too");
	CHECK(status_of(f, "life", true) == BOX_RUNNING, "also at a glance");
	int sock = box_listen(&b, &e);

	CHECK(sock >= 0, "it listens (%s)", e.text);
	CHECK(mode_of(f->root, "life/start.sock") == 0600, "on a private socket");
	CHECK(box_status(&b) == BOX_CREATED && status_of(f, "life", true) == BOX_CREATED,
	      "and waits for its start");
	int first = box_connect(&b, &e);

	CHECK(first >= 0, "it is started (%s)", e.text);
	CHECK(!(fcntl(first, F_GETFL) & O_NONBLOCK), "over a socket that waits");
	CHECK(box_connect(&b, &e) == -1 && e.num == ENOENT, "once only: %s", e.text);
	CHECK(status_of(f, "life", true) == BOX_RUNNING, "and runs");
	/* what a pid's next owner looks like */
	uint64_t id = b.state.pidfd_id, time = b.state.start_time;

	b.state.pidfd_id = id ? id + 1 : 0;
	b.state.start_time = time + 1;
	box_save(&b, &e);
	CHECK(status_of(f, "life", false) == BOX_STOPPED, "a pid's next owner is not it");
	b.state.pidfd_id = 0;
	box_save(&b, &e);
	CHECK(status_of(f, "life", false) == BOX_STOPPED, "nor is one by start time");
	b.state.pidfd_id = id;
	b.state.start_time = time;
	/* nor one that had it before the machine was started anew */
	char *boot_id = b.state.boot_id;

	CHECK(boot_id && strlen(boot_id) == 36, "the boot is known: %s", boot_id);
	b.state.boot_id = "6d7f0a1e-0000-4000-8000-000000000000";
	box_save(&b, &e);
	CHECK(status_of(f, "life", true) == BOX_STOPPED, "nor is one of another boot");
	b.state.boot_id = boot_id;
	box_save(&b, &e);
	box_open(&other, f->root, "life", false, false, &f->a, &e);
	CHECK(other.pidfd >= 0, "the pidfd is there while it lives");
	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	CHECK(box_status(&other) == BOX_STOPPED, "a zombie has stopped");
	CHECK(status_of(f, "life", false) == BOX_STOPPED, "for others, too");
	waitpid(pid, NULL, 0);
	CHECK(status_of(f, "life", true) == BOX_STOPPED, "and so has one that is gone");
	CHECK(box_connect(&b, &e) == -1, "it cannot be started any more");
	fd_close(&first);
	fd_close(&sock);
}

static void test_start_time(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	char text[1024], *at;
	unsigned long long start = 0;
	pid_t pid = fork();

	if (pid == 0) {
		FILE *comm = fopen("/proc/self/comm", "w");

		if (comm) {
			fputs("a ) (b 1 2", comm);
			fclose(comm);
		}
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	snprintf(text, sizeof(text), "/proc/%d/stat", pid);
	CHECK(file_get(AT_FDCWD, text, text, sizeof(text), &e) > 0,
	      "the process is there");
	CHECK(strstr(text, "(a ) (b 1 2)") != NULL, "under a name made to mislead");
	at = strrchr(text, ')');
	sscanf(at + 2,
	       "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	       "%*s %*s %llu",
	       &start);
	box_make(&b, f->root, "timed-life", &f->a, &e);
	b.state.pid = pid;
	b.state.start_time = start;
	b.state.is_created = true;
	box_save(&b, &e);
	CHECK(status_of(f, "timed-life", false) == BOX_RUNNING,
	      "without pidfs, the start time %llu tells that it is the same", start);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_abandoned(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;

	box_make(&b, f->root, "left", &f->a, &e);
	box_save(&b, &e);
	CHECK(status_of(f, "left", true) == BOX_CREATING,
	      "while its creator holds the lock");
	CHECK(status_of(f, "left", false) == BOX_CREATING, "a box is creating");
	box_unlock(&b);
	CHECK(status_of(f, "left", true) == BOX_STOPPED, "without, it was abandoned");
	CHECK(status_of(f, "left", false) == BOX_STOPPED, "and counts as stopped");
}

static void test_owner(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	struct box other;
	char path[128];

	box_make(&b, f->root, "mine", &f->a, &e);
	box_save(&b, &e);
	snprintf(path, sizeof(path), "%s/mine", f->root);
	for (int i = 0; i < 2; i++) {
		const char *place = i ? f->root : path;

		chmod(place, 0733);
		CHECK(box_open(&other, f->root, "mine", false, true, &f->a, &e) == -1 &&
			      e.num == EPERM && strstr(e.text, place),
		      "others may write: %s", e.text);
		chmod(place, 0700);
		if (geteuid() != 0) {
			CHECK_SKIP("directories of others: needs root");
			continue;
		}
		CHECK(chown(place, 12345, 0) == 0 &&
			      box_open(&other, f->root, "mine", false, false, &f->a,
				       &e) == -1 &&
			      e.num == EPERM,
		      "it is another user's: %s", e.text);
		CHECK(chown(place, 0, 0) == 0, "given back");
	}
}

static void test_list(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b1 = BOX_NONE, b2 = BOX_NONE;
	strings_t ids;
	char path[128];

	CHECK(box_list("/nonexistent/aril", &f->a, &ids, &e) == 0 && ids.n == 0,
	      "a missing root has no boxes");
	box_make(&b1, f->root, "zz", &f->a, &e);
	box_make(&b2, f->root, "aa", &f->a, &e);
	snprintf(path, sizeof(path), "%s/.cache", f->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/no id", f->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/file", f->root);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	CHECK(box_list(f->root, &f->a, &ids, &e) == 0 && ids.n == 2, "two boxes (%s)",
	      e.text);
	CHECK(ids.n == 2 && !strcmp(ids.items[0], "aa") && !strcmp(ids.items[1], "zz"),
	      "in order, without what is no box");
}

static void test_long_path(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	char root[400];
	int sock, peer;

	snprintf(root, sizeof(root), "%s/%0150d/%0150d", f->root, 1, 2);
	CHECK(box_make(&b, root, "deep", &f->a, &e) == 0, "a deep box (%s)", e.text);
	sock = box_listen(&b, &e);
	CHECK(sock >= 0, "listens though its path is too long for a socket (%s)", e.text);
	peer = box_connect(&b, &e);
	CHECK(peer >= 0, "and is found there (%s)", e.text);
	fd_close(&sock);
	fd_close(&peer);
}

int main(void)
{
	struct fixture f = { .dir = "/tmp/aril-box-test.XXXXXX" };
	struct err e = ERR_NONE;

	if (!mkdtemp(f.dir) || arena_open(&f.a, false, &e) < 0)
		return 99;
	snprintf(f.root, sizeof(f.root), "%s/missing/root", f.dir);
	test_ids();
	test_roots(&f);
	test_make(&f);
	test_created_time(&f);
	test_state(&f);
	test_broken(&f);
	test_link_box(&f);
	test_life(&f);
	test_start_time(&f);
	test_abandoned(&f);
	test_owner(&f);
	test_list(&f);
	test_long_path(&f);
	CHECK(dir_remove_all(AT_FDCWD, f.dir, &e) == 0, "nothing is left");
	arena_done(&f.a);
	return check_done();
}
