"""Looking around in the register: anything by name, one record, the tables, free questions."""
