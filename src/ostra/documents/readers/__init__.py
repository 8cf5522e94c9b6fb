"""One reader for each outside form of a document: what its columns mean, and which rows are faulty."""
