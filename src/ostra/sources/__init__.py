"""One reader for each outside format: what its columns mean, which rows are faulty, how rows become a table."""
