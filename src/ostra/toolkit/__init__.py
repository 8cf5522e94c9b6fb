"""Step 4: instruments that fit what was found, with reasons and side effects."""
