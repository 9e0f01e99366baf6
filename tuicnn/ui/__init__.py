"""The editor: screens, widgets and dialogs in Textual."""

import os

# A key waits for the next frame: 60 frames in a second would make that 17 ms. Textual
# reads this once, when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "120")
