"""The plan of an upgrade of Kubernetes: what must be done, in which order, and what stands against it."""
