"""What a pipeline does beside `make`: which stacks there are, Pulumi's calls, and what people are told."""
