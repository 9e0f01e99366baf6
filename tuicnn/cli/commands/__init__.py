"""The commands, one a module; a new module here is a new command."""
