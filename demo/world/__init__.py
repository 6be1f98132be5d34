"""What is so in the simulated centre now, and what follows from it as time passes: world.py joins the parts."""
