"""What both processes agree on (errors, data, file formats) and how they talk. Standard library and numpy alone."""
