say "this is $HOSTNAME"
