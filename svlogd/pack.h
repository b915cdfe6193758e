/* An old file to a compressed one: the work, which a child does (packer.h).
 *
 * `@label.s` is synced and has its x bit before anything else. It is packed
 * into `@label.t.gz`, which is read back and compared with it, synced, and
 * renamed to `@label.s.gz`; then the directory is synced, and `@label.s` goes.
 * So at any moment, after a crash at any moment, one of the two is whole; where
 * both are there the plain one is taken for true, and goes only if the other
 * one holds it. */
#ifndef WEIR_PACK_H
#define WEIR_PACK_H

/* 0, or -errno:
 *   -ENOENT, -EPERM   it is gone, or is no file of its own
 *   -EALREADY         it is gzip already: a processor made it so
 *   -EAGAIN           another process packs it
 *   -EBADMSG          what was written could not be read back
 * Whatever is not 0 leaves `@label.s` as it was. */
int pack_file(int dirfd, const char *name, int level);

#endif
