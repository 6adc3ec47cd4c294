"""Cost control: what a stack may cost, who is told when it costs more, and what each namespace may take of it."""
