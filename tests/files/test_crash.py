"""The log of a fault."""

from pathlib import Path

from tuicnn.files import crash


def test_the_end_of_a_traceback_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = crash.log("x" * 200_000 + "ZeroDivisionError \udc80")
    text = Path(path).read_text("utf-8")
    assert text.endswith("ZeroDivisionError \\udc80")
    assert len(text) < 110_000


def test_a_log_that_cannot_be_written_is_no_second_fault(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert crash.log("x") == ""
