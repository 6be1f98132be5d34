"""The simulated centre. It knows nothing of the agent but the nouns of agent.core, and no package knows it."""
