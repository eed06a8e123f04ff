"""The example that scores a folder: a row per file, whatever the file holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import grpc
import pytest
from conftest import Fake, status

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))
import score_folder  # noqa: E402


def rows(path: Path) -> dict[str, dict]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    by_id = {line["id"]: line for line in lines}
    assert len(by_id) == len(lines)
    return by_id


def test_every_file_becomes_a_row(tmp_path: Path, address: str, fake: Fake, capsys: pytest.CaptureFixture) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.INVALID_ARGUMENT, field="article.text") if not request.article.text else None
    )
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    (folder / "sub").mkdir(parents=True)
    (folder / "good.txt").write_text("Бишкек calm.", encoding="utf-8")
    (folder / "sub" / "deep.TXT").write_text("\ufeffx", encoding="utf-8")
    (folder / "named.json").write_text('{"id": "seven", "text": "x", "language": null}')
    (folder / "nameless.json").write_text('{"text": "x", "language": "ru"}')
    (folder / "latin.txt").write_bytes(b"caf\xe9 secret")
    (folder / "torn.json").write_text('{"text": "secret')
    (folder / "list.json").write_text("[]")
    (folder / "deep.json").write_text("[" * 200_000)
    (folder / "empty.txt").write_text("")
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    (folder / "page.html").write_text("<p>not read</p>")

    code = score_folder.main([str(folder), str(out), "--address", address, "--language", "en"])

    written = rows(out)
    good = {"good.txt", "sub/deep.TXT", "seven", "nameless.json"}
    assert {id for id, row in written.items() if "error" not in row} == good
    errors = {id: (row["error"]["code"], row["error"]["field"]) for id, row in written.items() if "error" in row}
    assert errors == {
        "latin.txt": ("INVALID_ARGUMENT", None),
        "torn.json": ("INVALID_ARGUMENT", None),
        "list.json": ("INVALID_ARGUMENT", None),
        "deep.json": ("INVALID_ARGUMENT", None),
        "empty.txt": ("INVALID_ARGUMENT", "text"),
        "gone.txt": ("NOT_FOUND", None),
    }
    assert "secret" not in out.read_text(encoding="utf-8"), "a message holds text of an article"
    assert {r.article.id: r.article.language for r in fake.requests}["nameless.json"] == "ru"
    assert {r.article.id: r.article.language for r in fake.requests}["seven"] == "en"
    assert {r.article.id: r.article.text for r in fake.requests}["sub/deep.TXT"] == "x", "without its byte order mark"
    assert "rows in 10, out 4, failed 6" in capsys.readouterr().err
    assert code == 1


def test_all_good_is_exit_code_0(tmp_path: Path, address: str, capsys: pytest.CaptureFixture) -> None:
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    for i in range(150):
        (folder / f"{i}.txt").write_text("x")
    assert score_folder.main([str(folder), str(out), "--address", address, "--max-in-flight", "8"]) == 0
    assert len(rows(out)) == 150
    assert "rows in 150, out 150, failed 0" in capsys.readouterr().err


def test_a_server_that_is_gone_is_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.setattr("dateline_client.client.time.sleep", lambda seconds: None)
    assert score_folder.main([str(tmp_path), str(tmp_path / "out"), "--address", "127.0.0.1:1"]) == 1
    assert "UNAVAILABLE" in capsys.readouterr().err


def test_a_missing_folder_is_exit_code_2(tmp_path: Path) -> None:
    assert score_folder.main([str(tmp_path / "none"), "-"]) == 2
    assert score_folder.main([str(tmp_path), str(tmp_path / "no" / "out")]) == 2
