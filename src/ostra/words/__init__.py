"""Words that are said once: figures, economies, columns."""
