"""Starting, supervising, watching and saving the running system."""
