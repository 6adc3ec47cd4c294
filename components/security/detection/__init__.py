"""What tells of attacks and of what invites them."""
