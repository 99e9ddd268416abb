"""The dataset as sheets that an officer fills in, and what came back, with the schemas' own fields as columns."""
