"""Runs tests against mutants, each in a process of its own.

A mutant of a function is put into a process that has gathered the tests already, and
meets those that call the function, the fastest first. A mutant of what is worked out
while modules are imported gets a process that has imported none of them.
"""

from __future__ import annotations

import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import TypeVar

import pytest

from tests.mutation.mutants import MODULES, Mutant, noting
from tests.program import ROOT

_CORE = ("rules", "boundaries", "windows", "terms", "reach", "receptive", "check")
TESTS = tuple(
    str(ROOT / "tests" / f"{folder}/test_{name}.py")
    for folder, names in (
        ("core", (*_CORE, "counts", "diagnostics")),
        ("preview", ("reads",)),
    )
    for name in names
)
"""What decides the rules; the first tells most."""
OPTIONS = ("-x", "-q", "-s", "--tb=no", "--no-header", "-p", "no:cacheprovider")
OPTIONS += ("--hypothesis-seed=0", "-W", "ignore::pytest.PytestAssertRewriteWarning")
SECONDS, MEMORY = 60, 4 * 2**30
"""What a mutant may take; one that counts for ever, or piles up numbers, is killed."""

Site = tuple[str, int]
"""A function: its file, and its first line."""
Told = Callable[[Mutant, bool], None]
Kind = TypeVar("Kind")


def try_all(mutants: Sequence[Mutant], told: Told) -> None:
    """Try each mutant, and tell whether it survived."""
    with tempfile.TemporaryDirectory() as folder:
        # What fails on a mutant is no example for later runs of the tests.
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        for mutant in mutants:
            if mutant.function is None:
                told(mutant, _survives(functools.partial(_imported, mutant)))
        within = [mutant for mutant in mutants if mutant.function is not None]
        if within:
            status = pytest.main([*OPTIONS, *TESTS], plugins=[_Gathered(within, told)])
            assert status == 0, "a test fails without a mutant"


def _survives(run: Callable[[], int]) -> bool:
    """Return whether a forked process finds no fault; a signal is one, too."""
    sys.stdout.flush()
    process = os.fork()
    if not process:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        status = 1
        try:
            status = run()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


# What is worked out while modules are imported.


def _imported(mutant: Mutant) -> int:
    sys.meta_path.insert(0, _Finder(mutant))
    return int(pytest.main([*OPTIONS, *TESTS]))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.mutant.module:
            return None
        where = self.mutant.path
        return importlib.util.spec_from_file_location(name, where, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.mutant.code(), vars(module))  # noqa: S102 - what a loader is for


# Functions.


class _Gathered:
    """A plugin of pytest that, once tests are gathered, runs them on each mutant."""

    def __init__(self, mutants: Sequence[Mutant], told: Told) -> None:
        self.mutants, self.told = mutants, told

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        functions = {_site(one.__code__): one for one in _all(FunctionType)}
        callers = _callers(session, functions)
        for mutant in self.mutants:
            site = (str(mutant.path), mutant.function or 0)
            items, survives = callers[site], True
            if items:  # a function that no test calls may do what it likes
                code = _found(mutant.code(), functions[site].__code__)
                put = functools.partial(_put, functions[site], code, items, session)
                survives = _survives(put)
            self.told(mutant, survives)
        # What a fork inherits from all those before must fail no test.
        assert _survives(functools.partial(_run, items, session))
        return True


def _put(
    function: FunctionType,
    code: CodeType,
    items: list[pytest.Item],
    session: pytest.Session,
) -> int:
    function.__code__ = code
    return _run(items, session)


def _run(items: list[pytest.Item], session: pytest.Session) -> int:
    """Run tests until one fails, and return the status."""
    _forget()
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.testsfailed:
            return 1
    return 0


def _callers(
    session: pytest.Session, functions: dict[Site, FunctionType]
) -> dict[Site, list[pytest.Item]]:
    """Return the tests that call each function of the rules, the fastest first."""
    called: set[Site] = set()
    plain = {}
    for path in MODULES:
        module, name = noting(path), str(path)
        for (file, _), function in functions.items():
            if file == name:
                plain[function] = function.__code__
                function.__code__ = _found(module, function.__code__)
                function.__globals__["_noted"] = lambda line, name=name: called.add(
                    (name, line)
                )
    found: dict[Site, list[tuple[float, pytest.Item]]] = defaultdict(list)
    for item in session.items:
        called.clear()
        _forget()
        started = time.perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        for site in called:
            found[site].append((time.perf_counter() - started, item))
    assert not session.testsfailed, "a test fails without a mutant"
    for function, code in plain.items():
        function.__code__ = code
    callers: dict[Site, list[pytest.Item]] = defaultdict(list)
    for site, timed in found.items():
        callers[site] = [item for _, item in sorted(timed, key=lambda one: one[0])]
    return callers


def _forget() -> None:
    """Empty the caches of our functions."""
    for cache in _caches():
        cache.cache_clear()


@functools.cache
def _caches() -> tuple[functools._lru_cache_wrapper[object], ...]:
    return tuple(
        one
        for one in _all(functools._lru_cache_wrapper)
        if str(one.__module__).startswith("tuicnn.")
    )


def _all(kind: type[Kind]) -> Iterator[Kind]:
    return (one for one in gc.get_objects() if isinstance(one, kind))


def _site(code: CodeType) -> Site:
    return code.co_filename, code.co_firstlineno


def _found(module: CodeType, old: CodeType) -> CodeType:
    """Return a function's code in another version of its module."""
    found = [module]
    for code in found:
        if (code.co_qualname, _site(code)) == (old.co_qualname, _site(old)):
            return code
        found += [one for one in code.co_consts if isinstance(one, CodeType)]
    raise LookupError(old.co_qualname)
