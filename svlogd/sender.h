/* What of a directory's lines has gone out as datagrams: its targets, and its
 * record in the ring, so that a crash at any point sends none twice, and loses
 * none but the one on its way.
 *
 * Before a datagram goes out the record says that its line is settled: a
 * successor lays out the cut again, and of its datagrams those that come
 * after. With u a batch goes out between writer_put() and writer_commit(): the
 * lines are in the log. With U it is the other way round: the batch goes out
 * first, and what no target takes is for the log then (route.h). */
#ifndef WEIR_SENDER_H
#define WEIR_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "datagrams.h"
#include "frame.h"
#include "options.h"
#include "relay.h"
#include "route.h"
#include "writer.h"

struct sender {
	/* Borrowed. */
	const struct conf *conf;
	struct writer *writer;   /* whose record it is */
	struct datagrams *batch; /* as route_next() staged it; NULL: there are
	                          * no targets */

	struct relay relay;
	struct frame frame;
	int64_t zone_until; /* frame.east_s is good for lines before it */
};

/* Whatever the conf says at the moment of a call counts. path: of the
 * directory. */
void sender_init(struct sender *s, const char *path, const struct conf *conf,
    struct writer *writer);
void sender_close(struct sender *s);

/* The config is a new one: takes its targets, and has the route stage their
 * datagrams in `batch`. */
void sender_configure(struct sender *s, const struct options *options,
    struct datagrams *batch, struct route *route);

/* To be called before route_next(): what datagrams tell besides the line. */
void sender_prepare(struct sender *s);

/* Before a cut is put into the log. With U it is nothing but datagrams, and
 * goes out now: true where each has a target that took it, and the cut may be
 * committed. Else the record says which lines go to the log, and the next cut
 * does as it says. */
bool sender_settle(struct sender *s, struct cut *cut);

/* After it is in the log, and before it is committed: with u its datagrams go
 * out, whatever comes of them. */
void sender_send(struct sender *s, struct cut *cut);

#endif
