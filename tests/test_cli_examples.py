"""``--help`` of every command: an example that parses, and a line on what comes out."""

import shlex

import pytest
from shikaku import cli
from shikaku.cli_examples import EXAMPLES, epilog
from shikaku.cli_parser import every, parser

COMMANDS = {"": parser(), **dict(every(parser()))}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_has_an_example_and_what_comes_out(name, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([*name.split(), "--help"])
    assert left.value.code == 0
    example, comes_out = EXAMPLES[name]
    told = capsys.readouterr().out
    assert f"  shikaku {example}\n" in told and comes_out in told


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_is_a_right_call_of_the_command(name):
    words = shlex.split(EXAMPLES[name][0])
    assert words[: len(name.split())] == name.split()
    assert parser().parse_args(words).command == words[0]


def test_a_command_without_an_example_has_no_epilog():
    assert epilog("nothing of the kind") == ""
