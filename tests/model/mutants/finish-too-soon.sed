# finish does not wait for control scripts
s/return s->scripts ? SERVICE_END : SERVICE_FINISH/return SERVICE_FINISH/
