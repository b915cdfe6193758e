say 'what the last time has left is removed'
rm -rf /run/runit
