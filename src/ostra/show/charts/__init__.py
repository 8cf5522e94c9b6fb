"""Pictures as SVG text: plain functions from numbers to a string, the same on every machine."""
