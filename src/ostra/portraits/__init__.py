"""Portraits of suppliers: all that facts, profile and dossiers say of one economy, and the list of coercion cases."""

from ostra.portraits.cases import cases
from ostra.portraits.supplier import supplier

__all__ = ["cases", "supplier"]
