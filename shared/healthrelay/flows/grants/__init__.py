"""Get, refresh, look after and end a wearer's grant."""
