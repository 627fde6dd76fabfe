"""Floor 2: one file per thing a person would say."""
