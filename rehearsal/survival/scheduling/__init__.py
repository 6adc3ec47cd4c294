"""Where a stack's pods find room: placed by the real kube-scheduler on nodes shaped like the node groups."""
