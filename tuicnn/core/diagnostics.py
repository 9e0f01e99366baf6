"""Problems as values: what is wrong, where, and what to do about it.

It never decides that something is wrong: layers and `check` do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec

Pointer = tuple[str | int, ...]
"""A place in the document: ("layers", 17, "in_features")."""


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(Enum):
    """The catalogue of problems: a stable code, its severity, and what it means."""

    # It is what makes this module long: one list, which is read as a whole.

    # The document as a text.
    JSON_SYNTAX = "json-syntax", Severity.ERROR, "the text is not strict JSON"
    NOT_A_DOCUMENT = (
        "not-a-document",
        Severity.ERROR,
        "the text is JSON, but not a network in the format tuicnn/1",
    )
    UNKNOWN_FORMAT = (
        "unknown-format",
        Severity.ERROR,
        "`format` is missing, or names a format this version does not read",
    )
    MISSING_KEY = "missing-key", Severity.ERROR, "a required key is not there"
    UNKNOWN_KEY = "unknown-key", Severity.ERROR, "a key that the format does not have"
    UNKNOWN_TYPE = "unknown-type", Severity.ERROR, "a layer type that does not exist"
    INVALID_VALUE = "invalid-value", Severity.ERROR, "a value the field does not take"
    TOO_LARGE = "too-large", Severity.ERROR, "the document is over one of the limits"

    # Names, values and expectations.
    DUPLICATE_NAME = (
        "duplicate-name",
        Severity.ERROR,
        "two layers of one list have the same name",
    )
    UNKNOWN_PARAMETER = (
        "unknown-parameter",
        Severity.ERROR,
        "`parameters` has values for a parameter that the network does not have",
    )
    PARAMETER_SHAPE = (
        "parameter-shape",
        Severity.ERROR,
        "the values given for a parameter do not have its shape",
    )
    INVALID_EXPECTATION = (
        "invalid-expectation",
        Severity.ERROR,
        "an expectation that cannot be read",
    )
    EXPECTATION_FAILED = (
        "expectation-failed",
        Severity.ERROR,
        "an expectation that does not hold",
    )

    # What arrives at a layer does not fit it.
    WRONG_RANK = (
        "wrong-rank",
        Severity.ERROR,
        "a layer for maps of another number of axes",
    )
    WINDOW_TOO_LARGE = (
        "window-too-large",
        Severity.ERROR,
        "the window is larger than its padded map",
    )
    OUTPUT_TOO_SMALL = (
        "output-too-small",
        Severity.ERROR,
        "less than one cell would leave the layer",
    )
    POOL_PADDING = (
        "pool-padding",
        Severity.ERROR,
        "a pool's padding is more than half of its window",
    )
    WRAPPED_PADDING = (
        "wrapped-padding",
        Severity.ERROR,
        "reflected or wrapped padding reaches beyond the map",
    )
    OUTPUT_PADDING = (
        "output-padding",
        Severity.ERROR,
        "output padding is not smaller than stride or dilation",
    )
    GROUPS = "groups", Severity.ERROR, "groups do not divide the channels"
    IN_CHANNELS_MISMATCH = (
        "in-channels-mismatch",
        Severity.ERROR,
        "the declared input channels are not those that arrive",
    )
    IN_FEATURES_MISMATCH = (
        "in-features-mismatch",
        Severity.ERROR,
        "the declared input features are not those that arrive",
    )
    NUM_FEATURES_MISMATCH = (
        "num-features-mismatch",
        Severity.ERROR,
        "the declared channels or shape of a normalisation or PReLU do not fit",
    )
    LINEAR_ON_MAP = (
        "linear-on-map",
        Severity.ERROR,
        "a linear layer on a map that was never flattened",
    )
    ELEMENT_COUNT = (
        "element-count",
        Severity.ERROR,
        "a reshape that would lose or invent numbers",
    )
    AXIS = (
        "axis",
        Severity.ERROR,
        "an axis that the shape does not have, or a wrong set",
    )
    NOT_DIVISIBLE = (
        "not-divisible",
        Severity.ERROR,
        "a size that must be divisible is not",
    )
    CROP_TOO_LARGE = "crop-too-large", Severity.ERROR, "nothing is left after the crop"
    TOO_MANY_ELEMENTS = (
        "too-many-elements",
        Severity.ERROR,
        "a tensor of more than 2⁴⁰ numbers",
    )
    CONFLICTING_FIELDS = (
        "conflicting-fields",
        Severity.ERROR,
        "fields of one layer that contradict each other",
    )
    MERGE_SHAPES = (
        "merge-shapes",
        Severity.ERROR,
        "a merge of shapes that do not go together",
    )
    UNKNOWN_SKIP = (
        "unknown-skip",
        Severity.ERROR,
        "`with` names no earlier layer that can be seen from here",
    )
    AMBIGUOUS_SKIP = (
        "ambiguous-skip",
        Severity.ERROR,
        "`with` names layers of more than one enclosing list",
    )

    # Legal, but seldom meant.
    BLANK_NAME = (
        "blank-name",
        Severity.WARNING,
        "a name that begins or ends with a character that cannot be seen",
    )
    DISCARDED_CELLS = (
        "discarded-cells",
        Severity.WARNING,
        "rows or columns at the end that no window reads",
    )
    STRIDE_GAPS = (
        "stride-gaps",
        Severity.WARNING,
        "a stride larger than the window: cells between are never read",
    )
    BIAS_BEFORE_NORM = (
        "bias-before-norm",
        Severity.WARNING,
        "a bias that the batch norm behind it takes away again",
    )
    SOFTMAX_TWICE = "softmax-twice", Severity.WARNING, "a softmax of a softmax"
    SOFTMAX_AXIS = (
        "softmax-axis",
        Severity.WARNING,
        "a softmax on a sequence without `dim`: PyTorch would take the batch axis",
    )
    UNEVEN_OVERLAP = (
        "uneven-overlap",
        Severity.WARNING,
        "a transposed convolution whose kernel its stride does not divide",
    )
    DOMINANT_LINEAR = (
        "dominant-linear",
        Severity.WARNING,
        "one linear layer holds more than half of all parameters",
    )
    CHANNELS_LAST = (
        "channels-last",
        Severity.WARNING,
        "an input that looks channels-last",
    )
    MISALIGNED_BRANCHES = (
        "misaligned-branches",
        Severity.WARNING,
        "branches that look at different places of the input",
    )
    BROADCAST_MERGE = (
        "broadcast-merge",
        Severity.WARNING,
        "a merge of unequal shapes that broadcasts, perhaps by accident",
    )
    CONSTANT_NORM = (
        "constant-norm",
        Severity.WARNING,
        "a normalisation over a single value, which PyTorch refuses",
    )

    # Where frameworks differ.
    SAME_WITH_STRIDE = (
        "same-with-stride",
        Severity.NOTE,
        "`same` with a stride above 1, which PyTorch refuses",
    )
    DILATION_WITH_STRIDE = (
        "dilation-with-stride",
        Severity.NOTE,
        "dilation together with a stride, which Keras refuses",
    )
    CEIL_MODE = (
        "ceil-mode",
        Severity.NOTE,
        "`ceil_mode`, which Keras lacks and ONNX counts otherwise before opset 22",
    )
    SOFTMAX_OUTPUT = (
        "softmax-output",
        Severity.NOTE,
        "a network that ends in a softmax, which PyTorch's CrossEntropyLoss applies",
    )

    def __init__(self, code: str, severity: Severity, meaning: str) -> None:
        self.code = code
        self.severity = severity
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Fix:
    """A remedy: these layers instead of the one that has the problem."""

    title: str
    layers: tuple[LayerSpec, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, with its place.

    Attributes:
        path: The layer's path; empty where the problem is the document's.
        field: The field to look at, if one is to blame.
        pointer: The place in the document.
        message: What is wrong, with the numbers.
        hint: What to do next; may be empty.
        line: Line in the text the document came from, 1-based; None without text.
        column: Column in that line, 1-based, in characters.
    """

    code: Code
    path: str
    field: str | None
    pointer: Pointer
    message: str
    hint: str = ""
    fixes: tuple[Fix, ...] = ()
    line: int | None = None
    column: int | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters: the code decides."""
        return self.code.severity

    def at(self, line: int, column: int) -> Diagnostic:
        """Return the same problem, found at a place in a text."""
        return replace(self, line=line, column=column)


@dataclass(frozen=True, slots=True)
class Note:
    """A warning or note with local facts; `check` adds the position."""

    code: Code
    message: str
    field: str | None = None
    hint: str = ""
    fixes: tuple[Fix, ...] = ()


class Refusal(Exception):
    """A layer cannot take what arrives; caught by `check` alone.

    Attributes:
        declared: The number of elements or channels the user had in mind, by which
            `check` finds the layer that was passed over.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        field: str | None = None,
        hint: str = "",
        fixes: tuple[Fix, ...] = (),
        declared: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.fixes = fixes
        self.declared = declared


def escape_pointer(pointer: Pointer) -> str:
    """Return a place as a JSON pointer (RFC 6901)."""
    return "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer
    )
