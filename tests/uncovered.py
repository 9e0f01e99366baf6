"""Lines of the promised parts that no test reaches, each with its reason."""

from typing import Final

NAMED: Final[dict[str, dict[str, str]]] = {}
