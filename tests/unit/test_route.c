/* svlogd/route, and who lays out its cuts: span, run, entry, piece, loss */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pcre.h"
#include "route.h"
#include "unit/random.h"

enum { INPUT = 6000, FILES = 8192, ROOM = 1 << 20 };

static const int64_t tail_ns = INT64_C(1700000000999999998);
static const int64_t fresh_ns = INT64_C(1700000001000000000);

/* What came out: all bytes in order, and where each file ends. */
struct output {
	char *p;
	size_t n;
	size_t end[FILES]; /* of all files but the last */
	size_t n_ends;
};

/* A directory that a route writes for, without a disk. */
struct scene {
	struct ring ring;
	struct options options;
	struct conf conf;
	struct route route;
	struct buf out;
	struct copies alerts, copies;
	struct datagrams datagrams;
	struct frame frame;
	uint64_t start; /* position of the first byte */
	size_t n;       /* bytes of input */
	const char *input;
};

static struct ring the_ring;
static struct output straight, other, model;

static int
enter(void **state)
{
	(void)state;
	straight.p = malloc(ROOM);
	other.p = malloc(ROOM);
	model.p = malloc(ROOM);
	return ring_open_anonymous(&the_ring);
}

static int
leave(void **state)
{
	(void)state;
	free(straight.p);
	free(other.p);
	free(model.p);
	ring_close(&the_ring);
	return 0;
}

/* --- the scene ----------------------------------------------------------- */

static void
scene_open(struct scene *s, const char *config, enum stamp_style stamp,
    uint64_t line_max, uint64_t buffer)
{
	memset(s, 0, sizeof(*s));
	s->options.stamp = stamp;
	s->options.line_max = line_max;
	s->options.buffer = buffer;
	scrub_init(&s->options.scrub);
	assert_int_equal(conf_parse(&s->conf, view_str(config), NULL, NULL), 0);
	buf_init(&s->out, malloc(route_buffer(&s->options, &s->conf)),
	    route_buffer(&s->options, &s->conf));
	route_init(&s->route, &s->options, &s->conf, &s->out);
	s->ring = the_ring;
}

static void
scene_copies(struct scene *s)
{
	size_t front = STAMP_SIZE + s->conf.prefix.n;

	assert_int_equal(copies_open(&s->alerts, 2, s->options.line_max, front),
	    0);
	assert_int_equal(copies_open(&s->copies, 1, 1024, front), 0);
	s->route.alerts = &s->alerts;
	if (s->conf.copy_out)
		s->route.copies = &s->copies;
}

static void
scene_datagrams(struct scene *s)
{
	assert_int_equal(datagrams_open(&s->datagrams, s->conf.form.max), 0);
	frame_init(&s->frame, &s->conf.form, s->options.line_max, "h");
	s->route.datagrams = &s->datagrams;
	s->route.frame = &s->frame;
}

/* The input is in the ring from `start` on; a part of it was read later. */
static struct ring_out
scene_input(struct scene *s, const char *p, size_t n, uint64_t start,
    size_t fresh)
{
	struct ring_out now = { .dev = 1, .ino = 1, .wr = start };

	s->input = p;
	s->n = n;
	s->start = start;
	s->ring.in = (struct ring_in){ .rd = start + n };
	memcpy(ring_at(&s->ring, start), p, n);
	s->ring.in.fresh = start + fresh;
	s->ring.in.fresh_ns = fresh_ns;
	s->ring.in.tail_ns = tail_ns;
	assert_true(route_clock(&now, &s->ring.in));
	assert_false(route_clock(&now, &s->ring.in));
	return now;
}

static void
scene_close(struct scene *s)
{
	if (s->route.alerts)
		copies_close(&s->alerts);
	if (s->alerts.stage.p || s->copies.stage.p)
		copies_close(&s->copies);
	datagrams_close(&s->datagrams);
	free(s->out.p);
	conf_free(&s->conf);
}

static void
output_put(struct output *o, const struct cut *cut)
{
	size_t sum = 0;
	int i;

	for (i = 0; i < cut->n_parts; i++) {
		assert_true(o->n + cut->part[i].iov_len <= ROOM);
		memcpy(o->p + o->n, cut->part[i].iov_base,
		    cut->part[i].iov_len);
		o->n += cut->part[i].iov_len;
		sum += cut->part[i].iov_len;
	}
	assert_int_equal(sum, cut->bytes);
}

static void
output_end(struct output *o)
{
	assert_true(o->n_ends < FILES);
	o->end[o->n_ends++] = o->n;
}

static void
same_bytes(const struct output *a, const struct output *b, unsigned round)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (a->p[i] != b->p[i])
			fail_msg("round %u: byte %zu of %zu", round, i, a->n);
	if (a->n != b->n)
		fail_msg("round %u: %zu bytes, not %zu", round, b->n, a->n);
}

static void
same_files(const struct output *a, const struct output *b, unsigned round)
{
	size_t i;

	same_bytes(a, b, round);
	if (a->n_ends != b->n_ends)
		fail_msg("round %u: %zu and %zu files", round, a->n_ends,
		    b->n_ends);
	for (i = 0; i < a->n_ends; i++)
		if (a->end[i] != b->end[i])
			fail_msg("round %u: file %zu", round, i);
}

/* One commit: writes, and rotates where the file is full. */
static void
follow(struct ring_out *now, const struct cut *cut, struct output *o)
{
	*now = cut->next;
	assert_int_equal(now->n.read_lines,
	    now->n.written_lines + now->n.deselected_lines +
		now->n.forwarded_lines + now->n.dropped_lines);
	assert_int_equal(now->n.read_bytes,
	    now->n.written_bytes + now->n.deselected_bytes +
		now->n.forwarded_bytes + now->n.dropped_bytes);
	if (cut->rotate && now->off > 0) {
		output_end(o);
		now->off = 0;
	}
}

static bool
is_done(const struct ring_out *now, uint64_t ready, bool last)
{
	return now->wr >= ready && !(last && now->in_line);
}

/* All of the input, as one run without an accident. */
static struct ring_out
run(struct scene *s, struct ring_out now, uint64_t ready, bool last,
    struct output *o)
{
	unsigned turns = 0;
	struct cut cut;

	while (!is_done(&now, ready, last)) {
		assert_true(turns++ < 100000);
		route_next(&s->route, &s->ring, &now, ready, last, &cut);
		output_put(o, &cut);
		follow(&now, &cut, o);
	}
	return now;
}

/* --- the model: what a directory's files hold, byte by byte -------------- */

struct model {
	const struct scene *s;
	struct output *o;
	uint64_t size; /* of the file */
	int64_t last_ns;
	struct ring_counts n; /* masked, withheld and given up only */
};

static void
model_byte(struct model *m, char c, bool splits)
{
	uint64_t max = m->s->conf.size;

	if (splits && max && m->size >= max) {
		output_end(m->o);
		m->size = 0;
	}
	m->o->p[m->o->n++] = c;
	m->size++;
}

/* What is left of a line in which something is hidden is never split. */
static struct view
model_mask(struct model *md, struct view text, size_t front, bool *splits)
{
	const struct conf *conf = &md->s->conf;
	struct masked m = { MASK_SHOWN, text };

	if (conf->masks.n)
		m = masks_apply(&conf->masks, text);
	if (m.fate == MASK_HIDDEN && conf->size &&
	    front + m.text.n + 1 > conf->size)
		m = masks_withhold();
	md->n.masked_lines += m.fate == MASK_HIDDEN;
	md->n.withheld_lines += m.fate == MASK_WITHHELD;
	*splits = m.fate == MASK_SHOWN;
	return m.text;
}

static void
model_line(struct model *m, uint64_t pos, struct view text)
{
	const struct scene *s = m->s;
	uint64_t max = s->conf.size, l = s->options.line_max;
	struct view head = view_first(text, l);
	struct verdict v = select_line(&s->conf.select, head);
	size_t front = (s->options.stamp ? STAMP_SIZE : 0) + s->conf.prefix.n;
	struct stamp stamp;
	struct view at = { NULL, 0 };
	int64_t ns = pos < s->ring.in.fresh ? tail_ns : fresh_ns;
	bool splits = true;
	size_t i;

	if (!v.to[SELECT_LOG] && !v.to[SELECT_STDERR])
		return;
	if (s->options.stamp) {
		if (ns <= m->last_ns)
			ns = m->last_ns + 1;
		m->last_ns = ns;
		stamp_init(&stamp, s->options.stamp);
		at = stamp_text(&stamp, ns);
	}
	text = model_mask(m, text, front, &splits);
	if (!v.to[SELECT_LOG])
		return;
	if (max && m->size > 0 && m->size + front + text.n + 1 > max) {
		output_end(m->o);
		m->size = 0;
	}
	for (i = 0; i < at.n; i++)
		model_byte(m, at.p[i], false);
	for (i = 0; i < s->conf.prefix.n; i++)
		model_byte(m, s->conf.prefix.p[i], false);
	for (i = 0; i < text.n; i++)
		model_byte(m, text.p[i], splits);
	model_byte(m, '\n', splits);
	if (max && max >= l && m->size >= max - l) {
		output_end(m->o);
		m->size = 0;
	}
}

static struct ring_counts
model_run(const struct scene *s, bool last, struct output *o)
{
	struct model m = { .s = s, .o = o };
	uint64_t given_up = pcre_given_up();
	size_t at = 0, i;

	o->n = o->n_ends = 0;
	for (i = 0; i < s->n; i++) {
		if (s->input[i] != '\n')
			continue;
		model_line(&m, s->start + at, view_of(s->input + at, i - at));
		at = i + 1;
	}
	if (last && at < s->n)
		model_line(&m, s->start + at,
		    view_of(s->input + at, s->n - at));
	m.n.given_up = pcre_given_up() - given_up;
	return m.n;
}

/* --- random scenes ------------------------------------------------------- */

static char input[INPUT];
static char config[512];

/* Sizes are at least 64, so that a stamp and a prefix fit in a file. */
static void
random_config(bool rules)
{
	static const char *const lines[] = { "-*a*\n", "+*b*c*\n", "-\n",
		"+*a\n", "-b+c*\n", "eab*\n", "E*a\n", "e*\n", "-*\n", "+c*\n",
		"~-a.*b\n", "~+c$\n", "~eb{2}\n",
		"~+(*LIMIT_MATCH=9)(\\w+)+[!?]\n" };
	static const char *const masks[] = { "~mab\n", "~m(b+)c\n", "~m^.\n",
		"~m(*LIMIT_MATCH=50)(\\w+)+[!?]\n" };
	size_t n = 0, k;

	n += (size_t)snprintf(config, sizeof(config), "s%zu\n",
	    random_below(4) ? 64 + random_below(900) : 0);
	if (random_below(2))
		n += (size_t)snprintf(config + n, sizeof(config) - n, "p%.*s\n",
		    (int)random_below(14), "a prefix of me: ");
	for (k = rules ? 1 + random_below(5) : 0; k > 0; k--)
		n += (size_t)snprintf(config + n, sizeof(config) - n, "%s",
		    lines[random_below(14)]);
	for (k = random_below(3) ? 0 : random_below(4); k > 0; k--)
		n += (size_t)snprintf(config + n, sizeof(config) - n, "%s",
		    masks[random_below(4)]);
	if (rules && random_below(2))
		snprintf(config + n, sizeof(config) - n, "O\n");
}

/* Opens one; true where nothing looks at lines as such. */
static bool
random_scene(struct scene *s, struct ring_out *now, unsigned round)
{
	static const size_t longest[] = { 3, 40, 200, 700, 5000 };
	static const uint64_t maxes[] = { 1, 5, 30, 100, 400 };
	bool rules = round % 3 == 1;
	size_t n;

	random_seed(round + 1);
	random_config(rules);
	if (round % 3 == 0) /* for spans: neither stamp nor prefix */
		snprintf(config, sizeof(config), "s%zu\n",
		    random_below(5) ? 1 + random_below(900) : 0);
	scene_open(s, config,
	    round % 3 == 0 ? STAMP_NONE : (enum stamp_style)random_below(4),
	    maxes[random_below(5)],
	    random_below(2) ? 1 + random_below(700) : 65536);
	if (rules)
		scene_copies(s);
	n = 1 + random_below(random_below(3) ? 600 : INPUT);
	random_lines(input, n, longest[random_below(5)]);
	*now = scene_input(s, input, n,
	    random_below(2) ? random_below(RING_DATA)
			    : RING_DATA - random_below(n),
	    random_below(n));
	straight.n = straight.n_ends = other.n = other.n_ends = 0;
	return !rules && s->conf.masks.n == 0;
}

/* --- properties ---------------------------------------------------------- */

static void
a_straight_run_writes_the_files_of_the_model(void **state)
{
	struct ring_counts all = { 0 };
	unsigned round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		bool last = round & 1;
		struct ring_counts n;
		struct ring_out now, end;
		struct scene s;
		size_t whole;

		random_scene(&s, &now, round);
		whole = s.n;
		while (!last && whole > 0 && input[whole - 1] != '\n')
			whole--;
		end = run(&s, now, s.start + whole, last, &straight);
		n = model_run(&s, last, &model);
		assert_int_equal(end.n.masked_lines, n.masked_lines);
		assert_int_equal(end.n.withheld_lines, n.withheld_lines);
		assert_int_equal(end.n.given_up, n.given_up);
		all.masked_lines += n.masked_lines;
		all.withheld_lines += n.withheld_lines;
		all.given_up += n.given_up;
		same_files(&model, &straight, round);
		assert_int_equal(end.wr, s.start + whole);
		assert_int_equal(end.in_line, 0);
		assert_int_equal(end.n.read_bytes, whole);
		assert_int_equal(end.n.dropped_lines, 0);
		scene_close(&s);
	}
	assert_true(all.masked_lines > 1000 && all.withheld_lines > 1000 &&
		    all.given_up > 1000);
}

/* A place where the ready bytes may end: at a line end; with `anywhere` also
 * in the middle of a line. */
static size_t
random_ready(const struct scene *s, size_t from, bool anywhere)
{
	size_t to = from + 1 + random_below(400);

	if (to >= s->n)
		return s->n;
	while (!anywhere && to < s->n && s->input[to - 1] != '\n')
		to++;
	return to;
}

static void
the_output_does_not_depend_on_how_much_is_ready(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct ring_out now, a, b;
		bool plain, anywhere;
		struct scene s;
		size_t at;

		plain = random_scene(&s, &now, round);
		anywhere = plain && random_below(2);
		a = run(&s, now, s.start + s.n, true, &straight);
		b = now;
		for (at = 0; at < s.n;) {
			at = random_ready(&s, at, anywhere);
			b = run(&s, b, s.start + at, at == s.n, &other);
		}
		if (anywhere)
			same_bytes(&straight, &other, round);
		else
			same_files(&straight, &other, round);
		assert_int_equal(a.last_ns, b.last_ns);
		if (!anywhere)
			assert_memory_equal(&a.n, &b.n, sizeof(a.n));
		scene_close(&s);
	}
}

/* Appends what a cut has beyond its first `from` bytes, up to `to`. */
static void
output_range(struct output *o, const struct cut *cut, size_t from, size_t to)
{
	size_t begin = o->n;

	output_put(o, cut);
	memmove(o->p + begin, o->p + begin + from, to - from);
	o->n = begin + to - from;
}

/* Killed when any number of bytes of a cut were written, then begun again
 * from the record, with as much of the input ready or more. */
static struct ring_out
run_with_deaths(struct scene *s, struct ring_out now, struct output *o)
{
	size_t ready = random_ready(s, 0, false);
	size_t ahead = 0, deaths = 0;
	unsigned turns = 0;
	struct cut cut;

	while (ready < s->n || !is_done(&now, s->start + ready, true)) {
		bool last = ready == s->n;

		assert_true(turns++ < 200000);
		if (is_done(&now, s->start + ready, last)) {
			ready = random_ready(s, ready, false);
			continue;
		}
		route_next(&s->route, &s->ring, &now, s->start + ready, last,
		    &cut);
		if (deaths++ < 3 && random_below(2)) {
			size_t upto = random_below(cut.bytes + 1);

			if (upto > ahead) {
				output_range(o, &cut, ahead, upto);
				ahead = upto;
			}
			if (random_below(2))
				route_init(&s->route, &s->options, &s->conf,
				    &s->out);
			if (random_below(2))
				ready = random_ready(s, ready, false);
			continue;
		}
		deaths = 0;
		if (ahead < cut.bytes) {
			output_range(o, &cut, ahead, cut.bytes);
			ahead = cut.bytes;
		}
		ahead -= cut.bytes;
		if (cut.rotate)
			assert_int_equal(ahead, 0);
		follow(&now, &cut, o);
	}
	return now;
}

static void
a_run_with_deaths_writes_what_a_straight_one_does(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct ring_out now, a, b;
		struct scene s;

		random_scene(&s, &now, round);
		s.route.alerts = NULL; /* route_init() forgets them */
		s.route.copies = NULL;
		a = run(&s, now, s.start + s.n, true, &straight);
		b = run_with_deaths(&s, now, &other);
		same_files(&straight, &other, round);
		assert_memory_equal(&a.n, &b.n, sizeof(a.n));
		if (s.alerts.stage.p)
			s.route.alerts = &s.alerts;
		scene_close(&s);
	}
}

/* Every byte position once, with a small input: before each commit a death
 * whose last write ended there. */
static void
death_at_any_byte_neither_loses_nor_repeats(void **state)
{
	static const char text[] = "one\ntwo two\n\nthree is long\nfour";
	unsigned style, round;

	(void)state;
	for (style = 0; style < 4; style++) {
		for (round = 0; round < 40; round++) {
			struct ring_out now, start;
			struct scene s;
			size_t ahead;

			scene_open(&s, round & 1 ? "s64\npX: \n-two*\n" : "",
			    (enum stamp_style)style, 10, 65536);
			start = scene_input(&s, text, sizeof(text) - 1,
			    RING_DATA - round, 12);
			straight.n = straight.n_ends = 0;
			run(&s, start, s.start + s.n, true, &straight);
			for (ahead = 0;; ahead++) {
				struct cut cut;
				size_t had;

				other.n = other.n_ends = 0;
				route_next(&s.route, &s.ring, &start,
				    s.start + 12, false, &cut);
				output_put(&other, &cut);
				if (ahead > other.n)
					break;
				/* `ahead` bytes are there; now all is ready */
				had = ahead;
				now = start;
				route_init(&s.route, &s.options, &s.conf,
				    &s.out);
				route_next(&s.route, &s.ring, &now,
				    s.start + s.n, true, &cut);
				other.n = 0;
				output_put(&other, &cut);
				assert_true(cut.bytes >= had);
				assert_memory_equal(other.p, straight.p, had);
				follow(&now, &cut, &other);
				run(&s, now, s.start + s.n, true, &other);
				same_files(&straight, &other, round);
			}
			scene_close(&s);
		}
	}
}

static void
the_same_record_lays_out_the_same_write(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 500; round++) {
		struct ring_out now;
		struct cut a, b;
		struct scene s;

		random_scene(&s, &now, round);
		while (!is_done(&now, s.start + s.n, true)) {
			route_next(&s.route, &s.ring, &now, s.start + s.n, true,
			    &a);
			other.n = 0;
			output_put(&other, &a);
			straight.n = 0;
			route_next(&s.route, &s.ring, &now, s.start + s.n, true,
			    &b);
			output_put(&straight, &b);
			same_bytes(&other, &straight, round);
			assert_memory_equal(&a.next, &b.next, sizeof(a.next));
			assert_int_equal(a.rotate, b.rotate);
			follow(&now, &b, &straight);
		}
		scene_close(&s);
	}
}

/* Copies of lines in the order of the lines, whatever the cuts. */
static size_t
run_copies(struct scene *s, struct ring_out now, bool split, char *to)
{
	size_t n = 0, at = 0;
	struct cut cut;

	other.n_ends = 0;
	while (at < s->n) {
		at = split ? random_ready(s, at, false) : s->n;
		while (!is_done(&now, s->start + at, at == s->n)) {
			route_next(&s->route, &s->ring, &now, s->start + at,
			    at == s->n, &cut);
			memcpy(to + n, s->alerts.stage.p, s->alerts.stage.n);
			n += s->alerts.stage.n;
			follow(&now, &cut, &other);
		}
	}
	return n;
}

static void
alerts_do_not_depend_on_the_cuts(void **state)
{
	unsigned round;

	(void)state;
	for (round = 1; round < 3000; round += 3) {
		struct ring_out now;
		struct scene s;
		size_t n, k;

		random_scene(&s, &now, round);
		n = run_copies(&s, now, false, straight.p);
		k = run_copies(&s, now, true, model.p);
		assert_int_equal(n, k);
		assert_memory_equal(straight.p, model.p, n);
		assert_int_equal(s.alerts.dropped, 0);
		scene_close(&s);
	}
}

/* --- single cases -------------------------------------------------------- */

static const struct {
	const char *config;
	uint64_t line_max;
	const char *input;
	bool last;
	const char *files; /* a bar between two */
} cases[] = {
	{ "", 1000, "a\nb\n", false, "a\nb\n" },
	{ "", 1000, "a\nb", false, "a\nb" }, /* as far as ready says */
	{ "", 1000, "a\nb", true, "a\nb\n" },
	{ "", 1000, "a\nb\n", true, "a\nb\n" },
	{ "", 1000, "\n", true, "\n" },
	{ "p>\n", 1000, "a\nb", true, ">a\n>b\n" },
	{ "p>\n", 1000, "\n\n", true, ">\n>\n" },
	{ "-b\n", 1000, "a\nb\nc", true, "a\nc\n" },
	{ "-c\n", 1000, "a\nc", true, "a\n" },
	{ "-*\n+aa\n", 2, "aabb\naa\nab\n", true, "aabb\naa\n" },
	{ "s10\n", 1000, "aaaa\nbbbb\ncccc\n", true, "aaaa\nbbbb\n|cccc\n" },
	{ "s10\n", 5, "aaa\nbb\nccc\n", true, "aaa\nbb\n|ccc\n" },
	{ "s10\n", 5, "aaaa\nbb\nccc\n", true, "aaaa\n|bb\nccc\n|" },
	{ "s10\n", 1000, "aaa\nbbbbbbb\n", true, "aaa\n|bbbbbbb\n" },
	{ "s5\n", 1000, "aaaaaaaaaaaa\nb\n", true, "aaaaa|aaaaa|aa\nb\n" },
	{ "s5\n", 1000, "aaaaa\nb\n", true, "aaaaa|\nb\n" },
	{ "s5\np\n-x\n", 1000, "aaaaa\nb\n", true, "aaaaa|\nb\n" },
	{ "s5\n-x\n", 1000, "aaaaaaaaaaaa\nb\n", true, "aaaaa|aaaaa|aa\nb\n" },
	{ "s0\n", 1000, "aaaaaaaaaaaa\nb\n", true, "aaaaaaaaaaaa\nb\n" },
	{ "~-b$\n", 1000, "ab\nba\nb", true, "ba\n" },
	{ "~-b\n", 2, "aab\nab\n", true, "aab\n" }, /* its head only */
	{ "~mb\n", 1000, "abc\nc\nb", true, "a***c\nc\n***\n" },
	{ "~mb\n", 2, "aab\n", true, "aa***\n" }, /* all of it */
	{ "~mb\np>\n", 1000, "abc\n", true, ">a***c\n" },
	/* Rules see what is hidden. */
	{ "~mb\n-*\n~+b\n", 1000, "abc\nac\n", true, "a***c\n" },
	{ "~mb\n~-[*]\n", 1000, "abc\n", true, "a***c\n" },
	/* What nobody gets is not looked at. */
	{ "~mb\n-*b*\n", 1000, "abc\nac\n", true, "ac\n" },
	/* What is masked is not split, what is not is. */
	{ "s8\n~mb\n", 1000, "abc\nabc\n", true, "a***c\n|a***c\n" },
	{ "s5\n~mb\n", 1000, "abc\na\n", true,
	    "*** line withheld: it could not be masked\n|a\n" },
	{ "s5\n~mb\n", 1000, "aaaaaaa\n", true, "aaaaa|aa\n" },
};

static void
lines_go_where_the_config_says(void **state)
{
	char got[256];
	size_t i, k, f;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ring_out now;
		struct scene s;

		scene_open(&s, cases[i].config, STAMP_NONE, cases[i].line_max,
		    65536);
		now = scene_input(&s, cases[i].input, strlen(cases[i].input), 0,
		    0);
		straight.n = straight.n_ends = 0;
		run(&s, now, s.n, cases[i].last, &straight);
		for (k = f = 0; f <= straight.n; f++) {
			size_t e;

			for (e = 0; e < straight.n_ends; e++)
				if (straight.end[e] == f)
					got[k++] = '|';
			if (f < straight.n)
				got[k++] = straight.p[f];
		}
		got[k] = '\0';
		if (strcmp(got, cases[i].files) != 0)
			fail_msg("row %zu: %s", i, got);
		scene_close(&s);
	}
}

static void
a_line_longer_than_the_buffer_loses_no_byte(void **state)
{
	static char text[20000];
	struct ring_out now;
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof(text) - 1] = '\n';
	scene_open(&s, "p: \ns0\n", STAMP_TAI, 10, 1);
	now = scene_input(&s, text, sizeof(text), RING_DATA - 777, 0);
	straight.n = straight.n_ends = 0;
	now = run(&s, now, s.start + s.n, false, &straight);
	assert_int_equal(straight.n, STAMP_SIZE + 2 + sizeof(text));
	assert_memory_equal(straight.p + STAMP_SIZE + 2, text, sizeof(text));
	assert_int_equal(now.n.written_lines, 1);
	assert_int_equal(now.n.cut_lines, 1);
	scene_close(&s);
}

/* It is longer than the ring, say: nobody sees all of it at once. */
static void
a_line_without_an_end_is_withheld_where_there_are_masks(void **state)
{
	static const char text[] = "aaa secret bbb\nc\n";
	static const char want[] =
	    "*** line withheld: it could not be masked\nc\n";
	struct ring_out now, next;
	struct scene s;
	uint64_t at;

	(void)state;
	scene_open(&s, "~msecret\n", STAMP_NONE, 1000, 1);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	straight.n = straight.n_ends = 0;
	for (at = 6; at < s.n; at += 4) {
		struct cut cut;

		route_next(&s.route, &s.ring, &now, at, false, &cut);
		output_put(&straight, &cut);
		now = cut.next;
		assert_int_equal(straight.n, sizeof(want) - 3);
	}
	route_drop(&s.route, &s.ring, &now, s.n - 3, false, -EIO, &next);
	assert_int_equal(next.torn, 0);
	assert_int_equal(next.owed_lines, 0);
	now = run(&s, next, s.n, true, &straight);
	assert_int_equal(straight.n, sizeof(want) - 1);
	assert_memory_equal(straight.p, want, straight.n);
	assert_int_equal(now.n.withheld_lines, 1);
	assert_int_equal(now.n.written_lines, 2);
	assert_int_equal(now.n.written_bytes, s.n);
	scene_close(&s);
}

static void
what_is_hidden_is_hidden_in_copies_too(void **state)
{
	static const char text[] = "a secret b\n";
	struct ring_out now;
	struct scene s;
	struct cut cut;

	(void)state;
	scene_open(&s, "~msecret\ne*\nO\n", STAMP_NONE, 1000, 1);
	scene_copies(&s);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	route_next(&s.route, &s.ring, &now, s.n, false, &cut);
	assert_int_equal(s.alerts.stage.n, 8);
	assert_memory_equal(s.alerts.stage.p, "a *** b\n", 8);
	assert_int_equal(s.copies.stage.n, 8);
	assert_memory_equal(s.copies.stage.p, "a *** b\n", 8);
	assert_int_equal(cut.next.n.masked_lines, 1);
	scene_close(&s);
}

/* With O each that is logged; without it no line but what e names. */
static void
copies_are_of_the_lines_that_the_rules_name(void **state)
{
	static const char text[] = "a\nx\nb\nxb\na\n";
	struct ring_out now;
	struct scene s;
	struct cut cut;

	(void)state;
	scene_open(&s, "-x*\n+xb\neb\nO\n", STAMP_NONE, 1000, 1);
	scene_copies(&s);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	route_next(&s.route, &s.ring, &now, s.n, false, &cut);
	assert_int_equal(cut.bytes, 9);
	assert_memory_equal(cut.part[0].iov_base, "a\nb\nxb\na\n", 9);
	assert_int_equal(s.copies.stage.n, 9);
	assert_memory_equal(s.copies.stage.p, "a\nb\nxb\na\n", 9);
	assert_int_equal(s.alerts.stage.n, 2);
	assert_memory_equal(s.alerts.stage.p, "b\n", 2);
	s.route.copies = NULL;
	route_next(&s.route, &s.ring, &now, s.n, false, &cut);
	assert_int_equal(cut.bytes, 9);
	assert_int_equal(s.alerts.stage.n, 2);
	assert_memory_equal(s.alerts.stage.p, "b\n", 2);
	scene_close(&s);
}

/* Only the one line that wraps is written through the second image. */
static void
a_span_that_wraps_goes_out_from_the_first_image_where_it_can(void **state)
{
	static const struct {
		size_t at, n, all;
	} want[] = { { RING_DATA - 6, 4, 4 }, { RING_DATA - 2, 4, 4 },
		{ 2, 4, 4 }, { 6, 3, 4 } };
	struct ring_out now;
	struct scene s;
	struct cut cut;
	size_t i;

	(void)state;
	scene_open(&s, "", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, "abc\ndef\nghi\njkl", 15, RING_DATA - 6, 0);
	for (i = 0; i < 4; i++) {
		route_next(&s.route, &s.ring, &now, s.start + s.n, true, &cut);
		assert_ptr_equal(cut.part[0].iov_base,
		    s.ring.data + want[i].at);
		assert_int_equal(cut.part[0].iov_len, want[i].n);
		assert_int_equal(cut.bytes, want[i].all);
		now = cut.next;
	}
	assert_int_equal(now.n.written_lines, 4);
	assert_int_equal(now.n.written_bytes, 15);
	scene_close(&s);
}

/* What a run has found ahead lies in the second image; where the next one goes
 * on it is the first. With -l and -b beyond the ring nothing else would stop
 * it. */
static void
a_run_behind_the_wrap_goes_by_ends_of_its_own(void **state)
{
	static const char text[] = "aa\nalert\nbbb\ncc\nd\n";
	struct ring_out now;
	struct scene s;
	struct cut cut;

	(void)state;
	scene_open(&s, "s0\nealert\n", STAMP_NONE, 3 * RING_DATA,
	    3 * RING_DATA);
	scene_copies(&s);
	now = scene_input(&s, text, sizeof(text) - 1, RING_DATA - 6, 0);
	route_next(&s.route, &s.ring, &now, s.start + s.n, false, &cut);
	assert_int_equal(cut.bytes, s.n);
	assert_memory_equal(cut.part[0].iov_base, text, s.n);
	assert_int_equal(cut.next.n.written_lines, 5);
	scene_close(&s);
}

static void
a_line_is_stamped_with_the_time_its_first_byte_was_read(void **state)
{
	/* Two from the read before, one that it began, two of this one. */
	static const char text[] = "a\nb\nccc\nd\ne\n";
	static const int64_t want[] = { tail_ns, tail_ns + 1, tail_ns + 2,
		fresh_ns + 1, fresh_ns + 2 };
	struct ring_out now;
	struct scene s;
	size_t i, at = 0;

	(void)state;
	scene_open(&s, "", STAMP_TAI, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 6);
	straight.n = straight.n_ends = 0;
	run(&s, now, s.n, false, &straight);
	for (i = 0; i < 5; i++) {
		struct stamp st;

		stamp_init(&st, STAMP_TAI);
		assert_memory_equal(straight.p + at, stamp_text(&st, want[i]).p,
		    STAMP_SIZE);
		at = (size_t)((char *)memchr(straight.p + at, '\n',
				  straight.n - at) -
			      straight.p) +
		     1;
	}
	scene_close(&s);
}

/* What the rules said of its beginning counts for its rest, whatever became
 * of the line before. */
static void
of_a_line_that_comes_in_parts_all_or_nothing_is_logged(void **state)
{
	static const char text[] = "aaaaa\nbbbbb\nccccc\nbbbbb\nddddd\n";
	struct scene s;
	uint64_t step, at;

	(void)state;
	for (step = 1; step < sizeof(text); step++) {
		struct ring_out now;

		scene_open(&s, "-b*\ne+c*\n", STAMP_NONE, 3, 65536);
		scene_copies(&s);
		now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
		straight.n = straight.n_ends = 0;
		for (at = 3; at < sizeof(text) - 1; at += step)
			now = run(&s, now, at, false, &straight);
		now = run(&s, now, sizeof(text) - 1, false, &straight);
		straight.p[straight.n] = '\0';
		assert_string_equal(straight.p, "aaaaa\nccccc\nddddd\n");
		assert_int_equal(now.n.deselected_bytes, 12);
		scene_close(&s);
	}
}

/* --- lines that are dropped ---------------------------------------------- */

static void
dropping_counts_every_line_that_would_have_been_written(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct ring_out now, next, end;
		uint64_t lines = 0, bytes = 0, given_up;
		size_t whole, at, i;
		struct scene s;

		random_scene(&s, &now, round);
		for (whole = s.n; whole > 0; whole--)
			if (input[whole - 1] == '\n')
				break;
		for (at = i = 0; i < whole; i++) {
			struct view head;

			if (input[i] != '\n')
				continue;
			head = view_first(view_of(input + at, i - at),
			    s.options.line_max);
			if (select_line(&s.conf.select, head).to[SELECT_LOG]) {
				lines++;
				bytes += i - at + 1;
			}
			at = i + 1;
		}
		given_up = pcre_given_up();
		for (next = now, at = 0; at < whole;) {
			at = random_ready(&s, at, false);
			if (at > whole)
				at = whole;
			route_drop(&s.route, &s.ring, &next, s.start + at,
			    false, -ENOSPC, &end);
			next = end;
		}
		assert_int_equal(next.wr, s.start + whole);
		assert_int_equal(next.off, now.off);
		assert_int_equal(next.n.dropped_lines, lines);
		assert_int_equal(next.n.dropped_bytes, bytes);
		assert_int_equal(next.n.given_up, pcre_given_up() - given_up);
		assert_int_equal(next.n.read_bytes, whole);
		assert_int_equal(next.n.read_bytes,
		    bytes + next.n.deselected_bytes);
		assert_int_equal(next.owed_lines, lines);
		assert_int_equal(next.torn, 0);
		assert_int_equal(next.in_line, 0);
		if (lines)
			assert_int_equal(next.owed_err, -ENOSPC);
		scene_close(&s);
	}
}

static void
dropped_lines_are_owed_a_marker(void **state)
{
	static const char text[] = "a\nb\nx\nc\nd\n";
	struct ring_out now, next;
	struct scene s;

	(void)state;
	scene_open(&s, "-x\n", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	straight.n = straight.n_ends = 0;
	now = run(&s, now, 2, false, &straight);
	route_drop(&s.route, &s.ring, &now, 8, false, -ENOSPC, &next);
	next = run(&s, next, 10, false, &straight);
	straight.p[straight.n] = '\0';
	assert_string_equal(straight.p,
	    "a\nsvlogd: warning: 2 lines dropped: out of disk space\nd\n");
	assert_int_equal(next.owed_lines, 0);
	assert_int_equal(next.off, straight.n);
	assert_int_equal(next.n.dropped_lines, 2);
	assert_int_equal(next.n.dropped_bytes, 4);
	assert_int_equal(next.n.written_lines, 2);
	scene_close(&s);
}

static void
a_line_that_is_dropped_half_written_is_ended_before_the_marker(void **state)
{
	static const char text[] = "aaabbb\nc\n";
	struct ring_out now, next;
	struct scene s;

	(void)state;
	scene_open(&s, "", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	straight.n = straight.n_ends = 0;
	now = run(&s, now, 3, false, &straight);
	route_drop(&s.route, &s.ring, &now, 7, false, -EIO, &next);
	assert_int_equal(next.torn, 1);
	run(&s, next, 9, false, &straight);
	straight.p[straight.n] = '\0';
	assert_string_equal(straight.p,
	    "aaa\nsvlogd: warning: 1 lines dropped: input/output error\nc\n");
	scene_close(&s);
}

static void
a_marker_has_a_stamp_where_lines_have(void **state)
{
	static const char text[] = "a\nb\n";
	struct ring_out now, next;
	struct scene s;

	(void)state;
	scene_open(&s, "pweb: \n", STAMP_TAI, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	straight.n = straight.n_ends = 0;
	route_drop(&s.route, &s.ring, &now, 2, false, -EIO, &next);
	run(&s, next, 4, false, &straight);
	straight.p[straight.n] = '\0';
	assert_memory_equal(straight.p, "@40000000", 9);
	assert_memory_equal(straight.p + STAMP_SIZE,
	    "svlogd: warning: 1 lines ", 25);
	assert_string_equal(straight.p + straight.n - 7, "web: b\n");
	scene_close(&s);
}

/* As a crash leaves it between the two. */
static void
a_line_that_was_torn_is_ended_though_no_marker_is_owed(void **state)
{
	static const char text[] = "c\n";
	struct ring_out now;
	struct scene s;

	(void)state;
	scene_open(&s, "", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	now.torn = 1;
	straight.n = straight.n_ends = 0;
	now = run(&s, now, 2, false, &straight);
	straight.p[straight.n] = '\0';
	assert_string_equal(straight.p, "\nc\n");
	assert_int_equal(now.torn, 0);
	assert_int_equal(now.off, straight.n);
	scene_close(&s);
}

/* The end of a file counts for it as for any line: nothing crosses s, and what
 * ends at s - l or later is the last. */
static void
a_marker_does_not_cross_the_end_of_a_file(void **state)
{
	static const char text[] = "aaaaaaaa\nb\nc\n";
	static const char marker[] =
	    "svlogd: warning: 1 lines dropped: input/output error\n";
	enum { MARKER = sizeof(marker) - 1 };
	static const struct {
		size_t s, l, end; /* ... of the first file */
	} rows[] = {
		{ 9 + MARKER - 1, 1000, 9 },
		{ 9 + MARKER, 1000, 9 + MARKER },
		{ 9 + MARKER + 4, 3, 9 + MARKER + 2 },
		{ 9 + MARKER + 4, 4, 9 + MARKER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ring_out now, next;
		char limit[32];
		struct scene s;

		snprintf(limit, sizeof(limit), "s%zu\n", rows[i].s);
		scene_open(&s, limit, STAMP_NONE, rows[i].l, 65536);
		now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
		straight.n = straight.n_ends = 0;
		now = run(&s, now, 9, false, &straight);
		route_drop(&s.route, &s.ring, &now, 11, false, -EIO, &next);
		run(&s, next, 13, false, &straight);
		output_end(&straight);
		straight.p[straight.n] = '\0';
		assert_memory_equal(straight.p + 9, marker, MARKER);
		assert_string_equal(straight.p + 9 + MARKER, "c\n");
		if (straight.end[0] != rows[i].end)
			fail_msg("row %zu: %zu", i, straight.end[0]);
		scene_close(&s);
	}
}

/* A line longer than the ring is passed over in parts. */
static void
a_line_that_is_dropped_in_parts_counts_once(void **state)
{
	static const char text[] = "aaabbbccc\nd\n";
	struct ring_out now, next;
	struct scene s;
	uint64_t at;

	(void)state;
	scene_open(&s, "", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	for (at = 3; at < 12; at += 3) {
		route_drop(&s.route, &s.ring, &now, at, false, -EIO, &next);
		assert_int_equal(next.owed_lines, 1);
		assert_int_equal(next.in_line, 1);
		now = next;
	}
	route_drop(&s.route, &s.ring, &now, 12, false, -EIO, &next);
	assert_int_equal(next.owed_lines, 2);
	assert_int_equal(next.n.dropped_lines, 2);
	assert_int_equal(next.n.dropped_bytes, 12);
	scene_close(&s);
}

/* Nothing follows it that could end it. */
static void
a_last_line_without_an_end_is_dropped_as_a_line(void **state)
{
	static const char text[] = "aaa\nbb";
	struct ring_out now, next;
	struct scene s;

	(void)state;
	scene_open(&s, "", STAMP_NONE, 1000, 65536);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	route_drop(&s.route, &s.ring, &now, 6, false, -EIO, &next);
	assert_int_equal(next.in_line, 1);
	assert_int_equal(next.n.dropped_lines, 1);
	now = next;
	route_drop(&s.route, &s.ring, &now, 6, true, -EIO, &next);
	assert_int_equal(next.in_line, 0);
	assert_int_equal(next.owed_lines, 2);
	assert_int_equal(next.n.dropped_lines, 2);
	assert_int_equal(next.n.dropped_bytes, 6);
	scene_close(&s);
}

/* --- the hash and the buffer --------------------------------------------- */

static uint64_t
hash_of(const char *text, struct options o)
{
	struct conf c;
	uint64_t h;

	assert_int_equal(conf_parse(&c, view_str(text), NULL, NULL), 0);
	h = route_hash(&o, &c);
	conf_free(&c);
	return h;
}

/* The same text means something else to another PCRE2. */
static void
what_runs_the_expressions_is_in_the_hash(void **state)
{
	struct options o = { .line_max = 1000 };
	struct conf c;
	uint64_t h;

	(void)state;
	assert_int_equal(conf_parse(&c, view_str("~+a\n"), NULL, NULL), 0);
	h = route_hash(&o, &c);
	c.engine++;
	assert_true(h != route_hash(&o, &c));
	conf_free(&c);
}

static void
all_that_decides_the_output_is_in_the_hash(void **state)
{
	struct options plain = { .line_max = 1000, .buffer = 65536 };
	struct options o[5];
	uint64_t h[9];
	size_t i, k;

	(void)state;
	scrub_init(&plain.scrub);
	for (i = 0; i < 5; i++)
		o[i] = plain;
	o[1].stamp = STAMP_TAI;
	o[2].line_max = 999;
	o[3].buffer = 65535;
	scrub_set(&o[4].scrub, '_', view_of("", 0));
	for (i = 0; i < 5; i++)
		h[i] = hash_of("s100\n", o[i]);
	h[5] = hash_of("s101\n", plain);
	h[6] = hash_of("s100\np \n", plain);
	h[7] = hash_of("-a\n-b\n", plain);
	h[8] = hash_of("-b\n-a\n", plain);
	for (i = 0; i < 9; i++)
		for (k = 0; k < i; k++)
			assert_true(h[i] != h[k]);
	assert_true(h[0] == hash_of("s100\n", plain));
}

static void
a_buffer_has_room_for_a_stamp_a_prefix_and_a_marker(void **state)
{
	static char text[5002] = "p";
	struct options o = { .buffer = 1 };
	struct conf c;

	(void)state;
	memset(text + 1, 'x', 5000);
	assert_int_equal(conf_parse(&c, view_str(text), NULL, NULL), 0);
	assert_true(route_buffer(&o, &c) >= STAMP_SIZE + 5000 + 200);
	o.buffer = 100000;
	assert_int_equal(route_buffer(&o, &c), 100000);
	conf_free(&c);
}

/* Nearly a ring full of lines. Whoever asks every rule about them in vain takes
 * time, and there are signals. */
enum { LINE = 100, LINES = 8000, MOST = 200 * 1024 };

static struct ring_out
scene_much_input(struct scene *s)
{
	static char text[LINE * LINES];
	int i;

	memset(text, 'x', sizeof(text));
	for (i = 1; i <= LINES; i++)
		text[i * LINE - 1] = '\n';
	return scene_input(s, text, sizeof(text), 4711, 0);
}

static void
what_is_dropped_goes_in_steps(void **state)
{
	struct scene s;
	struct ring_out now, next;
	int steps = 0;

	(void)state;
	scene_open(&s, "-y*\n", STAMP_TAI, 1000, 1024);
	now = scene_much_input(&s);
	while (now.wr < s.ring.in.rd) {
		route_drop(&s.route, &s.ring, &now, s.ring.in.rd, false, -EIO,
		    &next);
		assert_true(next.wr > now.wr);
		assert_true(next.wr - now.wr <= MOST);
		now = next;
		steps++;
	}
	assert_true(steps >= 4);
	assert_int_equal(now.owed_lines, LINES);
	assert_int_equal(now.n.dropped_lines, LINES);
	scene_close(&s);
}

static void
a_cut_ends_though_no_line_of_it_is_written(void **state)
{
	struct scene s;
	struct ring_out now;
	struct cut cut;
	int cuts = 0;

	(void)state;
	scene_open(&s, "-*\n", STAMP_TAI, 1000, 1024);
	now = scene_much_input(&s);
	while (now.wr < s.ring.in.rd) {
		route_next(&s.route, &s.ring, &now, s.ring.in.rd, false, &cut);
		assert_int_equal(cut.bytes, 0);
		assert_true(cut.next.wr > now.wr);
		assert_true(cut.next.wr - now.wr <= MOST);
		now = cut.next;
		cuts++;
	}
	assert_true(cuts >= 4);
	assert_int_equal(now.n.deselected_lines, LINES);
	scene_close(&s);
}

static void
a_file_that_may_not_grow_is_a_limit(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, "s0\n", STAMP_NONE, 100, 1024);
	assert_false(route_restrict(&s.route, 0));
	assert_true(route_restrict(&s.route, 5000));
	assert_false(route_restrict(&s.route, 5000));
	assert_false(route_restrict(&s.route, 6000));
	assert_true(limit_ends(&s.route.limit, 4900));
	assert_false(limit_ends(&s.route.limit, 4899));
	assert_true(route_restrict(&s.route, 3000));
	scene_close(&s);
}

/* --- datagrams ------------------------------------------------------------ */

/* Lines, the last one unfinished as a rule. */
static size_t
make_input(void)
{
	size_t n = 1 + random_below(INPUT - 1);

	random_lines(input, n, 1 + random_below(300));
	return n;
}

/* What the targets did with the lines of a scene, by position. */
struct fates {
	unsigned char sent[INPUT + 1], logged[INPUT + 1];
};

static void
note_sent(const struct scene *s, const struct ring_out *now, size_t n,
    struct fates *f)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t from = s->datagrams.v[i].from;

		assert_true(from >= now->settled);
		f->sent[from - s->start]++;
	}
}

/* As sender.c does: the record first says that all are taken, and after that
 * which were not. It may die in between. */
static void
settle(struct scene *s, struct ring_out *now, const struct cut *cut,
    struct fates *f, bool only_probe)
{
	size_t n = only_probe ? 1 : s->datagrams.n;
	size_t taken = random_below(n + 1);
	bool dies = random_below(4) == 0;

	note_sent(s, now, only_probe ? 1 : s->datagrams.n, f);
	now->settled = cut->next.wr;
	now->untaken = only_probe ? now->wr : cut->next.wr;
	now->sequence += n;
	if (!only_probe && !dies && taken < n)
		now->untaken = s->datagrams.v[taken].from;
}

/* Bytes of the line that begins at `from`, and whether it is selected. */
static size_t
selected_line(const struct scene *s, size_t from, bool *selected)
{
	const char *end = memchr(s->input + from, '\n', s->n - from);
	size_t n = end ? (size_t)(end - (s->input + from)) : s->n - from;
	struct verdict v = select_line(&s->conf.select,
	    view_first(view_of(s->input + from, n), s->options.line_max));

	*selected = v.to[SELECT_LOG];
	return n;
}

/* The lines that begin from `untaken` on, before `settled`, and are selected.
 */
static void
note_logged(const struct scene *s, const struct ring_out *now, struct fates *f)
{
	uint64_t at = now->untaken;
	bool selected;

	while (at < now->settled) {
		size_t from = at - s->start;
		size_t n = selected_line(s, from, &selected);

		if (selected)
			f->logged[from] = 1;
		at += n + 1;
	}
}

/* Each line counts as what became of it. */
static void
same_counts(const struct scene *s, const struct ring_counts *n,
    const struct fates *f)
{
	uint64_t written = 0, forwarded = 0, deselected = 0;
	bool selected;

	for (size_t at = 0; at < s->n;) {
		size_t end = at + selected_line(s, at, &selected) + 1;

		if (!selected)
			deselected++;
		else if (f->logged[at])
			written++;
		else
			forwarded++;
		at = end;
	}
	assert_int_equal(n->written_lines, written);
	assert_int_equal(n->forwarded_lines, forwarded);
	assert_int_equal(n->deselected_lines, deselected);
}

/* What the log holds then: the chosen lines, without stamps. */
static void
want_logged(const struct scene *s, const struct fates *f, struct output *o)
{
	size_t i, n;

	o->n = o->n_ends = 0;
	for (i = 0; i < s->n; i++) {
		if (!f->logged[i])
			continue;
		for (n = i; n < s->n && s->input[n] != '\n'; n++)
			;
		memcpy(o->p + o->n, s->input + i, n - i);
		o->n += n - i;
		o->p[o->n++] = '\n';
	}
}

static void
with_only_targets_a_line_is_sent_once_and_logged_if_the_record_says_so(
    void **state)
{
	static struct fates f;
	unsigned round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		struct scene s;
		struct ring_out now;
		struct cut cut;
		size_t n;

		random_seed(round + 1);
		n = make_input();
		memset(&f, 0, sizeof(f));
		scene_open(&s,
		    round % 2 ? "U127.0.0.1\ns0\n-*\n+a*\n+*b\n"
			      : "U127.0.0.1\ns0\n",
		    STAMP_NONE, 1 + random_below(60), 400);
		scene_datagrams(&s);
		now = scene_input(&s, input, n, random_below(1000), n / 2);
		straight.n = straight.n_ends = 0;
		while (!is_done(&now, s.start + n, true)) {
			route_next(&s.route, &s.ring, &now, s.start + n, true,
			    &cut);
			if (s.datagrams.n == 0) {
				output_put(&straight, &cut);
				follow(&now, &cut, &straight);
				continue;
			}
			assert_int_equal(cut.bytes, 0);
			assert_true(now.wr >= now.settled);
			settle(&s, &now, &cut, &f, random_below(5) == 0);
			note_logged(&s, &now, &f);
		}
		want_logged(&s, &f, &other);
		same_bytes(&other, &straight, round);
		for (i = 0; i < n; i++)
			assert_true(f.sent[i] <= 1);
		same_counts(&s, &now.n, &f);
		scene_close(&s);
	}
}

static void
a_line_that_is_also_sent_has_one_datagram_in_the_cut_that_logs_it(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 200; round++) {
		struct scene s;
		struct ring_out now;
		uint64_t lines = 0;
		size_t n, i;
		struct cut cut;

		random_seed(round + 1);
		n = make_input();
		scene_open(&s, "u127.0.0.1\ns3000\n-*\n+*b\n+a*\n", STAMP_TAI,
		    1 + random_below(60), 400);
		scene_datagrams(&s);
		now = scene_input(&s, input, n, random_below(1000), n / 2);
		straight.n = straight.n_ends = 0;
		while (!is_done(&now, s.start + n, true)) {
			uint64_t sequence = now.sequence;

			route_next(&s.route, &s.ring, &now, s.start + n, true,
			    &cut);
			for (i = 0; i < s.datagrams.n; i++)
				assert_true(
				    s.datagrams.v[i].from >= now.wr &&
				    s.datagrams.v[i].from < cut.next.wr);
			lines += s.datagrams.n;
			output_put(&straight, &cut);
			follow(&now, &cut, &straight);
			assert_int_equal(now.sequence,
			    sequence + s.datagrams.n);
		}
		assert_int_equal(lines, now.n.written_lines);
		model_run(&s, true, &model);
		same_files(&model, &straight, round);
		scene_close(&s);
	}
}

static void
of_lines_for_targets_alone_none_that_was_taken_is_dropped(void **state)
{
	static const char text[] = "a\nb\nc\nd\n";
	struct ring_out now, next;
	struct scene s;

	(void)state;
	scene_open(&s, "U127.0.0.1\n-c\n", STAMP_NONE, 1000, 400);
	scene_datagrams(&s);
	now = scene_input(&s, text, sizeof(text) - 1, 0, 0);
	now.untaken = 2; /* a was taken, b was not, d is yet to be sent */
	now.settled = 6;
	route_drop(&s.route, &s.ring, &now, 8, false, -EIO, &next);
	assert_int_equal(next.n.forwarded_lines, 1);
	assert_int_equal(next.n.dropped_lines, 2);
	assert_int_equal(next.n.deselected_lines, 1);
	assert_int_equal(next.owed_lines, 2);
	scene_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_go_where_the_config_says),
		cmocka_unit_test(a_straight_run_writes_the_files_of_the_model),
		cmocka_unit_test(
		    the_output_does_not_depend_on_how_much_is_ready),
		cmocka_unit_test(
		    a_run_with_deaths_writes_what_a_straight_one_does),
		cmocka_unit_test(death_at_any_byte_neither_loses_nor_repeats),
		cmocka_unit_test(the_same_record_lays_out_the_same_write),
		cmocka_unit_test(alerts_do_not_depend_on_the_cuts),
		cmocka_unit_test(a_line_longer_than_the_buffer_loses_no_byte),
		cmocka_unit_test(
		    a_line_without_an_end_is_withheld_where_there_are_masks),
		cmocka_unit_test(what_is_hidden_is_hidden_in_copies_too),
		cmocka_unit_test(copies_are_of_the_lines_that_the_rules_name),
		cmocka_unit_test(
		    a_span_that_wraps_goes_out_from_the_first_image_where_it_can),
		cmocka_unit_test(a_run_behind_the_wrap_goes_by_ends_of_its_own),
		cmocka_unit_test(
		    a_line_is_stamped_with_the_time_its_first_byte_was_read),
		cmocka_unit_test(
		    dropping_counts_every_line_that_would_have_been_written),
		cmocka_unit_test(dropped_lines_are_owed_a_marker),
		cmocka_unit_test(
		    a_line_that_was_torn_is_ended_though_no_marker_is_owed),
		cmocka_unit_test(a_marker_does_not_cross_the_end_of_a_file),
		cmocka_unit_test(a_marker_has_a_stamp_where_lines_have),
		cmocka_unit_test(
		    of_a_line_that_comes_in_parts_all_or_nothing_is_logged),
		cmocka_unit_test(a_line_that_is_dropped_in_parts_counts_once),
		cmocka_unit_test(
		    a_last_line_without_an_end_is_dropped_as_a_line),
		cmocka_unit_test(
		    a_line_that_is_dropped_half_written_is_ended_before_the_marker),
		cmocka_unit_test(what_is_dropped_goes_in_steps),
		cmocka_unit_test(a_cut_ends_though_no_line_of_it_is_written),
		cmocka_unit_test(a_file_that_may_not_grow_is_a_limit),
		cmocka_unit_test(
		    with_only_targets_a_line_is_sent_once_and_logged_if_the_record_says_so),
		cmocka_unit_test(
		    a_line_that_is_also_sent_has_one_datagram_in_the_cut_that_logs_it),
		cmocka_unit_test(
		    of_lines_for_targets_alone_none_that_was_taken_is_dropped),
		cmocka_unit_test(what_runs_the_expressions_is_in_the_hash),
		cmocka_unit_test(all_that_decides_the_output_is_in_the_hash),
		cmocka_unit_test(
		    a_buffer_has_room_for_a_stamp_a_prefix_and_a_marker),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
