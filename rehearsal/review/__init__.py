"""What a change would do to running environments: one comment for a pull request, and a guard that can refuse it."""
