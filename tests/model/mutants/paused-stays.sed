# the paused flag outlives the process
s/s->paused = s->got_term = false;/s->got_term = false;/
