"""How a person gets help: a report without photographs, and the question whether there is a newer version."""
