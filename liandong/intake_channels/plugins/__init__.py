"""The channels that come with the product; each is listed in `project/channels.py`."""
