"""Ways into a device. They import agent.core, agent.options and their own package."""
