"""The core: what every number of a network is, and why; pure and headless."""
