"""The demonstration: a community that was made up, and one evening in it."""
