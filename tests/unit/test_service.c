/* supervisor/service: whole lives. What tests/replay holds a keeper against is
 * this module itself; here is what it is to say. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "service.h"

/* Begins as one that is up and runs. */
#define UP "u:/u -u:run "

/* What happens, and after the colon what is to be done about it:
 *
 *   u d o x ...  the letter comes; R: it is released
 *   +t -t        control/t has ended, with 0 or not
 *   . ; !        run has ended; so has finish; finish refuses
 *   ? ~          no process could be made; the time is over
 *
 *   T K          TERM or KILL to scripts
 *   HUP cont     a signal to the process, then CONT
 *   /t           control/t starts; so do: run finish
 *   wait */
static const struct {
	const char *life;
	const char *run; /* at last: p paused, t has got TERM */
} lives[] = {
	/* It is up. */
	{ "u:/u -u:run .:finish ;:wait ~:/u +u:run", "" },
	{ UP "u: .:finish u: ;:wait u:/u -u:run", "" },
	{ UP "?:wait ~:/u -u:run", "" },
	{ UP ".:finish ?:wait ~:finish ;:wait", "" },
	{ UP ".:finish !: ~: u:/u -u:run", "" },

	/* It is to be down. */
	{ "d: k: h: t: p: u:/u", "" },
	{ "u:/u d: -u: u:/u", "" },
	{ "u:/u k:K d: u: -u:run", "" },
	{ UP "d:/t -t:TERM+cont+/d -d: .:finish ;: ~:", "" },
	{ UP "d:/t +t:cont+/d +d: .:finish ;:", "" },
	{ UP "d:/t d: -t:TERM+cont+/d d:/t", "t" },
	{ UP "d:/t -t:TERM+cont+/d d:/t -t:TERM+cont", "t" },
	{ UP "d:/t -t:TERM+cont+/d +d: t:/t -t:TERM+cont+/d", "t" },
	{ UP "d:/t u: .: -t:finish ;:wait ~:/u -u:run t:/t -t:TERM", "t" },
	{ UP "d:/t -t:TERM+cont+/d -d: u: t:/t -t:TERM", "t" },
	{ UP ".:finish d: h: ;: u:/u", "" },
	{ UP ".:finish ;:wait d: u:/u", "" },

	/* Once. */
	{ "o:/u -u:run .:finish ;: ~:", "" },
	{ "u:/u o: -u:run .:finish ;:", "" },
	{ UP "o: .:finish ;:", "" },
	{ UP "o: u: .:finish ;:wait o:/u -u:run .:finish ;:", "" },
	{ "o:/u d: -u: ~:", "" },
	{ "o:/u x:T -u: u:", "" },

	/* It is to be over. */
	{ "x: u: o: d: x: k: h: R:", "" },
	{ "u:/u x:T -u: u:", "" },
	{ UP "x:T+/t -t:TERM+cont+/x +x: .:finish ;: u:", "" },
	{ UP "x:T+/t -t:TERM+cont+/x -x: t:/t -t:TERM+cont+/x", "t" },
	{ UP "x:T+/t .: x:T k:K -t:finish x:TERM+cont k:KILL !: u:", "" },
	{ UP ".:finish ;:wait x: u:", "" },
	{ "R: u:", "" },
	{ "u:/u R: -u:run .:finish ;: u:", "" },
	{ UP "R: .:finish R: ;: u:", "" },
	{ UP ".:finish ;:wait R:/u -u:run .:finish ;: u:", "" },

	/* Signals, each after its script, if that does not stand for it. */
	{ UP "t:/t -t:TERM", "t" },
	{ UP "t:/t +t:", "" },
	{ UP "t:/t -t:TERM .:finish ;:wait ~:/u -u:run", "" },
	{ UP "k:K+/k -k:KILL", "" },
	{ UP "k:K+/k +k:", "" },
	{ UP "a:/a h:/h i:/i -a:ALRM -h:HUP -i:INT", "" },
	{ UP "q:/q 1:/1 2:/2 -1:USR1 -q:QUIT -2:USR2", "" },
	{ UP "h:/h t:/t .: -h: -t:finish", "" },
	{ UP "h:/h h: .: h: +h:finish ;:wait ~:/u -u:run h:/h -h:HUP", "" },

	/* One that comes while its own script runs is obeyed after it. */
	{ UP "h:/h h: h: -h:HUP+/h +h: h:/h", "" },
	{ UP "k:K+/k k:K -k:KILL", "" },

	/* The last of p and c counts, and so do d and x. */
	{ UP "p:/p -p:STOP", "p" },
	{ UP "p:/p -p:STOP c:/c -c:CONT", "" },
	{ UP "p:/p -p:STOP c:/c +c:", "" },
	{ UP "p:/p -p:STOP .:finish ;:wait", "" },
	{ UP "p:/p c:/c -c:CONT -p:cont", "" },
	{ UP "p:/p p: c:/c -p:cont +c:", "" },
	{ UP "p:/p -p:STOP c:/c p:/p -p:STOP -c:STOP", "p" },
	{ UP "c:/c p:/p +p: -c:", "" },
	{ UP "p:/p -p:STOP c:/c h:/h -c:CONT -h:HUP", "" },
	{ UP "p:/p -p:STOP h:/h +h:", "p" },
	{ UP "p:/p c:/c -c:CONT -p:cont p:/p -p:STOP", "p" },
	{ UP "p:/p d:/t -t:TERM+cont+/d -p:cont", "t" },
	{ UP "p:/p x:T+/t -p:cont", "" },
	{ UP "p:/p -p:STOP d:/t -t:TERM+cont+/d", "t" },
	{ UP "p:/p h:/h -p:STOP -h:HUP", "p" },
	{ UP "p:/p c:/c .: -p: -c:finish ;:wait ~:/u -u:run p:/p -p:STOP",
	    "p" },
};

static struct service_event
event_of(const char *p)
{
	static const char others[] = ".;!?~R";
	static const enum service_on on[] = { ON_RUN_ENDED, ON_FINISH_ENDED,
		ON_FINISH_REFUSED, ON_FAILED, ON_DUE, ON_RELEASE };
	const char *at = strchr(others, *p);

	if (at)
		return service_event(on[at - others]);
	if (*p == '+' || *p == '-')
		return service_script(control_find(p[1]), *p == '+');
	return service_command(control_find(*p));
}

static const char *
signal_name(int sig)
{
	static const struct {
		int sig;
		const char *name;
	} rows[] = {
		{ SIGTERM, "TERM" },
		{ SIGKILL, "KILL" },
		{ SIGSTOP, "STOP" },
		{ SIGCONT, "CONT" },
		{ SIGALRM, "ALRM" },
		{ SIGHUP, "HUP" },
		{ SIGINT, "INT" },
		{ SIGQUIT, "QUIT" },
		{ SIGUSR1, "USR1" },
		{ SIGUSR2, "USR2" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].sig == sig)
			return rows[i].name;
	return "no signal";
}

/* "TERM+cont+/d", until the next call. */
static const char *
deeds_of(const struct service_plan *plan)
{
	static char text[64];
	char script[3] = "/?";
	const struct {
		unsigned bit;
		const char *name;
	} rows[] = {
		{ DO_TERM_SCRIPTS, "T" },
		{ DO_KILL_SCRIPTS, "K" },
		{ DO_SIGNAL, signal_name(plan->signal) },
		{ DO_CONT, "cont" },
		{ DO_SCRIPT, script },
		{ DO_WAIT, "wait" },
		{ DO_RUN, "run" },
		{ DO_FINISH, "finish" },
		{ DO_ONCE, "once" },
	};

	if (plan->script < CONTROLS)
		script[1] = control_rows[plan->script].letter;
	text[0] = '\0';
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!(plan->todo & rows[i].bit))
			continue;
		if (text[0])
			strcat(text, "+");
		strcat(text, rows[i].name);
	}
	return text;
}

static void
a_life_goes_as_the_manual_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
		const char *p = lives[i].life;
		struct service s;
		char run[3] = "";

		service_init(&s, WANT_DOWN);
		while (*p) {
			size_t n = strcspn(p, " ");
			const char *want = strchr(p, ':') + 1;
			struct service_plan plan =
			    service_step(&s, event_of(p));
			const char *is = deeds_of(&plan);
			size_t n_want = n - (size_t)(want - p);

			if (strlen(is) != n_want || memcmp(is, want, n_want))
				fail_msg("%s at %.*s: %s", lives[i].life,
				    (int)n, p, is);
			p += n + (p[n] == ' ');
		}
		if (s.paused)
			strcat(run, "p");
		if (s.got_term)
			strcat(run, "t");
		if (strcmp(run, lives[i].run) != 0)
			fail_msg("%s: \"%s\"", lives[i].life, run);
	}
}

static void
it_is_shown_to_run_while_it_does(void **state)
{
	static const enum status_state rows[SERVICE_STATES] = {
		[SERVICE_DOWN] = STATUS_DOWN,
		[SERVICE_WAIT] = STATUS_DOWN,
		[SERVICE_START] = STATUS_DOWN,
		[SERVICE_RUN] = STATUS_RUN,
		[SERVICE_END] = STATUS_FINISH,
		[SERVICE_FINISH] = STATUS_FINISH,
		[SERVICE_OVER] = STATUS_DOWN,
	};

	(void)state;
	for (int i = 0; i < SERVICE_STATES; i++)
		assert_int_equal(service_shown((enum service_state)i), rows[i]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_goes_as_the_manual_says),
		cmocka_unit_test(it_is_shown_to_run_while_it_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
