"""What keeps an environment from being lost: the guard against a careless destroy."""
