/* How a driver ends: its exit codes, and what is said before.
 *
 * Two sorts of conditions: what the program under test promises (want, await:
 * the promise is named with its place), and what the driver itself cannot do
 * without (give_up). Both end the process with EXIT_BROKEN; atexit() cleans. */
#ifndef WEIR_KIT_VERDICT_H
#define WEIR_KIT_VERDICT_H

#include <stdint.h>

#include "kit/clock.h"

enum {
	EXIT_BROKEN = 1,   /* the promise is */
	EXIT_VOID = 2,     /* nothing was proved */
	EXIT_SKIPPED = 77, /* a scene that cannot be played here */
	EXIT_USAGE = 100,
};

/* Says so on stderr, and exits EXIT_BROKEN. */
__attribute__((format(printf, 1, 2))) _Noreturn void give_up(const char *form,
    ...);

/* What is to be told when a promise is broken: the end of what the program
 * said, say. NULL: nothing. */
void verdict_tell_by(void (*tell)(void));

/* A promise is broken: says where and what, tells, and exits EXIT_BROKEN. */
__attribute__((format(printf, 3, 4))) _Noreturn void broken(const char *file,
    int line, const char *form, ...);

/* It cannot be shown here, for a reason and errno's; exits EXIT_SKIPPED. */
_Noreturn void skip(const char *why);

/* The promise, and the words for its being broken. */
#define want(cond, ...)                                                        \
	do {                                                                   \
		if (!(cond))                                                   \
			broken(__FILE__, __LINE__, __VA_ARGS__);               \
	} while (0)

/* Looks every millisecond until the condition holds; it has so many ns. The
 * words may say what is seen in the end. */
#define await(cond, limit, ...)                                                \
	do {                                                                   \
		int64_t await_until = now_ns() + (limit);                      \
                                                                               \
		while (!(cond)) {                                              \
			if (now_ns() > await_until)                            \
				broken(__FILE__, __LINE__, __VA_ARGS__);       \
			look_again();                                          \
		}                                                              \
	} while (0)

#endif
