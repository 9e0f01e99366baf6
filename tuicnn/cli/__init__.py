"""The command line: thin, since the core, the exporters and the presets do the work."""
