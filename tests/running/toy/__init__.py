"""The smallest Django project the server and the supervisor can run: their tests need none of the product's pages."""
