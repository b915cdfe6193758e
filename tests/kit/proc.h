/* A process as /proc shows it: what it costs, and whether it listens yet. */
#ifndef WEIR_KIT_PROC_H
#define WEIR_KIT_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The text of /proc/PID/NAME, cut at some KB, "" if there is none; valid until
 * the next call. */
const char *proc_text(pid_t pid, const char *name);

/* The number after `key` in /proc/PID/status: "RssAnon:" in kB, say; or 0. */
long proc_status(pid_t pid, const char *key);

/* How many descriptors it has open. */
size_t proc_fds(pid_t pid);

/* CPU time it has used. */
int64_t cpu_ns(pid_t pid);

/* It is there, or at least a zombie of it. */
bool proc_is(pid_t pid);

/* A signal finds it prepared, by a mask or a handler; or it has ended, and
 * whoever waits for it will see that. */
bool proc_minds(pid_t pid, int sig);

/* Its children, at most `room` of them. */
size_t proc_children(pid_t pid, pid_t *out, size_t room);

#endif
