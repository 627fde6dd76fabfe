"""How jack lives: each module one side of his days, each a pure function of the date."""
