/* A line to a datagram: as runit sends it, or as RFC 3164 or RFC 5424 has it.
 *
 * Whatever the style, a datagram ends in a newline, which some receivers need,
 * and has at most `max` bytes; what is cut ends in "...", never inside a UTF-8
 * sequence. */
#ifndef WEIR_FRAME_H
#define WEIR_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "view.h"

enum frame_style { FRAME_RAW, FRAME_3164, FRAME_5424 };

enum {
	FRAME_LEAST = 480,  /* what any receiver takes, by RFC 5426 */
	FRAME_MOST = 65507, /* what IPv4 can carry */
	FRAME_TAG = 49,     /* with its NUL */
	FRAME_HOST = 256,
};

/* What an F line says. */
struct frame_form {
	enum frame_style style;
	unsigned facility, severity;
	char tag[FRAME_TAG];
	size_t max; /* bytes of a datagram */
};

/* The default: as runit. */
void frame_form_init(struct frame_form *f);

/* "3164 FACILITY.SEVERITY TAG [max=N]", "5424 ...", "raw [max=N]": NULL, or
 * what is wrong, *at bytes from the beginning, with *f as it was. */
const char *frame_form_parse(struct frame_form *f, struct view text,
    size_t *at);

/* The names of syslog, as in "local0" and "info". */
const char *frame_facility(unsigned facility);
const char *frame_severity(unsigned severity);

struct frame {
	struct frame_form form;
	size_t line_max;       /* raw: bytes of a line's text */
	char host[FRAME_HOST]; /* of this machine, as the style wants it */
	int east_s;            /* 3164: local time is ahead of UTC by */
	int64_t second;        /* that `time` is the text of; -1: none */
	char time[24];
};

/* host: any text; bytes that cannot be in a host's name are left out. */
void frame_init(struct frame *f, const struct frame_form *form, size_t line_max,
    const char *host);

struct frame_line {
	int64_t ns;               /* since 1970 */
	uint64_t sequence;        /* 5424: from 0 */
	struct view stamp;        /* raw: in front of all */
	struct view prefix, text; /* any bytes */
};

/* Appends the datagram; `to` has room for form.max bytes. */
void frame_put(struct frame *f, struct buf *to, const struct frame_line *l);

#endif
