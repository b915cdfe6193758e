/* svlogd/ring */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ring.h"
#include "sys.h"
#include "unit/random.h"

static int file; /* what outlives each ring */

/* The ring of a process. */
static struct ring r;
static bool is_open;

static void
end(void)
{
	if (is_open)
		ring_close(&r);
	is_open = false;
}

/* As a process that starts, the one before having ended: the bytes that were
 * pending in what is there. */
static uint64_t
begin(void)
{
	uint64_t stale = 4711;
	int fd = dup(file);

	end();
	assert_true(fd >= 0);
	assert_int_equal(ring_open_fd(&r, fd, &stale), 0);
	is_open = true;
	return stale;
}

/* With a ring that nobody had before. */
static void
begin_anew(void)
{
	end();
	assert_int_equal(ftruncate(file, 0), 0);
	begin();
}

static int
enter(void **state)
{
	(void)state;
	file = os_memfd("test", 0);
	return file >= 0 && begin() == 0 ? 0 : -1;
}

static int
leave(void **state)
{
	(void)state;
	end();
	return close(file);
}

/* A directory that is called by its inode. */
static int
find(uint64_t dev, uint64_t ino, struct ring_out *out)
{
	return ring_find_out(&r, dev, ino, dev * 1000 + ino, out);
}

static char *
map_file(void)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

/* n bytes are read, `wr` of them written to a directory. */
static void
ring_use(uint64_t rd, uint64_t wr)
{
	struct ring_in in = r.in;
	struct ring_out out;
	int slot = find(7, 8, &out);

	assert_int_equal(slot, 0);
	out.wr = wr;
	out.cfg_hash = 99;
	ring_commit_out(&r, slot, &out);
	in.rd = rd;
	ring_commit_in(&r, &in);
}

static void
a_new_one_is_empty(void **state)
{
	struct ring_out out;

	(void)state;
	assert_int_equal(begin(), 0);
	assert_true(r.survives);
	assert_int_equal(r.in.rd, 0);
	assert_int_equal(r.in.intent, 0);
	assert_int_equal(ring_oldest(&r), 0);
	assert_int_equal(find(1, 2, &out), 0);
	assert_int_equal(out.dev, 1);
	assert_int_equal(out.ino, 2);
	assert_int_equal(out.seq, 0);
	assert_int_equal(out.wr, 0);
	end();
	assert_int_equal(r.fd, -1);
}

static void
both_images_show_the_same_bytes(void **state)
{
	(void)state;
	memcpy(ring_at(&r, RING_DATA - 3), "abcdef", 6);
	assert_memory_equal(r.data, "def", 3);
	assert_memory_equal(r.data + RING_DATA - 3, "abcdef", 6);
	assert_memory_equal(r.data + 2 * RING_DATA - 3, "abc", 3);
	assert_int_equal(ring_straight(&r, RING_DATA - 3), 3);
	assert_int_equal(ring_straight(&r, RING_DATA), RING_DATA);
	r.in.base = 10;
	assert_ptr_equal(ring_at(&r, 10), r.data);
	assert_ptr_equal(ring_at(&r, 10 + RING_DATA), r.data);
}

static void
a_commit_is_seen_by_the_next_process(void **state)
{
	unsigned round;

	(void)state;
	for (round = 1; round < 20; round++) {
		struct ring_out out;
		int status;
		pid_t pid;

		end();
		pid = fork();
		if (pid == 0) {
			begin();
			memcpy(ring_at(&r, 0), "bytes", 5);
			ring_use(round + 5, round);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(begin(), 0);
		assert_int_equal(r.in.rd, round + 5);
		assert_int_equal(ring_oldest(&r), round);
		assert_int_equal(find(7, 8, &out), 0);
		assert_int_equal(out.wr, round);
		assert_int_equal(out.cfg_hash, 99);
		assert_int_equal(out.seq, round);
		assert_memory_equal(ring_at(&r, 0), "bytes", 5);
	}
}

/* What a process that died inside a commit leaves: the older slot changed, its
 * number still the old one. */
static void
a_commit_that_was_not_finished_does_not_count(void **state)
{
	struct ring_in want;
	uint64_t *at;
	char *head;

	(void)state;
	ring_use(0x1111, 0x1111);
	ring_use(0x2222, 0x2222);
	want = r.in;
	end();
	head = map_file();
	/* The first of the two slots is the older one; rd follows seq. */
	for (at = (uint64_t *)(void *)head; at[1] != 0x1111; at++)
		assert_true((char *)at < head + 4000);
	assert_int_equal(at[0], 1);
	at[1] = 0x3333;
	munmap(head, 4096);
	begin();
	assert_memory_equal(&r.in, &want, sizeof(want));
}

static void
another_process_that_uses_it_is_seen(void **state)
{
	uint64_t stale;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0)
		_exit(ring_open_fd(&r, file, &stale) == -EAGAIN &&
			      fcntl(file, F_GETFD) >= 0
			  ? 0
			  : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- what is not believed ------------------------------------------------ */

static void
what_is_left_from_another_boot_is_counted_and_discarded(void **state)
{
	unsigned char boot[16];
	struct ring_out out;
	struct ring_in in;
	char *head, *at;

	(void)state;
	if (os_boot_id(boot) < 0)
		skip();
	ring_use(100, 40);
	in = r.in;
	in.intent = 9;
	in.mark_n = 8;
	ring_commit_in(&r, &in);
	end();
	head = map_file();
	at = memmem(head, 4096, boot, sizeof(boot));
	assert_non_null(at);
	at[3] = (char)(at[3] ^ 1);
	munmap(head, 4096);
	assert_int_equal(begin(), 69);
	assert_int_equal(r.in.rd, 0);
	assert_int_equal(find(7, 8, &out), 0);
	assert_int_equal(out.seq, 0);
	assert_int_equal(begin(), 0);
}

static void
another_version_is_discarded(void **state)
{
	static const size_t at[] = { 8, 12 }; /* the two sizes */
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		char *head;

		begin();
		ring_use(100, 40);
		end();
		head = map_file();
		head[at[i]] ^= 1;
		munmap(head, 4096);
		begin();
		assert_int_equal(r.in.rd, 0);
		assert_int_equal(ring_oldest(&r), 0);
	}
}

/* Of a version that did not have the last counters: nothing is lost by it. */
static void
a_record_with_fewer_counters_is_gone_on_with(void **state)
{
	enum { BEFORE = offsetof(struct ring_out, n.sync_failures) + 8 };
	struct ring_out out;
	uint32_t size;
	char *head;

	(void)state;
	ring_use(100, 40);
	end();
	head = map_file();
	memcpy(&size, head + 12, sizeof(size));
	assert_int_equal(size, sizeof(struct ring_out));
	size = BEFORE;
	memcpy(head + 12, &size, sizeof(size));
	munmap(head, 4096);
	assert_int_equal(begin(), 0);
	assert_int_equal(r.in.rd, 100);
	assert_int_equal(find(7, 8, &out), 0);
	assert_int_equal(out.wr, 40);
	assert_int_equal(out.n.compressed_files, 0);
	out.n.compressed_files = 3;
	ring_commit_out(&r, 0, &out);
	assert_int_equal(begin(), 0);
	assert_int_equal(find(7, 8, &out), 0);
	assert_int_equal(out.n.compressed_files, 3);
}

static void
a_file_that_is_something_else_is_not_written_to(void **state)
{
	static const char text[] = "Dear diary,\n";
	char got[sizeof(text)];
	uint64_t stale;
	int fd;

	(void)state;
	end();
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(pwrite(file, text, sizeof(text), 0), sizeof(text));
	fd = dup(file);
	assert_int_equal(ring_open_fd(&r, fd, &stale), -EPERM);
	assert_int_equal(pread(file, got, sizeof(got), 0), sizeof(got));
	assert_memory_equal(got, text, sizeof(text));
	assert_int_equal(close(fd), 0);
}

#define R RING_DATA
#define CLOCK_MOST (INT64_MAX / 4 * 3)

static const struct {
	struct ring_in in;
	struct ring_out out;
	bool sane;
} records[] = {
	{ { .rd = 9 }, { .wr = 9 }, true },
	{ { .rd = R }, { .wr = 0 }, true },
	{ { .rd = R + 9, .base = 9 }, { .wr = 9 }, true },
	{ { .rd = 9, .intent = 8, .mark_n = 8 }, { .wr = 9 }, true },
	{ { .rd = 9, .intent = 3, .mark_n = 3 }, { .wr = 1 }, true },
	{ { .rd = 9, .intent = R - 8, .mark_n = 8 }, { .wr = 1 }, true },
	{ { .rd = R + 1 }, { .wr = 0 }, false },
	{ { .rd = 9 }, { .wr = 10 }, false },
	{ { .rd = 9, .base = 10 }, { .wr = 9 }, false },
	{ { .rd = 9, .base = 5 }, { .wr = 4 }, false },
	{ { .rd = UINT64_MAX }, { .wr = UINT64_MAX }, false },
	{ { .rd = 9, .intent = R + 1, .mark_n = 8 }, { .wr = 9 }, false },
	{ { .rd = 9, .intent = 8, .mark_n = 9 }, { .wr = 9 }, false },
	{ { .rd = 9, .intent = 7, .mark_n = 8 }, { .wr = 9 }, false },
	{ { .rd = 9, .fresh = 10 }, { .wr = 9 }, false },
	{ { .rd = 9 }, { .wr = 9, .off = UINT64_MAX }, false },
	/* More than fits: it would be read past the second image. */
	{ { .rd = R, .intent = R, .mark_n = 8 }, { .wr = 0 }, false },
	{ { .rd = 9, .intent = R - 7, .mark_n = 8 }, { .wr = 1 }, false },
	/* A clock to which nothing can be added. */
	{ { .rd = 9 }, { .wr = 9, .last_ns = CLOCK_MOST - 1 }, true },
	{ { .rd = 9 }, { .wr = 9, .last_ns = CLOCK_MOST }, false },
	{ { .rd = 9 }, { .wr = 9, .last_ns = INT64_MAX }, false },
	{ { .rd = 9 }, { .wr = 9, .last_ns = -1 }, false },
	{ { .rd = 9 }, { .wr = 9, .fresh_ns = -5 }, false },
	{ { .rd = 9 }, { .wr = 9, .tail_ns = INT64_MIN }, false },
	{ { .rd = 9, .fresh_ns = -5 }, { .wr = 9 }, false },
	{ { .rd = 9, .tail_ns = -5 }, { .wr = 9 }, false },
	{ { .rd = 9, .fresh_ns = INT64_MAX }, { .wr = 9 }, false },
};

static void
a_record_that_cannot_be_true_is_discarded(void **state)
{
	unsigned bad = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct ring_out out, mine = records[i].out;
		struct ring_in in = records[i].in;
		bool kept, waits;
		int slot;

		begin_anew();
		slot = find(7, 8, &out);
		mine.dev = 7;
		mine.ino = 8;
		mine.cfg_hash = 1;
		ring_commit_out(&r, slot, &mine);
		in.seq = 0;
		ring_commit_in(&r, &in);
		begin();
		waits = ring_pending(&r) != r.in.intent;
		find(7, 8, &out);
		kept = out.cfg_hash == 1;
		if (kept != records[i].sane || (waits && !kept)) {
			print_error("row %zu: %d, %d\n", i, kept, waits);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
any_bytes_are_no_danger(void **state)
{
	static unsigned char noise[128 * 1024];
	unsigned round;
	size_t i;

	(void)state;
	for (round = 0; round < 200; round++) {
		struct ring_out out;
		int slot;

		random_seed(round);
		begin();
		ring_use(100, 40);
		end();
		/* All but the magic and the sizes and the boot. */
		for (i = 0; i < sizeof(noise); i++)
			noise[i] = (unsigned char)random_u64();
		assert_int_equal(pwrite(file, noise, sizeof(noise) - 36, 36),
		    sizeof(noise) - 36);
		begin();
		assert_true(r.in.base <= r.in.rd);
		assert_true(r.in.rd - ring_oldest(&r) <= RING_DATA);
		slot = find(7, 8, &out);
		assert_true(slot >= 0 && slot < RING_DIRS);
	}
}

/* --- directories --------------------------------------------------------- */

static void
sixty_four_directories_have_a_record(void **state)
{
	struct ring_out out;
	int i;

	(void)state;
	for (i = 0; i < RING_DIRS; i++) {
		assert_int_equal(find(5, 100 + i, &out), i);
		out.cfg_hash = 1;
		ring_commit_out(&r, i, &out);
	}
	assert_int_equal(find(5, 999, &out), -ENOSPC);
	assert_int_equal(out.wr, 0);
	assert_int_equal(out.seq, 0);
	assert_int_equal(find(6, 100, &out), -ENOSPC);
	ring_commit_out(&r, -ENOSPC, &out); /* nothing */
	begin();
	for (i = 0; i < RING_DIRS; i++) {
		assert_int_equal(find(5, 100 + i, &out), i);
		assert_int_equal(out.cfg_hash, 1);
	}
}

static void
records_of_others_are_given_up(void **state)
{
	bool used[RING_DIRS] = { false };
	struct ring_in in = { .rd = 50 };
	struct ring_out out;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(find(5, 100 + i, &out), i);
		out.wr = 10 * (uint64_t)i;
		ring_commit_out(&r, i, &out);
	}
	ring_commit_in(&r, &in);
	assert_int_equal(ring_oldest(&r), 0);
	used[1] = used[3] = true;
	ring_drop_others(&r, used);
	assert_int_equal(ring_oldest(&r), 10);
	/* The place is free again, and nothing of the old one is left. */
	assert_int_equal(find(6, 1, &out), 0);
	assert_int_equal(out.wr, 0);
	assert_int_equal(out.seq, 0);
	assert_int_equal(find(5, 103, &out), 3);
	assert_int_equal(out.wr, 30);
}

static void
a_directory_made_anew_inherits_the_record_of_its_path(void **state)
{
	struct ring_in in = { .rd = 50 };
	struct ring_out out;

	(void)state;
	assert_int_equal(ring_find_out(&r, 5, 100, 77, &out), 0);
	out.wr = 10;
	ring_commit_out(&r, 0, &out);
	assert_int_equal(ring_find_out(&r, 5, 200, 88, &out), 1);
	out.wr = 20;
	ring_commit_out(&r, 1, &out);
	ring_commit_in(&r, &in);
	/* Another one of that name; the same one under another name. */
	assert_int_equal(ring_find_out(&r, 5, 101, 77, &out), 0);
	assert_int_equal(out.wr, 10);
	assert_int_equal(out.ino, 101);
	assert_int_equal(ring_find_out(&r, 5, 200, 99, &out), 1);
	assert_int_equal(out.wr, 20);
	assert_int_equal(out.path, 99);
	/* The inode counts more than the name. */
	assert_int_equal(ring_find_out(&r, 5, 200, 77, &out), 1);
	assert_int_equal(ring_find_out(&r, 5, 300, 66, &out), 2);
	assert_int_equal(out.wr, 0);
}

static void
what_is_given_up_is_counted(void **state)
{
	bool used[RING_DIRS] = { false };
	struct ring_in in = { .rd = 50 };
	struct ring_out out;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		find(5, 100 + i, &out);
		out.wr = 10 + 10 * (uint64_t)i;
		ring_commit_out(&r, i, &out);
	}
	ring_commit_in(&r, &in);
	used[0] = true;
	assert_int_equal(ring_drop_others(&r, used), 30);
	assert_int_equal(ring_drop_others(&r, used), 0);
}

/* --- pages --------------------------------------------------------------- */

static void
what_a_record_has_yet_to_get_is_not_forgotten(void **state)
{
	(void)state;
	begin_anew();
	ring_use(RING_DATA, 5000);
	memset(ring_at(&r, 0), 'x', RING_DATA);
	ring_forget(&r, RING_DATA);
	assert_int_equal(ring_oldest(&r), 5000);
	assert_int_equal(*ring_at(&r, 5000), 'x');
	assert_int_equal(*ring_at(&r, RING_DATA - 1), 'x');
	/* Others did not wait for it. */
	ring_use(RING_DATA + 5001, 5000);
	assert_int_equal(ring_oldest(&r), RING_DATA + 5001);
}

static void
forgetting_keeps_the_unfinished_tail(void **state)
{
	/* The portable layer zeroes, but keeps the blocks. */
	const bool gives_back = os_tee(-1, -1, 1) != -ENOSYS;
	static const struct {
		uint64_t base, keep, rd;
	} rows[] = {
		{ 0, 0, 10 },
		{ 0, 100000, 100100 },
		{ 0, 5000, 5000 },
		{ 0, RING_DATA - 50, RING_DATA + 50 },
		{ 0, RING_DATA - 70000, RING_DATA + 70000 },
		{ 0, RING_DATA, RING_DATA + 1 },
		{ 0, 0, RING_DATA },
		{ 0, 77, RING_DATA + 77 },
		{ 12345, RING_DATA + 345, RING_DATA + 20000 },
	};
	static char tail[RING_DATA];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ring_in in = { .rd = rows[i].rd, .base = rows[i].base };
		struct stat st;

		begin_anew();
		ring_commit_in(&r, &in);
		memset(r.data, 'x', RING_DATA);
		n = (size_t)(rows[i].rd - rows[i].keep);
		for (k = 0; k < n; k++)
			tail[k] = (char)random_u64();
		memcpy(ring_at(&r, rows[i].keep), tail, n);
		ring_forget(&r, rows[i].keep);
		if (memcmp(ring_at(&r, rows[i].keep), tail, n) != 0)
			fail_msg("row %zu", i);
		assert_int_equal(fstat(file, &st), 0);
		/* Head and tail and the pages at both its ends. */
		if (gives_back && (size_t)st.st_blocks * 512 > n + 5 * 65536)
			fail_msg("row %zu: %ld blocks", i, (long)st.st_blocks);
	}
}

/* --- where it lives ------------------------------------------------------ */

static void
a_file_that_is_not_ours_alone_is_refused(void **state)
{
	char path[] = "/tmp/weir-ring-XXXXXX", command[64];
	uint64_t stale;
	struct stat st;
	int dir, fd;

	(void)state;
	end();
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	umask(0);
	assert_int_equal(ring_open_file(&r, dir, false, &stale), -ENOENT);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), 0);
	assert_true(r.survives);
	assert_int_equal(fstat(r.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true((long)st.st_blocks * 512 >= RING_DATA);
	assert_true(fcntl(r.fd, F_GETFD) & FD_CLOEXEC);
	ring_use(30, 20);
	ring_close(&r);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), 0);
	assert_int_equal(r.in.rd, 30);
	ring_close(&r);
	assert_int_equal(ring_open_file(&r, dir, false, &stale), 0);
	assert_int_equal(ring_pending(&r), 10);
	ring_close(&r);

	assert_int_equal(fchmodat(dir, "lock.ring", 0640, 0), 0);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), -EPERM);
	assert_int_equal(fchmodat(dir, "lock.ring", 0600, 0), 0);
	assert_int_equal(linkat(dir, "lock.ring", dir, "other", 0), 0);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), -EPERM);
	assert_int_equal(unlinkat(dir, "lock.ring", 0), 0);
	assert_int_equal(symlinkat("other", dir, "lock.ring"), 0);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), -EPERM);
	assert_int_equal(unlinkat(dir, "lock.ring", 0), 0);
	assert_int_equal(mkfifoat(dir, "lock.ring", 0600), 0);
	assert_int_equal(ring_open_file(&r, dir, true, &stale), -EPERM);
	assert_int_equal(unlinkat(dir, "lock.ring", 0), 0);
	assert_int_equal(mkdirat(dir, "lock.ring", 0700), 0);
	assert_true(ring_open_file(&r, dir, true, &stale) < 0);

	fd = open("/dev/null", O_RDWR);
	assert_int_equal(ring_open_fd(&r, fd, &stale), -EPERM);
	assert_int_equal(close(fd), 0);
	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	assert_int_equal(system(command), 0);
}

static void
one_in_memory_works_but_promises_nothing(void **state)
{

	(void)state;
	end();
	assert_int_equal(ring_open_anonymous(&r), 0);
	assert_false(r.survives);
	ring_use(10, 5);
	assert_int_equal(ring_oldest(&r), 5);
	ring_close(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_new_one_is_empty),
		TEST(both_images_show_the_same_bytes),
		TEST(a_commit_is_seen_by_the_next_process),
		TEST(a_commit_that_was_not_finished_does_not_count),
		TEST(another_process_that_uses_it_is_seen),
		TEST(what_is_left_from_another_boot_is_counted_and_discarded),
		TEST(another_version_is_discarded),
		TEST(a_record_with_fewer_counters_is_gone_on_with),
		TEST(a_file_that_is_something_else_is_not_written_to),
		TEST(a_record_that_cannot_be_true_is_discarded),
		TEST(any_bytes_are_no_danger),
		TEST(sixty_four_directories_have_a_record),
		TEST(records_of_others_are_given_up),
		TEST(a_directory_made_anew_inherits_the_record_of_its_path),
		TEST(what_is_given_up_is_counted),
		TEST(what_a_record_has_yet_to_get_is_not_forgotten),
		TEST(forgetting_keeps_the_unfinished_tail),
		TEST(a_file_that_is_not_ours_alone_is_refused),
		TEST(one_in_memory_works_but_promises_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
