"""The version of ostra, which assessments and exported files name."""

__version__ = "0.1.0"
