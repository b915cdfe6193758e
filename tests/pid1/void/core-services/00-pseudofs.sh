say 'kernel file systems'
in_container || mount -t proc proc /proc
