/* Our words on standard error: `prog: level: text: reason`, one line. */
#ifndef WEIR_SAY_H
#define WEIR_SAY_H

#include <stdint.h>

enum say_level {
	SAY_FATAL,
	SAY_WARNING,
	SAY_PAUSING,
	SAY_INFO,
	SAY_PLAIN, /* without a level */
};

/* The name in front of every line; borrowed for ever. Before the first call
 * it is "weir". */
void say_as(const char *prog);

/* One line: the strings up to NULL joined as they are, then ": " and why(err)
 * unless err is 0. One write, never stdio; a line over 4000 bytes is cut with
 * "...". Control bytes in the text come out as `?`. Where standard error cannot
 * take the line at once it is dropped (but see say_waits()): a stuck reader of
 * our words never stops us, whoever else writes there, but as os_write_nowait()
 * says. Only on a terminal may it be that a part of a line has gone out. */
void say(enum say_level level, int err, const char *text, ...)
    __attribute__((sentinel));

#define say_fatal(err, ...) say(SAY_FATAL, err, __VA_ARGS__, (char *)0)
#define say_warning(err, ...) say(SAY_WARNING, err, __VA_ARGS__, (char *)0)
#define say_pausing(err, ...) say(SAY_PAUSING, err, __VA_ARGS__, (char *)0)
#define say_info(err, ...) say(SAY_INFO, err, __VA_ARGS__, (char *)0)
#define say_plain(err, ...) say(SAY_PLAIN, err, __VA_ARGS__, (char *)0)

/* From now on a line that standard error cannot take at once is waited for so
 * long; but once only, until a line has gone out again: a terminal on which
 * somebody else writes takes none meanwhile, a stuck one never does. */
void say_waits(int64_t ns);

/* From now on what is said at SAY_INFO is left out. */
void say_no_info(void);

/* A warning, `text: what: n`; nothing where n is 0. */
void say_number(const char *text, const char *what, uint64_t n);

/* Lines that could not be said so far. */
unsigned long say_dropped(void);

#endif
