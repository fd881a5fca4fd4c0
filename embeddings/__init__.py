"""Texts and vectors; knows no documents and no answers."""
