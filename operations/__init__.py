"""What an operator needs once an environment runs: plans for its upgrade and for its end, from a rehearsal of it."""
