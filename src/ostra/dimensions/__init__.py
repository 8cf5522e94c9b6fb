"""Step 2: from dependencies and findings to levels on four dimensions, tensions and robustness."""
