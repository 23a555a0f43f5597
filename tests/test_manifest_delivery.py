"""Writing a bundle: all of it or nothing, never over what is there unless told so; and the command line around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.errors import InputError
from advisor.manifests import delivery
from advisor.manifests.delivery import deliver

CHURN = str(Path(__file__).parents[1] / "examples" / "churn.yaml")
LLM = str(Path(__file__).parents[1] / "examples" / "llm.yaml")
AS_OF = ("--as-of", "2026-11-24")
TEXTS = {"README.md": "read me\n", "base/a.yaml": "a: 1\n"}
Typed = Callable[..., tuple[int, str, str]]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_new_folder_and_an_empty_one_are_filled(tmp_path: Path) -> None:
    deliver(TEXTS, tmp_path / "deep" / "new", force=False)
    (tmp_path / "empty").mkdir()
    deliver(TEXTS, tmp_path / "empty", force=False)
    assert tree(tmp_path / "deep" / "new") == tree(tmp_path / "empty") == TEXTS
    assert sorted(each.name for each in tmp_path.iterdir()) == ["deep", "empty"]  # nothing is left beside them


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty; allowed: another folder"):
        deliver(TEXTS, tmp_path, force=False)
    assert tree(tmp_path) == {"mine.txt": "mine"}


def test_force_writes_over_its_own_names_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    deliver({"README.md": "old", "notes/mine.txt": "mine"}, folder, force=False)
    deliver(TEXTS, folder, force=True)
    assert tree(folder) == {**TEXTS, "notes/mine.txt": "mine"}


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_folder_is_refused(tmp_path: Path, force: bool) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(InputError, match="is not a folder"):
            deliver(TEXTS, tmp_path / name, force=force)


def test_a_link_in_a_folder_leads_nothing_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "README.md").symlink_to(tmp_path / "secret")
    deliver(TEXTS, folder, force=True)
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "secret"
    assert tree(folder) == TEXTS


def test_a_folder_that_links_elsewhere_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "base").symlink_to(tmp_path / "elsewhere")
    deliver(TEXTS, folder, force=True)
    assert tree(tmp_path / "elsewhere") == {}
    assert tree(folder) == TEXTS


def test_half_a_bundle_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    deliver({"old.txt": "old"}, folder, force=False)

    def fails(path: Path, text: str) -> None:
        del text
        if path.name == "a.yaml":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(delivery, "_write", fails)
    with pytest.raises(OSError, match="No space left"):
        deliver(TEXTS, folder, force=True)
    assert tree(folder) == {"old.txt": "old"}
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


KILLED = """
import os, signal
from pathlib import Path
from advisor.manifests import delivery
write = delivery._write
def stops(path, text):
    if path.name == "a.yaml":
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, text)
delivery._write = stops
delivery.deliver({"README.md": "new", "base/a.yaml": "a: 1"}, Path("out"), force=True)
"""


@pytest.mark.parametrize("before", [{}, {"README.md": "old", "mine.txt": "mine"}])
def test_a_process_that_is_killed_in_the_middle_leaves_what_was_there(tmp_path: Path, before: dict[str, str]) -> None:
    if before:
        deliver(before, tmp_path / "out", force=False)
    root = Path(__file__).parents[1]
    ended = subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, env={"PYTHONPATH": str(root)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert tree(tmp_path / "out") == before
    deliver(TEXTS, tmp_path / "out", force=True)  # what was left beside it is in nobody's way
    assert tree(tmp_path / "out") == {**before, **TEXTS}


def test_the_old_folder_comes_back_where_the_new_one_cannot_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    deliver({"old.txt": "old"}, folder, force=False)
    really = os.replace

    def fails(source: Path, target: Path) -> None:
        if source.name == "new":
            raise OSError(13, "Permission denied")
        really(source, target)

    monkeypatch.setattr(delivery.os, "replace", fails)
    with pytest.raises(OSError, match="Permission denied"):
        deliver(TEXTS, folder, force=True)
    monkeypatch.undo()
    assert tree(folder) == {"old.txt": "old"}


# --- the command line


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; get its exit code, what it prints and what it says on the error stream."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["advisor", "manifest", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_files_are_written_and_the_next_step_is_told(typed: Typed, tmp_path: Path) -> None:
    code, out, err = typed(CHURN, "gke", "-o", str(tmp_path / "out"), *AS_OF)
    assert (code, err) == (0, "")
    assert "Next: fill in" in out
    assert {"README.md", "base/values.env", "base/deployment.yaml", "overlays/prod/hpa.yaml"} <= set(
        tree(tmp_path / "out")
    )


def test_the_folder_is_named_after_service_and_option(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = typed(CHURN, "cloud-run", *AS_OF)
    assert code == 0
    assert "3 files in churn-model-cloud-run" in out
    assert set(tree(tmp_path / "churn-model-cloud-run")) == {"README.md", "values.env", "service.yaml"}


def test_stdout_writes_nothing(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = typed(CHURN, "cloud-run", "--stdout", *AS_OF)
    assert code == 0
    assert "##### service.yaml" in out
    assert "serving.knative.dev/v1" in out
    assert list(tmp_path.iterdir()) == []


def test_a_full_folder_is_refused_and_forced(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, err = typed(CHURN, "cloud-run", "-o", str(tmp_path), *AS_OF)
    assert code == 2
    assert "is not empty" in err
    assert set(tree(tmp_path)) == {"mine.txt"}
    code, _, _ = typed(CHURN, "cloud-run", "-o", str(tmp_path), "--force", *AS_OF)
    assert code == 0
    assert set(tree(tmp_path)) == {"mine.txt", "README.md", "values.env", "service.yaml"}


def test_what_is_not_possible_is_refused_with_the_reason_and_marked_when_forced(typed: Typed, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    code, out, err = typed(LLM, "sagemaker-serverless", "-o", str(folder), *AS_OF)
    assert (code, out) == (3, "")
    assert "sagemaker-serverless cannot use a GPU" in err
    assert "--force writes it all the same, marked in every file" in err
    assert not folder.exists()
    code, _, _ = typed(LLM, "sagemaker-serverless", "-o", str(folder), "--force", *AS_OF)
    assert code == 0
    assert all("INFEASIBLE" in text for text in tree(folder).values())


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((CHURN,), 2, "an option is missing"),
        ((CHURN, "gkee"), 2, "did you mean 'gke'?"),
        (("nowhere.yaml", "gke"), 2, "there is no such workload"),
        (("nowhere", "--check"), 2, "there is no such folder"),
        ((CHURN, "gke", "--as-of", "soon"), 2, "--as-of is 'soon'"),
    ],
)
def test_mistakes_are_one_message(typed: Typed, arguments: tuple[str, ...], code: int, message: str) -> None:
    ended, out, err = typed(*arguments)
    assert (ended, out) == (code, "")
    assert message in err
    assert "Traceback" not in err


def test_check_finds_nothing_in_what_it_wrote(typed: Typed, tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    code, out, _ = typed(CHURN, "gke", "-o", folder, "--check", *AS_OF)
    assert code == 0
    assert "14 documents checked: no findings" in out
    code, out, _ = typed("--check", folder)
    assert code == 0
    assert "14 documents checked: no findings" in out


def test_check_finds_faults_in_any_folder(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: A}\nspec: {containers: [{name: x, image: ''}]}\n", encoding="utf-8"
    )
    (tmp_path / "broken.yaml").write_text("a: [\n", encoding="utf-8")
    code, out, _ = typed("--check", str(tmp_path))
    assert code == 1
    assert "a.yaml: Pod A: container x has no image [image-present]" in out
    assert "a.yaml: Pod A: 'A' is no legal name" in out
    assert "broken.yaml: is not valid YAML in line 2" in out
    assert "3 findings" in out
