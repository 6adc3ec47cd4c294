"""The reviewed pictures of every environment, one line for each resource."""
