"""Pages of duty, below /desk/duty/."""
