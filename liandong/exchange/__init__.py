"""What goes out by itself: webhooks that tell other systems what happened, and how much a key may call in a minute."""
