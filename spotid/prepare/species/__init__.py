"""Classifiers of species: published ones and a person's own, each a part with ``classify`` (see prepare/parts.py)."""
