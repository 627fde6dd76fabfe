"""How jack lives: each module one part of his days, a pure function of the date."""
