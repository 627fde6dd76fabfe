"""Every text that Igor reads or writes: its actions, the guide, the old plugin and its database."""
