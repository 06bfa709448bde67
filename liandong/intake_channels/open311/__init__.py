"""Open311 GeoReport v2: the interface of cities for reports from outside apps. XML and JSON, reading and posting.

Public by nature: only classes whose public level is open, only cases anybody may see, and nothing about persons.
"""
