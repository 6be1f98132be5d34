"""The ground: nouns and memory. Imports the standard library and its own files only."""
