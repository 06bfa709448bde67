"""Pages of messages, and the address gateways report to."""
