/* Faults on demand at the kernel's door.
 *
 * In a test build every sys_* and os_* call passes through here first (the
 * Makefile wraps each row of lib/sys.def and lib/os/os.def). A call can be
 * made to fail, a write to be short, and the process to die by SIGKILL right
 * after a call. Only the process that asked is touched, not its children.
 * Memory can be made to run out too: malloc, calloc and realloc are the call
 * `alloc`, which is no point and not among `any`.
 *
 * A program (svlogd-fault) is told by the environment:
 *
 *   WEIR_FAULT="die:K"                die after the K-th point (from 1)
 *   WEIR_FAULT="fail:CALL:ERRNO:K"    the K-th CALL fails once
 *   WEIR_FAULT="fail:CALL:ERRNO:K+"   ... and each one after it
 *   WEIR_FAULT="short:CALL:N:K"       the K-th CALL moves at most N bytes
 *   several, separated by blanks
 *   WEIR_FAULT_LOG=FILE               one line a point: number, function:call
 *   WEIR_FAULT_ALLOCS=FILE            one line an alloc: number, function
 *   WEIR_FAULT_CLOCK=FILE             seconds (decimal, signed) that are read
 *                                     from FILE and added to sys_wall_ns
 *   WEIR_FAULT_STRAYS=FILE            one line a signal that was sent to
 *                                     another than a child: pid, signal
 *
 * CALL is a row's name without sys_ or os_, `any` or `alloc`; ERRNO a name. */
#ifndef WEIR_FAULT_H
#define WEIR_FAULT_H

#include <stdbool.h>

/* The n-th call from now (from 1), of any kind that can fail, fails once with
 * err; 0 turns it off. */
void fault_at(unsigned long n, int err);

/* The same for one kind of call, by its name; sticky: and all after it. */
void fault_call(const char *call, unsigned long n, int err, bool sticky);

/* This process dies after its n-th point from now. */
void fault_die(unsigned long n);

/* No more faults. */
void fault_clear(void);

/* How many faults were injected since the last of the three above. */
unsigned long fault_fired(void);

/* Signals that were sent to others than children, ever. */
unsigned long fault_strayed(void);

/* Calls that passed since then. */
unsigned long fault_calls(void);

#endif
