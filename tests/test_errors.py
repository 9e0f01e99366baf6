"""What the exceptions of the edges tell the user and the shell."""

from tuicnn.errors import Exit, FileError, MissingPackage, TuicnnError


def test_a_missing_package_is_named_with_the_command_that_installs_it():
    error = MissingPackage("onnx", "onnx")
    assert "onnx" in error.message
    assert error.hint.endswith('pip install "tuicnn[onnx]"')
    assert error.exit_code == Exit.USAGE


def test_an_error_reads_as_its_message():
    assert str(FileError("the disk is full", "free some space")) == "the disk is full"
    assert TuicnnError("no hint").hint == ""


def test_the_exit_codes_are_those_that_scripts_rely_on():
    assert [code.value for code in Exit] == [0, 1, 2, 130]
