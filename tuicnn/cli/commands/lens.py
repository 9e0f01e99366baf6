"""`tuicnn lens`: a layer as PyTorch, Keras and ONNX spell it."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import LayerPathType, report_of, row_at, source_argument
from tuicnn.core.explain.lens import explain_lens, views
from tuicnn.core.lens import Framework, View
from tuicnn.core.report import Report, Row


@click.command(
    "lens",
    cls=ExampleCommand,
    examples=(
        ("tuicnn lens alexnet conv1", "its code in three frameworks, and what differs"),
        ("tuicnn lens resnet50 bn1", "why Keras counts 256 where PyTorch counts 128"),
        ("tuicnn lens vgg16 --framework keras", "every layer, in one of them"),
    ),
)
@source_argument
@click.argument("layer_path", required=False, type=LayerPathType())
@click.option(
    "--framework",
    type=click.Choice([one.value for one in Framework]),
    help="One of them alone.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    source: str, layer_path: str | None, framework: str | None, as_json: bool
) -> int:
    """Show layers as PyTorch, Keras and ONNX spell them, and why they differ.

    LAYER_PATH is the path of one layer, as `tuicnn summary` lists it.
    """
    report, status = report_of(source, quiet=not as_json)
    only = None if framework is None else Framework(framework)
    row = None if layer_path is None else row_at(report, layer_path)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        rows = report.rows if row is None else [row]
        tell_text(to_text([_entry(report, one, only) for one in rows]))
    else:
        tell(explain_lens(report, row, only))
    return status


def _entry(report: Report, row: Row, only: Framework | None) -> dict[str, object]:
    return {
        "path": row.path,
        "type": row.layer.type,
        "frameworks": [_view(one) for one in views(report, row, only)],
    }


def _view(view: View) -> dict[str, object]:
    return {
        "framework": view.framework.value,
        "code": view.code or None,
        "reason": view.reason or None,
        "output_shape": None if view.output is None else list(view.output),
        "edges": [list(pair) for pair in view.edges],
        "trainable": view.trainable,
        "kept": view.kept,
        "differences": list(view.remarks),
    }
