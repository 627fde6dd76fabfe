"""The legacy Fitbit Web API, and servers that are like it."""
