"""The plan of a destroy: in which order everything goes, what refuses to, and what stays behind."""
