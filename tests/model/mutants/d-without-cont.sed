# d sends TERM alone, and what is paused stays
s/plan->todo |= DO_CONT;//
