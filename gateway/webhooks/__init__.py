"""Webhooks: an API client's events of the feed are sent to its own address, in order, signed, again and again until they arrive."""
