/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any messages from the peer, which may be an init that somebody in the container took
 * over, or (for init) a host that is confused: of every length, kind and order, with more
 * fds than one or none, and an end at any place. What is taken is what was waited for;
 * no fd is left open, no refusal is without a sentence.
 *
 * Each message of the input is five bytes: kind, what is waited for, how many fds, and
 * the length; then its bytes, over those of a sound message.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libcontainer/plan/sync.h"
#include "tests/fuzz/fuzz.h"

#define MESSAGES 32
#define FDS_MAX	 4

enum { HEAD = 5 };

struct input {
	const uint8_t *at;
	size_t left;
};

static int next_free_fd(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	claim(fd >= 0);
	close(fd);
	return fd;
}

/* Send `n` bytes with fds; a peer may do it in any way */
static void send_bytes(int sock, void *bytes, size_t n, size_t fds)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(FDS_MAX * sizeof(int))] = { 0 };
	struct iovec part = { .iov_base = bytes, .iov_len = n };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;

	if (fds) {
		h.msg_control = control;
		h.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fds * sizeof(int));
		for (size_t i = 0; i < fds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &sock, sizeof(int));
	}
	sendmsg(sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Take the next message off the input and send it; *wanted: what the other end waits for.
 * False: there is none, and the peer goes. */
static bool send_next(struct input *in, int sock, enum sync_kind *wanted, bool *want_fd)
{
	struct {
		struct sync_msg m;
		char more[64];
	} sent;
	size_t n = sizeof(sent.m), over;

	if (in->left < HEAD)
		return false;
	memset(&sent, 0, sizeof(sent));
	sent.m.kind = in->at[0] % (SYNC_KINDS + 2);
	*wanted = (enum sync_kind)(1 + in->at[1] % (SYNC_KINDS - 1));
	*want_fd = in->at[2] & 0x80;
	if (in->at[3] & 0x80) /* else it has the length that it should have */
		n = (in->at[3] & 7) << 8 | in->at[4];
	if (n > sizeof(sent))
		n = sizeof(sent);
	over = in->at[4] % (sizeof(sent) / 8);
	if (over > in->left - HEAD)
		over = in->left - HEAD;
	memcpy((char *)&sent + (in->at[3] & 0x40 ? 0 : 8), in->at + HEAD, over);
	send_bytes(sock, &sent, n, in->at[2] % (FDS_MAX + 1));
	in->at += HEAD + over;
	in->left -= HEAD + over;
	return true;
}

/* One message that is waited for. True: it came. */
static bool expect(int sock, enum sync_kind wanted, bool want_fd)
{
	struct err e = ERR_NONE;
	int32_t pid = 0;
	int fd = -2;

	if (sync_expect(sock, wanted, 0, want_fd ? &fd : NULL, &pid, &e) < 0) {
		claim_refusal(&e);
		claim(!want_fd || fd == -2);
		return false;
	}
	claim(e.num == 0 && wanted != SYNC_ERROR);
	claim(!want_fd || fd >= -1);
	if (want_fd && fd >= 0)
		claim(fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0);
	return true;
}

static void claim_end(int sock, bool begun)
{
	struct err e = ERR_NONE;
	int ret = begun ? sync_ended(sock, 0, &e) : sync_begun(sock, 0, &e);

	if (ret < 0)
		claim_refusal(&e);
	else
		claim(e.num == 0);
}

static void talk(struct input *in)
{
	enum sync_kind wanted;
	bool want_fd, go_on = true, begun = in->left & 1;
	int s[2];

	claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) == 0);
	for (int i = 0; go_on && i < MESSAGES; i++) {
		if (!send_next(in, s[0], &wanted, &want_fd))
			break;
		go_on = expect(s[1], wanted, want_fd);
	}
	/* what is left comes all at once, and then the end */
	for (int i = 0; i < MESSAGES; i++)
		if (!send_next(in, s[0], &wanted, &want_fd))
			break;
	close(s[0]);
	if (go_on)
		claim_end(s[1], begun);
	expect(s[1], SYNC_READY, false);
	close(s[1]);
}

/* What we send ourselves arrives */
static void send_own(const struct input *in)
{
	struct err why = ERR_NONE, e = ERR_NONE;
	int s[2], fd = -1;

	claim(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) == 0);
	claim(sync_send(s[0], SYNC_TTY, s[0], 7, &e) == 0);
	claim(sync_expect(s[1], SYNC_TTY, 0, &fd, NULL, &e) == 0 && fd >= 0);
	close(fd);
	err_set(&why, EPERM, "x%.*s", (int)in->left, (const char *)in->at);
	sync_fail(s[0], &why);
	claim(sync_expect(s[1], SYNC_READY, 0, NULL, NULL, &e) == -1);
	claim(e.num == EPERM && strcmp(e.text, why.text) == 0);
	close(s[1]);
	claim(sync_send(s[0], SYNC_GO, -1, 0, &e) == -1 && e.num == EPIPE);
	close(s[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	int before = next_free_fd();

	send_own(&in);
	talk(&in);
	claim(next_free_fd() == before);
	return 0;
}
