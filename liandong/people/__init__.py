"""Units, posts and accounts, and the one answer to "may this person do this here?"."""
