"""Messages: who is told what, in which words, by which channel, and whether it arrived."""
