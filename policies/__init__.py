"""The policies every plan must pass before anything is created."""
