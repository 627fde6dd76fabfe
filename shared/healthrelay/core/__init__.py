"""Floor 0: values and decisions. No clock, no environment, no I/O; standard library only."""
