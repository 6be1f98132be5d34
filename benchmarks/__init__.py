"""Figures, each against a peer or a stated bound. `python -m benchmarks` runs them all; each runs alone too."""
