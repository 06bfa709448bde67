"""The hotline desk: calls as the telephone system tells of them, knowledge, hand-overs to 110, 119, 120."""
