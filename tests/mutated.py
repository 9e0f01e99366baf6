"""Inputs of every kind that is read, damaged at random: words, never a fault.

    python -m tests.mutated KIND COUNT [SEED]

It runs within a gigabyte, and each input takes at most two seconds of the processor.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import process_time
from typing import NamedTuple

from tests.structural import odd_npy, odd_safetensors

MEMORY, SECONDS = 2**30, 2.0
_WORDS = (
    b"\0", b"\xff", b"\x80", b"-1", b"0", b"1e999", b"NaN", b"9" * 40, b"1024",
    b"65537", b"null", b"true", b"[]", b"{}", b'""', b"[[[[[[[[", b'"type"', b'"block"',
    b"\x1b]52;c;eA==\x07", b"\xc2\x9b2J", b"\xe2\x80\xae", b'"\\ud800"', b"PK\x01\x02",
    b"PK\x05\x06", b"|O", b"(9223372036854775807,)", b"\n", b'"""', b"'''", b"#", b",",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 7, 2**7, 2**8 - 1, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**40)
_NUMBERS += (2**63 - 1, 2**64 - 1)


def mutated(  # noqa: C901 - one short case for each kind of damage
    data: bytes, chance: Random, others: list[bytes]
) -> bytes:
    """Return data after a few changes, each of some kind that files suffer."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(9):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(found):
                found[at] = chance.randrange(256)
            case 2:
                del found[at : at + chance.choice((1, 2, 9, 99))]
            case 3:
                found[at:at] = chance.choice(_WORDS)
            case 4:
                word = chance.choice(_WORDS)
                found[at : at + len(word)] = word
            case 5:
                length = chance.choice((2, 4, 8))
                number = chance.choice(_NUMBERS) % 256**length
                found[at : at + length] = number.to_bytes(length, "little")
            case 6:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                found[at:at] = other[start : start + chance.choice((9, 99, 999))]
            case 7:
                found[at:at] = found[at : at + 99] * chance.choice((1, 2, 50))
            case 8 if chance.random() < 0.2:
                del found[at:]
    return bytes(found)


class Kind(NamedTuple):
    """A kind of input.

    Attributes:
        seeds: Sound ones.
        read: Reads one, and fails where that does.
        odd: Makes one that is well formed, and of odd parts; None: there is no such.
    """

    seeds: list[bytes]
    read: Callable[[bytes], None]
    odd: Callable[[Random], bytes] | None = None


def documents(folder: Path) -> Kind:
    """Documents: read, checked, analysed, said as Markdown, and two problems mended."""
    from tests.documents import FOLDER
    from tuicnn.core.check import check
    from tuicnn.core.fixes import fixes_of
    from tuicnn.core.reading import read_text
    from tuicnn.core.unreadable import with_unreadable
    from tuicnn.interop.analysis import to_json
    from tuicnn.interop.markdown import to_markdown

    names = ("lenet5", "matlab-2-6-1", "two-conv-32", "separable", "image-to-map")
    seeds = [(FOLDER / f"{name}.json").read_bytes() for name in names]
    seeds += [_every_layer()]

    def read(data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return
        reading = read_text(text)
        assert reading.network is not None or reading.problems
        report = None if reading.network is None else check(reading.network)
        told = reading.problems
        if report is not None:
            found = report.of_text(text, reading.problems)
            told = found.diagnostics
            json.loads(to_json(found))
            to_markdown(found)
            whole = with_unreadable(report)
            for one in whole.diagnostics[:2]:
                fixes_of(whole, one)
        for one in told:
            assert (one.message + one.hint).isprintable(), one
            assert one.message and one.line, one

    return Kind(seeds, read)


def _every_layer() -> bytes:
    """Return a document that has every layer of the cases in it."""
    from tests.cases import CASES
    from tuicnn.core.network import layer_document

    layers = [layer_document(one.layer) for one in CASES]
    return json.dumps(
        {
            "format": "tuicnn/1",
            "name": "n",
            "input": [3, 64, 64],
            "layers": layers[:120],
        }
    ).encode()


def weights(folder: Path, suffix: str) -> Kind:
    """Files of weights: read for a network with a few."""
    import numpy as np

    from tests.preview.networks import network, store
    from tuicnn.errors import TuicnnError
    from tuicnn.preview.plan import plan
    from tuicnn.preview.run import Forward
    from tuicnn.preview.weightfiles import load

    layers = [{"type": "conv2d", "name": "a", "out_channels": 2, "kernel_size": 3},
              {"type": "batch_norm", "name": "b"}]  # fmt: skip
    made = Forward(network(layers, [1, 5, 5]))
    path = folder / f"w{suffix}"
    store(path, made.weights)
    seeds = [path.read_bytes()]
    odd = odd_safetensors(seeds[0]) if suffix == ".safetensors" else _odd_npz
    if suffix == ".npz":
        packed = io.BytesIO()
        np.savez_compressed(packed, **{"a.weight": np.zeros((2, 1, 3, 3))})
        seeds.append(packed.getvalue())
        for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(packed := io.BytesIO(), "w", kind) as file:
                file.writestr("a.bias.npy", seeds[0][:300])
            seeds.append(packed.getvalue())
    planned = plan(network(layers, [1, 5, 5]))

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            load(path, planned)
        except TuicnnError as error:
            assert error.message

    return Kind(seeds, read, odd)


def _odd_npz(chance: Random) -> bytes:
    """Return an archive with an array whose header is odd."""
    packing = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(found := io.BytesIO(), "w", packing) as file:
        for key, shape in (("a.weight", (2, 1, 3, 3)), ("a.bias", (2,))):
            file.writestr(f"{key}.npy", odd_npy(shape, bytes(72))(chance))
    return found.getvalue()


def inputs(folder: Path, suffix: str) -> Kind:
    """Arrays and images: read as an input of three channels."""
    import numpy as np

    from tuicnn.errors import TuicnnError
    from tuicnn.preview.inputs import read_input

    seeds, odd = [], None
    if suffix == ".npy":
        odd = odd_npy((3, 4, 5), bytes(240))
        for array in (np.ones((3, 4, 5)), np.ones((2, 3, 4, 5), "<f2")):
            np.save(stream := io.BytesIO(), array)
            seeds.append(stream.getvalue())
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.asfortranarray(array), (2, 0))
        seeds.append(stream.getvalue())
    else:
        from PIL import Image

        for kind in ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP"):
            Image.new("RGB", (7, 5), (1, 2, 3)).save(stream := io.BytesIO(), kind)
            seeds.append(stream.getvalue())
    path = folder / f"x{suffix}"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            found = read_input(path, (3, 4, 5))
        except TuicnnError as error:
            assert error.message
        else:
            assert found.array.shape[1:] == (3, 4, 5)

    return Kind(seeds, read, odd)


def settings(folder: Path) -> Kind:
    """The file of settings."""
    from tuicnn.ui.config import read_config

    os.environ["XDG_CONFIG_HOME"] = str(folder)
    place = folder / "tuicnn" / "config.toml"
    place.parent.mkdir()
    seeds = [b'theme = "nord"\nlayout = "last"\n[keys]\n"stack.add" = "a, plus"\n',
             b'theme = """\nnord"""\nkeys = { "a.b" = "c", x = [1, 2.5, 1979-05-27] }\n'
             ]  # fmt: skip

    def read(data: bytes) -> None:
        place.write_bytes(data)
        config = read_config(lambda: ("stack.add", "a.b"), ("nord",))
        assert all(map(str.isprintable, config.warnings)), config.warnings
        assert config.theme in (None, "nord") and config.layout in ("first", "last")

    return Kind(seeds, read)


def journals(folder: Path) -> Kind:
    """Recovery files, and the documents in them."""
    from tests.documents import preset_text
    from tuicnn.core.reading import read_text
    from tuicnn.errors import FileError
    from tuicnn.files.recovery import Header, read, spelled

    path = folder / "0123456789abcdef.json"
    headers = (Header("/a/b.json", "0" * 64, 3), Header(None, restored=("a", "b")))
    seeds = [spelled(one, preset_text("two-conv-32")).encode() for one in headers]

    def tried(data: bytes) -> None:
        path.write_bytes(data)
        try:
            kept = read(str(path))
        except FileError as error:
            assert error.message.isprintable()
        else:
            read_text(kept.document)

    return Kind(seeds, tried)


def lists(folder: Path) -> Kind:
    """The list of recent files, and layers that are pasted."""
    from tuicnn.ui import clipboard, recent

    os.environ["XDG_STATE_HOME"] = str(folder)
    recent.remember(str(folder / "a.json"))
    (place,) = (one for one in (folder / "tuicnn").iterdir() if one.is_file())
    layer = b'[{"type": "conv2d", "out_channels": 3, "kernel_size": [3, 3]}]'
    seeds = [place.read_bytes(), layer]

    def read(data: bytes) -> None:
        place.write_bytes(data)
        assert all(map(os.path.isabs, recent.recent_files()))
        assert clipboard.layers_in(data.decode(errors="replace"))

    return Kind(seeds, read)


KINDS: dict[str, Callable[[Path], Kind]] = {
    "documents": documents,
    "npz": lambda folder: weights(folder, ".npz"),
    "safetensors": lambda folder: weights(folder, ".safetensors"),
    "npy": lambda folder: inputs(folder, ".npy"),
    "images": lambda folder: inputs(folder, ".png"),
    "settings": settings,
    "journals": journals,
    "lists": lists,
}


def tried(kind: str, count: int, seed: int) -> Iterator[bytes]:
    """Read inputs of a kind, and yield each before it is read."""
    with tempfile.TemporaryDirectory() as place:
        seeds, read, odd = KINDS[kind](Path(place))
        for one in seeds:
            yield one
            read(one)
        chance, pool = Random(f"{kind} {seed}"), list(seeds)
        for _ in range(count):
            if odd is not None and chance.random() < 0.3:
                data = odd(chance)
            else:
                data = mutated(chance.choice(pool), chance, seeds)
            yield data
            started = process_time()
            read(data)
            used = process_time() - started
            assert used < SECONDS, f"{used:.1f} s"
            if chance.random() < 0.05:  # what is damaged is damaged further
                pool[len(seeds) + chance.randrange(50) :] = [data]


def main() -> None:
    """Try a kind, and tell what it took; a fault names the input that led to it."""
    kind, count = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    data = b""
    try:
        for one in tried(kind, count, seed):
            data = one
    except BaseException:
        place = Path(tempfile.gettempdir()) / f"mutated-{kind}-{seed}"
        place.write_bytes(data)
        print(f"the input stands in {place}", file=sys.stderr)  # noqa: T201 - a program
        raise
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{kind}: {count:,} inputs, at most {most} MiB")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
