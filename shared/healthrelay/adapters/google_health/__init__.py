"""The Google Health API v4, the living source of Fitbit measurements."""
