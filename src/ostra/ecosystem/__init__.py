"""Step 1: what home depends on. Trade and material indicators, the chain of items, the world network of a product."""
