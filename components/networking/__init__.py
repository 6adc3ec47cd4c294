"""How traffic moves: inside the cluster, into it, and under which names and certificates."""
