# a control/p that does its work late stops what was told to go on
s/insist(s, plan, letter);/;/
