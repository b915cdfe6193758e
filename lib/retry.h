/* A call that is made again for as long as signals cut it short: for what is
 * behind the kernel's door (sys.h), and nobody else. */
#ifndef WEIR_RETRY_H
#define WEIR_RETRY_H

#include <errno.h>

/* r is what the last call returned; below 0 it failed, and errno says why. Not
 * for close(2): after EINTR the descriptor is gone. */
#define RETRY(r, call)                                                         \
	do                                                                     \
		(r) = (call);                                                  \
	while ((r) < 0 && errno == EINTR)

#endif
