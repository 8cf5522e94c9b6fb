"""One reader for each outside format of facts: meaning of columns, faulty rows, how rows become a table."""
