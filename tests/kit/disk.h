/* File systems of a scene's own: small, full, read-only. Where it may not
 * mount, the scene is skipped. */
#ifndef WEIR_KIT_DISK_H
#define WEIR_KIT_DISK_H

/* From here on mounts are this process's and its children's own. */
void mounts_own(void);

/* A tmpfs at path, which is made if it is not there; `options` as for mount:
 * "size=2m". */
void mount_small(const char *path, const char *options);

/* Makes a file of all that is left of a file system. */
void disk_fill(const char *path);

#endif
