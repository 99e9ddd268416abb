"""The parts that pages about a product, a supplier or a function have in common: found once, each made into a table."""
