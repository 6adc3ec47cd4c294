"""What is measured, for how long it is kept, who is told, and what people see of it."""
