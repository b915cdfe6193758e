/* Before names of hosts are looked up: shared by those who do, for nobody
 * else. */
#ifndef WEIR_OS_HOSTS_H
#define WEIR_OS_HOSTS_H

/* See os/users.h: a static program gets the file and DNS, which are in the C
 * library, whatever nsswitch.conf says. */
#if defined(WEIR_STATIC) && defined(__GLIBC__)
#include <nss.h>

static inline void
hosts_begin(void)
{
	__nss_configure_lookup("hosts", "files dns");
}
#else
static inline void
hosts_begin(void)
{
}
#endif

#endif
