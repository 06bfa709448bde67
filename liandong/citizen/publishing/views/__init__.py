"""Pages of what is published, and the desk behind them."""
