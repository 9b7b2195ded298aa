"""The services of sansan: a folder here is a service; a file here is shared by all of them."""

__version__ = "0.1.0"
