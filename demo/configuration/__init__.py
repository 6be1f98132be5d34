"""The agent.yaml by which the agent watches the simulated centre, and the files beside it."""
