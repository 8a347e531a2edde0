"""Layers: one class each, in a module of this package; the catalogue finds them by looking."""
