"""Floor 1: what the flows need of the world, as shapes that any adapter may fill."""
