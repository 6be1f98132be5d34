"""Who stands where in the simulated centre: plan.py is the whole of it, node.py what is said of each."""
