"""The editor: screens, widgets and dialogs in Textual."""
