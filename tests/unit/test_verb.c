/* supervisor/verb */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "verb.h"

/* As runit's sv 2.1.2 sends them, whatever the state: what it writes to the
 * FIFO of a service that runs. */
static const struct {
	const char *name, *letters;
	enum wanted wanted;
	bool waits, kills;
} sent[] = {
	{ "start", "u", WANTED_UP, true, false },
	{ "stop", "d", WANTED_DOWN, true, false },
	{ "shutdown", "x", WANTED_GONE, true, false },
	{ "restart", "tcu", WANTED_AGAIN_UP, true, false },
	{ "reload", "h", WANTED_NOTHING, true, false },
	{ "try-restart", "tc", WANTED_AGAIN, true, false },
	{ "check", "", WANTED_AS_TOLD, true, false },
	{ "force-stop", "d", WANTED_DOWN, true, true },
	{ "force-shutdown", "x", WANTED_GONE, true, true },
	{ "force-restart", "tcu", WANTED_AGAIN_UP, true, true },
	{ "force-reload", "tc", WANTED_AGAIN, true, true },
	{ "X", "x", WANTED_GONE, true, true },
	{ "Xany", "x", WANTED_GONE, true, true },
	{ "E", "x", WANTED_GONE, true, true },
	{ "Exit", "x", WANTED_GONE, true, true },
	{ "D", "d", WANTED_DOWN, true, true },
	{ "T", "tc", WANTED_AGAIN, true, true },
	{ "u", "u", WANTED_UP, false, false },
	{ "up", "u", WANTED_UP, false, false },
	{ "upstairs", "u", WANTED_UP, false, false },
	{ "d", "d", WANTED_DOWN, false, false },
	{ "down", "d", WANTED_DOWN, false, false },
	{ "o", "o", WANTED_RAN, false, false },
	{ "once", "o", WANTED_RAN, false, false },
	{ "e", "x", WANTED_GONE, false, false },
	{ "exit", "x", WANTED_GONE, false, false },
	{ "x", "x", WANTED_GONE, false, false },
	{ "t", "t", WANTED_AGAIN, false, false },
	{ "term", "t", WANTED_AGAIN, false, false },
	{ "try", "t", WANTED_AGAIN, false, false },
	{ "k", "k", WANTED_AGAIN, false, false },
	{ "kill", "k", WANTED_AGAIN, false, false },
	{ "p", "p", WANTED_PAUSED, false, false },
	{ "pause", "p", WANTED_PAUSED, false, false },
	{ "c", "c", WANTED_CONT, false, false },
	{ "cont", "c", WANTED_CONT, false, false },
	{ "checkx", "c", WANTED_CONT, false, false },
	{ "h", "h", WANTED_NOTHING, false, false },
	{ "hup", "h", WANTED_NOTHING, false, false },
	{ "a", "a", WANTED_NOTHING, false, false },
	{ "alarm", "a", WANTED_NOTHING, false, false },
	{ "i", "i", WANTED_NOTHING, false, false },
	{ "interrupt", "i", WANTED_NOTHING, false, false },
	{ "q", "q", WANTED_NOTHING, false, false },
	{ "quit", "q", WANTED_NOTHING, false, false },
	{ "1", "1", WANTED_NOTHING, false, false },
	{ "2", "2", WANTED_NOTHING, false, false },
	{ "22", "2", WANTED_NOTHING, false, false },
};

static void
a_command_sends_what_it_sends_in_runit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
		struct verb v;

		assert_true(verb_find(&v, sent[i].name));
		if (v.kind != VERB_SEND ||
		    strcmp(v.letters, sent[i].letters) != 0 ||
		    v.wanted != sent[i].wanted || v.waits != sent[i].waits ||
		    v.kills != sent[i].kills)
			fail_msg("%s: %s, %d %d %d", sent[i].name, v.letters,
			    (int)v.wanted, v.waits, v.kills);
	}
}

static void
what_begins_with_s_and_is_no_word_is_status(void **state)
{
	static const char *const names[] = { "s", "st", "status", "statusx",
		"sta", "startx", "stopx", "shut" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct verb v;

		assert_true(verb_find(&v, names[i]));
		assert_int_equal(v.kind, VERB_STATUS);
		assert_string_equal(v.letters, "");
	}
}

static void
list_and_log_are_known_by_the_whole_word(void **state)
{
	struct verb v;

	(void)state;
	assert_true(verb_find(&v, "list"));
	assert_int_equal(v.kind, VERB_LIST);
	assert_true(verb_find(&v, "log"));
	assert_int_equal(v.kind, VERB_LOG);
	assert_false(verb_find(&v, "l"));
	assert_false(verb_find(&v, "lists"));
	assert_false(verb_find(&v, "lo"));
}

static void
other_words_are_no_command(void **state)
{
	static const char *const names[] = { "", "z", "f", "force", "r", "rel",
		"restartx", "reloadx", "force-stopx", "3", "S", "U", "C",
		"Start", "-" };
	struct verb v;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (verb_find(&v, names[i]))
			fail_msg("%s", names[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_sends_what_it_sends_in_runit),
		cmocka_unit_test(what_begins_with_s_and_is_no_word_is_status),
		cmocka_unit_test(list_and_log_are_known_by_the_whole_word),
		cmocka_unit_test(other_words_are_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
