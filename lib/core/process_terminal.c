/* The terminal of a child with a group of its own. */
#include <signal.h>
#include <unistd.h>

#include "core/process_private.h"

/* Who is not in the foreground gets SIGTTOU for it, and stops. */
static void
set_foreground(int tty, pid_t group)
{
	sigset_t ttou, old;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	tcsetpgrp(tty, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void
give_terminal(struct process_run *run)
{
	set_foreground(run->p->tty, run->pid);
	run->has_terminal = true;
	process_signal(run, SIGCONT);
}

void
process_take_terminal(struct process_run *run)
{
	if (run->has_terminal)
		set_foreground(run->p->tty, getpgrp());
	run->has_terminal = false;
}

void
process_stopped(struct process_run *run, int signo)
{
	int tty = run->p->tty;

	if (signo == SIGTSTP && run->has_terminal) {
		/* from its keyboard: all of the job stops, as it would have */
		process_take_terminal(run);
		kill(0, SIGTSTP);
		give_terminal(run);
		return;
	}
	if ((signo != SIGTTIN && signo != SIGTTOU) || run->is_denied)
		return; /* somebody else's doing */
	if (tcgetpgrp(tty) != getpgrp())
		raise(signo); /* wait, as a job does, for the foreground */
	if (tcgetpgrp(tty) == getpgrp())
		give_terminal(run);
	else
		run->is_denied = true;
}
