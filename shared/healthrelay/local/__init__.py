"""All of healthrelay on one machine: what `healthrelay run` and the other commands do."""
