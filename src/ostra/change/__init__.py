"""What can be changed: each change answers with a report of what it did."""
