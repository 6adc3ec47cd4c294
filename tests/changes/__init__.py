"""What ordinary changes do to a running environment: planned on the real engine, compared with what was reviewed."""
