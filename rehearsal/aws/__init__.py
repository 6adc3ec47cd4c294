"""AWS, played on this machine: botocore's definitions judge every input, moto holds the state."""
