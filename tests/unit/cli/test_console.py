import pytest

from virtaama.cli.console import print_table, progress


def test_results_go_to_stdout_and_talk_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Counting") as tell:
        tell(1, 2, "sheep")
    print_table(("name", "count"), [("sheep", 1200)])
    captured = capsys.readouterr()
    assert captured.out.splitlines() == ["name   count", "sheep  1 200"]
    assert captured.err.startswith("Counting: ")


def test_a_table_in_a_pipe_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 150
    print_table(("what",), [(long,)])
    assert long in capsys.readouterr().out


def test_square_brackets_in_a_cell_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("what",), [("[bold]not bold[/bold]",)])
    assert "[bold]not bold[/bold]" in capsys.readouterr().out
