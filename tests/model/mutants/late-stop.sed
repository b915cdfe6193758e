# a control/p that is slow stops what was told to go on
s/plan.todo &= ~(unsigned)DO_SIGNAL;/;/
