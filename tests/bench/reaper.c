/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reaper COMMAND ARG...: runs COMMAND and ends with its status, and meanwhile is the
 * parent of all that is orphaned below it, as an engine's monitor is. Not every process 1
 * reaps; and what a runtime leaves behind must not hide among the host's processes. Needs
 * no privilege.
 */
#include <err.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t pid, ended;

	if (argc < 2)
		errx(2, "reaper COMMAND ARG...");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err(1, "subreaper");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	while ((ended = wait(&status)) != pid)
		if (ended < 0 && errno != EINTR)
			err(1, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
