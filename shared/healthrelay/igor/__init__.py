"""Every text that Igor reads or writes: its action, the guide, the old plugin and its database."""
