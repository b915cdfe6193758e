# a t that comes while control/t runs is forgotten
s/s->again |= bit(ev.letter);/;/
