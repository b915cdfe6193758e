/* Bytes to a number that changes when they do. */
#ifndef WEIR_HASH_H
#define WEIR_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a, 64 bits (RFC 9923): goes on from h. Not against malice. */
uint64_t hash_bytes(uint64_t h, const void *p, size_t n);

#endif
