"""What brings back what was lost: copies in a bucket, taken by class, and the proof that they can be restored."""
