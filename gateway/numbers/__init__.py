"""Numbers about the issues of a community: counted, mapped, compared month by month, and exported row by row."""
