"""ostra: an observatory of strategic dependencies in emerging technologies."""

__version__ = "0.1.0"
