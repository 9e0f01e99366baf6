"""What all tests share: the settings of Hypothesis."""

from hypothesis import settings

# A loaded machine is slow, not wrong: time is measured by benchmarks alone.
settings.register_profile("tuicnn", deadline=None)
settings.load_profile("tuicnn")
