"""The gateway: the HTTP surface, the directory of people and places, the views, the feed."""
