"""What all tests share: a home of their own, the settings of Hypothesis, and Ctrl-C."""

import signal

from hypothesis import settings

from tests import home

home.move_in()

# A loaded machine is slow, not wrong: time is measured by benchmarks alone.
settings.register_profile("tuicnn", deadline=None)
settings.load_profile("tuicnn")

# A shell ignores Ctrl-C for what it runs in the background, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
