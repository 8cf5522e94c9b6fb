"""Input-output analysis (method 4): what home relies on through its suppliers' suppliers."""
