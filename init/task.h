/* What process 1 has children for: the scripts of its directory, and the calls
 * at the end of a machine, each of which may take for ever, or end us.
 *
 * A child is started here and waited for elsewhere. Memory is never taken. */
#ifndef WEIR_TASK_H
#define WEIR_TASK_H

#include <sys/types.h>

#include "orders.h"
#include "stage.h"

/* The process that a state is about, one of those with STAGE_STARTS: its pid,
 * or -errno. A stage leads a session of its own, but for the first, which has
 * ours. A call that failed exits with 111. */
pid_t task_start(enum stage_state state);

/* What it is, for words. */
const char *task_name(enum stage_state state);

/* The script of a stage, 1 to 3. */
const char *task_stage(int number);

/* A script that an order asks for: its process, as above; its path; and what is
 * said first of all. */
pid_t task_start_script(enum order_script script);
const char *task_script(enum order_script script);
const char *task_script_words(enum order_script script);

#endif
