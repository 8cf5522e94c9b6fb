"""What each of the four steps finds, frozen; each result carries the evidence behind its numbers."""
