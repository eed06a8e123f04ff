#!/usr/bin/env python3
"""Analyses a folder of articles over one stream and writes JSON Lines.

    score_folder.py FOLDER OUT [--address HOST:PORT] [--max-in-flight 64] [--language ar]

Reads every .txt file (UTF-8: the text of one article) and every .json file (one object: id, title, text, language,
published_at, source) under FOLDER. Writes one row per file to OUT ("-": standard output), as `dateline score` does, as
the answers come. A file that cannot be read or is refused becomes {"id": ..., "error": {"code", "field", "message"}}.
An article without an id has its path in FOLDER for one. Ends with 0 only if every file was analysed.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from dateline_client import Article, Client, DatelineError, InvalidArticle

SUFFIXES = (".txt", ".json")


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    folder: Path = options.folder
    if not folder.is_dir():
        print(f"{folder} is no folder", file=sys.stderr)
        return 2
    try:
        out: TextIO = sys.stdout if options.out == "-" else open(options.out, "w", encoding="utf-8")
    except OSError as error:
        print(f"{options.out} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    with out, Client(options.address) as client:
        return score(folder, out, client, options.max_in_flight, options.language)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out")
    parser.add_argument("--address", default=os.environ.get("DATELINE_ADDRESS", "127.0.0.1:50051"))
    parser.add_argument("--max-in-flight", type=int, default=64, help="articles sent and not yet answered, at most")
    parser.add_argument("--language", default="", help="BCP-47 tag for articles that name none; empty: it is detected")
    options = parser.parse_args(arguments)
    if options.max_in_flight < 1:
        parser.error("--max-in-flight must be at least 1")
    return options


def score(folder: Path, out: TextIO, client: Client, max_in_flight: int, language: str) -> int:
    """Writes a row per file; returns the exit code."""
    started = time.monotonic()
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and not path.is_dir())
    # Filled in the thread that feeds the stream, emptied in this one: only this one writes.
    bad_files: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    analysed = failed = 0

    def write(row: dict[str, Any]) -> None:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")

    def write_bad_files() -> int:
        count = 0
        while not bad_files.empty():
            write(bad_files.get())
            count += 1
        return count

    problem = None
    try:
        for result in client.analyze_stream(
            articles(folder, files, bad_files, language), max_in_flight=max_in_flight
        ):
            failed += write_bad_files()
            write(result.to_row())
            if result.error is None:
                analysed += 1
            else:
                failed += 1
    except DatelineError as error:
        problem = f"the stream broke: {error}"
    failed += write_bad_files()

    seconds = time.monotonic() - started
    if problem:
        print(problem, file=sys.stderr)
    print(
        f"rows in {len(files)}, out {analysed}, failed {failed}, {analysed / max(seconds, 1e-9):.1f} articles/s",
        file=sys.stderr,
    )
    return 0 if analysed == len(files) and problem is None else 1


def articles(
    folder: Path, files: list[Path], bad_files: queue.SimpleQueue[dict[str, Any]], language: str
) -> Iterator[Article]:
    """The articles of the files that can be read; the others are put aside as error rows."""
    for path in files:
        name = str(path.relative_to(folder))
        # A file name may hold bytes that are no UTF-8; a row may not.
        name = name.encode("utf-8", "replace").decode("utf-8")
        try:
            yield read(path, name, language)
        except InvalidArticle as error:
            field = error.violations[0].field.removeprefix("article.") if error.violations else None
            bad_files.put(error_row(name, error.code, field, error.message))
        except OSError as error:
            code = "NOT_FOUND" if isinstance(error, FileNotFoundError) else "INTERNAL"
            bad_files.put(error_row(name, code, None, f"the file cannot be read: {error.strerror}"))


def read(path: Path, name: str, language: str) -> Article:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidArticle("INVALID_ARGUMENT", f"the file is not UTF-8 at byte {error.start}; convert it") from None
    if path.suffix.lower() == ".txt":
        return Article(id=name, text=text, language=language)
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        # Not str(error.doc): a message never holds text of the article.
        raise InvalidArticle(
            "INVALID_ARGUMENT", f"the file is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise InvalidArticle("INVALID_ARGUMENT", "the file is not usable JSON: it is nested too deeply") from None
    if isinstance(record, dict):
        record = {"id": name, "language": language} | {key: value for key, value in record.items() if value is not None}
    return Article.from_record(record)


def error_row(name: str, code: str, field: str | None, message: str) -> dict[str, Any]:
    return {"id": name, "error": {"code": code, "field": field, "message": message}}


if __name__ == "__main__":
    sys.exit(main())
