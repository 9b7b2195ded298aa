"""The demonstration: a community that was made up, one evening in it, and a project from complaint to fee voucher."""
