/* expressions: svlogd's regular expressions and masks as a user meets them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

enum { LINES = 200, EVIL_BYTES = 1000, EVIL_LINES = 5 };

/* --- bad ones --------------------------------------------------------------*/

static void
bad_at_the_start(void)
{
	struct place *pl = place_new("~-(;~-S0;~mab(c;~x;e*");

	begin_on(pl);
	feed(LINES);
	end();
	want(times_said("/config:2:4: ") == 1, "not where the first is");
	want(times_said("/config:4:7: ") == 1, "not where the second is");
	want(times_said("/config:5:2: ") == 1, "not where the third is");
	want(times_said("config with errors, without those lines") == 1,
	    "not what becomes of it");
	want(times_said("NOT hidden") == 1, "not that a mask is lost");
	want(!has_said("ab("), "it quotes the config");
	/* The good ones are used. */
	want(place_counter(pl, "read_lines") == LINES, "lines are missing");
	want(place_counter(pl, "deselected_lines") > 0, "a rule is missing");
	want(place_counter(pl, "alerts") > 0, "a line is missing");
}

static void
bad_at_hup(void)
{
	struct place *pl = begin_ready_on(place_new("s0"));

	feed_and_read(LINES);
	file_write(in(pl, "config"), "n0\ns0\n~-.\n~+(\npnever: \n");
	poke(SIGHUP);
	await(has_said("keeping the old one"), WAIT_LIMIT,
	    "it does not say so");
	want(times_said("/config:4:4: ") == 1, "not where it is");
	feed_and_read(LINES);
	file_write(in(pl, "config"), "n0\ns0\n~-^$\n");
	poke(SIGHUP);
	feed(LINES);
	end();
	place_is_whole(pl);
	want(times_said("keeping the old one") == 1, "the good one too");
}

static void
bad_in_a_check(void)
{
	struct place *pl = place_new("~-(");

	check_in_vain(pl);
	want(times_said("/config:2:4: ") == 1, "not where it is");
}

/* --- costly ones -----------------------------------------------------------*/

static void
send_evil(void)
{
	char line[EVIL_BYTES];
	int i;

	memset(line, 'a', sizeof(line));
	line[EVIL_BYTES - 1] = '\n';
	for (i = 0; i < EVIL_LINES; i++)
		send_bytes(line, sizeof(line));
}

static void
costly_lines_are_kept(void)
{
	struct place *pl =
	    place_new("s0;~-(a+)+[!?];~-(a|aa)+[!?];~-(.*)*[XY];~-(x+x+)+[yz]");
	const char *text;

	begin_on(pl);
	send_evil();
	until_read();
	want(!has_said("given up") || times_said("given up") == 1, "too often");
	send_evil();
	send_bytes("aaa!\nquick\n", 11);
	end();
	text = file_text(in(pl, "current"));
	want(strlen(text) == 2 * EVIL_LINES * EVIL_BYTES + 6,
	    "%zu bytes are left", strlen(text));
	want(strcmp(text + strlen(text) - 7, "\nquick\n") == 0,
	    "other lines are not told apart");
	want(place_counter(pl, "given_up") == 3 * 2 * EVIL_LINES,
	    "%llu are counted",
	    (unsigned long long)place_counter(pl, "given_up"));
	want(times_said("a regular expression was given up") == 1,
	    "said %ld times", times_said("given up"));
}

static void
costly_lines_are_withheld(void)
{
	struct place *pl = place_new("s0;e*;~m(a+)+[!?]");
	const char *text;

	begin_on(pl);
	send_bytes("quick\naaa!b\n", 12);
	send_evil();
	end();
	text = file_text(in(pl, "current"));
	want(!strstr(text, "aa"), "what is to be hidden is in current");
	want(strncmp(text, "quick\n***!b\n*** line withheld", 29) == 0,
	    "not what is there instead");
	want(!has_said("aa"), "what is to be hidden is on standard error");
	want(has_said("***!b\n"), "nothing is on standard error");
	want(place_counter(pl, "withheld_lines") == EVIL_LINES, "not counted");
	want(place_counter(pl, "written_lines") == EVIL_LINES + 2,
	    "not written");
	want(times_said("could not be masked is withheld") == 1, "not said");
}

/* Longer than the ring: its end is not there when its beginning is due. */
static void
endless_lines_are_withheld(void)
{
	static char part[16384];
	struct place *pl = place_new("s0;~msecret");
	int i;

	begin_on(pl);
	memset(part, 'x', sizeof(part));
	memcpy(part + sizeof(part) / 2, "secret", 6);
	for (i = 0; i < 200; i++)
		send_bytes(part, sizeof(part));
	send_bytes("\nafter\n", 7);
	end();
	want(!strstr(file_text(in(pl, "current")), "secret"), "it is told");
	want(strstr(file_text(in(pl, "current")), "\nafter\n"),
	    "the next line is not told");
	want(place_counter(pl, "withheld_lines") == 1, "%llu are counted",
	    (unsigned long long)place_counter(pl, "withheld_lines"));
	want(place_counter(pl, "written_lines") == 2 &&
		 place_counter(pl, "written_bytes") ==
		     place_counter(pl, "read_bytes"),
	    "the counters are wrong");
}

/* --- no machine code -------------------------------------------------------*/

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65 /* memory is not to be written and then run */
#endif

static void
no_machine_code(void)
{
	struct place *one = place_new("s0;~-.;~+^S"), *two = place_new("~m^$");

	if (prctl(PR_SET_MDWE, 1L, 0L, 0L, 0L) < 0)
		skip("no PR_SET_MDWE");
	logger_on(one);
	begin_on(two);
	send_evil();
	feed(LINES);
	end();
	place_is_whole(one);
	want(times_said("regular expressions are interpreted") == 1,
	    "said %ld times", times_said("are interpreted"));
	want(place_counter(one, "deselected_lines") == EVIL_LINES,
	    "it does not work");
}

static const struct scene scenes[] = {
	{ "a bad expression at the start is left out and said",
	    bad_at_the_start, 0 },
	{ "a bad expression at HUP: the whole old config stays", bad_at_hup,
	    0 },
	{ "a bad expression in a check: 2", bad_in_a_check, 0 },
	{ "lines that cost too much are kept, counted and said once",
	    costly_lines_are_kept, 0 },
	{ "lines that cannot be masked are withheld from all",
	    costly_lines_are_withheld, 0 },
	{ "lines without an end are withheld where there are masks",
	    endless_lines_are_withheld, 0 },
	{ "where no machine code may be made it is said once, and all works",
	    no_machine_code, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
