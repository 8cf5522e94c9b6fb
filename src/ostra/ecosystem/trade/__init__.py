"""Method 1: trade dependency, and the world network of a product."""
