/* Descriptors 0, 1 and 2. */
#ifndef WEIR_STANDARD_H
#define WEIR_STANDARD_H

/* Opens /dev/null as those that whoever started us left closed, so that no
 * file of ours gets such a number and is taken for standard error: 0 or
 * -errno. */
int standard_fill(void);

#endif
