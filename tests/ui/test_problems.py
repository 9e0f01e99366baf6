"""The problems: listed, gone to, mended."""

from __future__ import annotations

import pytest

from tests.ui.desk import MEDIUM, NARROW, Desk, at, desk, faulty, ids_of, keys_of
from tuicnn.core.layers import Conv2d, Relu
from tuicnn.core.network import Network
from tuicnn.ui.widgets.problems import Problems

SCENES = {}


def scene(name):
    def register(function):
        SCENES[name] = function
        return function

    return register


async def first(desk: Desk):
    await desk.press("3", "home")
    assert desk.focused is desk.problems
    assert desk.problems.highlighted == 0


@scene("problems.go")
async def go(desk: Desk, key: str):
    await first(desk)
    await desk.press(key)
    await desk.until(lambda: desk.field)
    assert (desk.cursor, desk.field) == (at(0), "in_channels")


@scene("problems.fix")
async def fix(desk: Desk, key: str):
    await first(desk)
    problem = desk.problems.problem
    assert problem is not None
    assert problem.fixes
    await desk.press(key)
    assert problem not in desk.session.report.diagnostics
    assert desk.session.history.undoes == problem.fixes[0].title
    await desk.press("u")
    assert desk.network == faulty()


@scene("problems.down")
async def down(desk: Desk, key: str):
    await first(desk)
    assert desk.problems.option_count > 1
    await desk.press(key)
    assert desk.problems.highlighted == 1


@scene("problems.up")
async def up(desk: Desk, key: str):
    await first(desk)
    await desk.press("j", key)
    assert desk.problems.highlighted == 0


@scene("problems.leave")
async def leave(desk: Desk, key: str):
    await first(desk)
    await desk.press(key)
    assert desk.focused is desk.stack


@pytest.mark.parametrize(("name", "key"), keys_of(Problems))
async def test_each_key_does_what_it_says(name, key):
    async with desk(faulty()) as one:
        await SCENES[name](one, key)


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
@pytest.mark.parametrize("name", sorted(SCENES))
async def test_the_keys_are_the_same_where_there_is_little_room(name, size):
    first = next(key for one, key in keys_of(Problems) if one == name)
    async with desk(faulty(), size=size) as one:
        await SCENES[name](one, first)


def test_each_binding_of_the_problems_has_a_scene():
    assert set(SCENES) == ids_of(Problems)


async def test_every_problem_is_listed_with_code_path_and_remedy():
    async with desk(faulty()) as one:
        report = one.session.report
        assert one.problems.option_count == len(report.diagnostics)
        for number, problem in enumerate(report.diagnostics):
            said = str(one.problems.get_option_at_index(number).prompt)
            assert problem.code.code in said
            assert problem.path in said
            assert problem.message in said
            for fix in problem.fixes[:1]:
                assert f"f: {fix.title}" in said


async def test_a_network_without_problems_says_so_and_keys_do_nothing():
    fine = Network(name="fine", input=(3, 4, 4), layers=(Relu(),))
    async with desk(fine) as one:
        await one.press("3", "enter", "f", "j", "k")
        said = [str(option.prompt) for option in one.problems.options]
        assert said == ["✓ no problems"]
        assert not one.session.dirty


async def test_of_many_problems_the_first_are_listed():
    wrong = tuple(Conv2d(out_channels=4, in_channels=9, kernel_size=1) for _ in "x" * 9)
    bad = tuple(
        Conv2d(out_channels=4, kernel_size=1, name=f"c{n}", in_channels=9 + n)
        for n in range(300)
    )
    async with desk(Network(name="x", input=(3, 4, 4), layers=wrong + bad)) as one:
        count = len(one.session.report.diagnostics)
        assert one.problems.option_count == min(count, 201)
