"""The other side: platforms that send to us and hear from us, as badly as they are told to. No Django in here.

`sending` makes requests and knows what must become of each; `peer` is a server for what we send out.
"""
