# u during finish is forgotten
/case ON_UP:/,/break/s/s->want = WANT_UP;/if (s->state != SERVICE_FINISH) s->want = WANT_UP;/
