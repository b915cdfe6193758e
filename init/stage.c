/* The life of a machine: what follows on what, and what is to be done about
 * it. */
#include "stage.h"

#include <sys/wait.h>

/* clang-format off */
#define TO(state, todo)  { true, false, STAGE_##state, (todo) }
#define STAY(todo)       TO(STAY, todo)
#define NEVER            { true, true, STAGE_STAY, 0 }
#define NO               STAY(DO_SAY_ONLY_2)

const struct stage_cell stage_table[STAGE_STATES][STAGE_EVENTS] = {
	[STAGE_ONE] = {
		[ON_EXIT] =     TO(TWO, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(THREE, DO_SAY_LEAVE | DO_SAY_SKIP),
		[ON_EXIT_111] = TO(TWO, DO_SAY_LEAVE),
		[ON_CRASH] =    TO(THREE, DO_SAY_LEAVE | DO_SAY_SKIP),
		[ON_DUE] =      NEVER,
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     NO,
		[ON_STOP] =     NO,
		[ON_SCRIPT] =   NO,
		[ON_LEAVE] =    TO(TOLD, DO_HURRY),
	},
	[STAGE_TWO] = {
		[ON_EXIT] =     TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_111] = TO(AGAIN, 0),
		[ON_CRASH] =    TO(AGAIN, 0),
		[ON_DUE] =      NEVER,
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     TO(TOLD, DO_DISARM),
		[ON_SCRIPT] =   STAY(DO_SCRIPT),
		[ON_LEAVE] =    TO(TOLD, DO_HURRY),
	},
	[STAGE_AGAIN] = {
		[ON_EXIT] =     NEVER,
		[ON_EXIT_100] = NEVER,
		[ON_EXIT_111] = NEVER,
		[ON_CRASH] =    NEVER,
		[ON_DUE] =      TO(TWO, DO_SAY_AGAIN),
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     TO(THREE, DO_DISARM),
		[ON_SCRIPT] =   STAY(DO_SCRIPT),
		[ON_LEAVE] =    TO(THREE, DO_HURRY),
	},
	[STAGE_TOLD] = {
		[ON_EXIT] =     TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_111] = TO(THREE, DO_SAY_LEAVE),
		[ON_CRASH] =    TO(THREE, DO_SAY_LEAVE),
		[ON_DUE] =      TO(KILLED, 0),
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(DO_DISARM),
		[ON_SCRIPT] =   STAY(0), /* too late for it */
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_KILLED] = {
		[ON_EXIT] =     TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(THREE, DO_SAY_LEAVE),
		[ON_EXIT_111] = TO(THREE, DO_SAY_LEAVE),
		[ON_CRASH] =    TO(THREE, DO_SAY_LEAVE),
		[ON_DUE] =      TO(THREE, DO_SAY_LEAVE), /* without its end */
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(DO_DISARM),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_THREE] = {
		[ON_EXIT] =     TO(END, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(END, DO_SAY_LEAVE),
		[ON_EXIT_111] = TO(END, DO_SAY_LEAVE),
		[ON_CRASH] =    TO(END, DO_SAY_LEAVE),
		[ON_DUE] =      TO(LATE, 0),
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     NO,
		[ON_STOP] =     NO,
		[ON_SCRIPT] =   NO,
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_LATE] = {
		[ON_EXIT] =     TO(END, DO_SAY_LEAVE),
		[ON_EXIT_100] = TO(END, DO_SAY_LEAVE),
		[ON_EXIT_111] = TO(END, DO_SAY_LEAVE),
		[ON_CRASH] =    TO(END, DO_SAY_LEAVE),
		[ON_DUE] =      TO(END, DO_SAY_LEAVE),
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     NO,
		[ON_STOP] =     NO,
		[ON_SCRIPT] =   NO,
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_PART] = {
		[ON_EXIT] =     NEVER,
		[ON_EXIT_100] = NEVER,
		[ON_EXIT_111] = NEVER,
		[ON_CRASH] =    NEVER,
		[ON_DUE] =      TO(ALONE, 0),
		[ON_ALONE] =    TO(ALONE, 0), /* runit says so in any case */
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(0),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_ALONE] = {
		[ON_EXIT] =     NEVER,
		[ON_EXIT_100] = NEVER,
		[ON_EXIT_111] = NEVER,
		[ON_CRASH] =    NEVER,
		[ON_DUE] =      TO(DISK, 0), /* one that nothing kills */
		[ON_ALONE] =    TO(DISK, 0),
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(0),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(DO_HURRY),
	},
	[STAGE_SYNC] = {
		[ON_EXIT] =     TO(DOWN, 0),
		[ON_EXIT_100] = TO(DOWN, 0),
		[ON_EXIT_111] = TO(DOWN, 0),
		[ON_CRASH] =    TO(DOWN, 0),
		[ON_DUE] =      TO(DOWN, 0), /* a disk that never answers */
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(0),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(0),
	},
	[STAGE_DOWN] = {
		[ON_EXIT] =     STAY(0), /* it may take until ON_DUE */
		[ON_EXIT_100] = STAY(0),
		[ON_EXIT_111] = TO(LAST, 0), /* not permitted */
		[ON_CRASH] =    STAY(0),
		[ON_DUE] =      TO(LAST, 0),
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(0),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(0),
	},
	[STAGE_HALT] = {
		[ON_EXIT] =     STAY(0),
		[ON_EXIT_100] = STAY(0),
		[ON_EXIT_111] = STAY(0),
		[ON_CRASH] =    STAY(0),
		[ON_DUE] =      TO(HALT, 0), /* and again, for ever */
		[ON_ALONE] =    NEVER,
		[ON_IDLE] =     STAY(0),
		[ON_STOP] =     STAY(0),
		[ON_SCRIPT] =   STAY(0),
		[ON_LEAVE] =    STAY(0),
	},
	[STAGE_GONE] = {
		[ON_EXIT] =     STAY(0),
		[ON_EXIT_100] = STAY(0),
		[ON_EXIT_111] = STAY(0),
		[ON_CRASH] =    STAY(0),
		[ON_DUE] =      STAY(DO_EXIT),
		[ON_ALONE] =    STAY(DO_EXIT),
		[ON_IDLE] =     STAY(DO_EXIT),
		[ON_STOP] =     STAY(DO_EXIT),
		[ON_SCRIPT] =   STAY(DO_EXIT),
		[ON_LEAVE] =    STAY(DO_EXIT),
	},
};

/* What is done where a state is entered, which stage runs there, how long it
 * may last on a machine, and what is left of a container's seconds when its
 * time is over. */
static const struct {
	unsigned todo;
	int number;
	int64_t limit_ms, left_ms;
} rows[STAGE_STATES] = {
	[STAGE_ONE] =    { DO_START, 1, 0, 0 },
	[STAGE_TWO] =    { DO_START, 2, 0, 0 },
	[STAGE_AGAIN] =  { DO_KILL_GROUP, 0, 5000, 0 },
	[STAGE_TOLD] =   { DO_TERM, 0, 5000, 3400 },
	[STAGE_KILLED] = { DO_KILL, 0, 5000, 3200 },
	[STAGE_THREE] =  { DO_START, 3, 30 * 60 * 1000, 1400 },
	[STAGE_LATE] =   { DO_KILL, 0, 5000, 1200 },
	[STAGE_PART] =   { DO_TERM_ALL, 0, 1000, 300 },
	[STAGE_ALONE] =  { DO_KILL_ALL, 0, 2000, 0 },
	[STAGE_SYNC] =   { DO_SYNC, 0, 60 * 1000, 0 },
	[STAGE_DOWN] =   { DO_DOWN, 0, 2000, 0 },
	[STAGE_HALT] =   { DO_HALT, 0, 14 * 1000, 0 },
	[STAGE_GONE] =   { DO_EXIT, 0, 1, 0 },
};

/* What the states mean that are only in the table: on a machine, and in a
 * container. */
static const enum stage_state meant[][2] = {
	[STAGE_END] =  { STAGE_ALONE, STAGE_PART },
	[STAGE_DISK] = { STAGE_SYNC, STAGE_DOWN },
	[STAGE_LAST] = { STAGE_HALT, STAGE_GONE },
};
/* clang-format on */

static enum stage_state
resolve(const struct stage *s, enum stage_state next)
{
	return next > STAGE_STAY ? meant[next][s->container] : next;
}

void
stage_init(struct stage *s, bool container)
{
	*s = (struct stage){ STAGE_ONE, container };
}

unsigned
stage_step(struct stage *s, enum stage_on on)
{
	const struct stage_cell *cell = &stage_table[s->state][on];

	if (cell->never || cell->next == STAGE_STAY)
		return cell->todo;
	s->state = resolve(s, cell->next);
	return cell->todo | rows[s->state].todo;
}

enum stage_on
stage_ended(int status)
{
	if (!WIFEXITED(status))
		return ON_CRASH;
	if (WEXITSTATUS(status) == 100)
		return ON_EXIT_100;
	return WEXITSTATUS(status) == 111 ? ON_EXIT_111 : ON_EXIT;
}

unsigned
stage_entry(enum stage_state state)
{
	return rows[state].todo;
}

int
stage_number(enum stage_state state)
{
	return rows[state].number;
}

int64_t
stage_limit_ms(const struct stage *s)
{
	return rows[s->state].limit_ms;
}

int64_t
stage_left_ms(enum stage_state state)
{
	return rows[state].left_ms;
}
