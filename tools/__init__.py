"""The command-line tools the project builds for itself, and the data it derives from published descriptions."""
