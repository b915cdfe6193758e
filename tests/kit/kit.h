/* What program tests share, whatever program they test: all of it.
 *
 *   verdict   exit codes; want, await, give_up
 *   clock     time, and limits
 *   file      paths, temporary directories, whole files
 *   bytes     memory that grows
 *   program   a program as data: words, descriptors, environment, place
 *   child     waiting for children, and leaving none behind
 *   proc      a process as /proc shows it
 *   disk      small and full file systems
 *   line      numbered, checksummed lines
 *   check     ... of which none is lost, doubled, torn or out of order
 *   writer    a process that writes them
 *   points    the crash points of a fault build
 *   random    chance that is the same on every run
 *   option    a driver's options
 *   play      tables of scenes, each a sentence that is true
 *
 * A driver starts with signals_take() and an atexit() that calls
 * strays_clear() and tree_remove(); play() does that itself. Nothing here
 * sleeps for an event: await() and child_ended() look, and have a limit. */
#ifndef WEIR_KIT_H
#define WEIR_KIT_H

#include "kit/bytes.h"
#include "kit/check.h"
#include "kit/child.h"
#include "kit/clock.h"
#include "kit/disk.h"
#include "kit/file.h"
#include "kit/line.h"
#include "kit/option.h"
#include "kit/play.h"
#include "kit/points.h"
#include "kit/proc.h"
#include "kit/program.h"
#include "kit/random.h"
#include "kit/verdict.h"
#include "kit/writer.h"

#endif
