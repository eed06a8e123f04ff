"""The settings of a training run, read from one TOML file; every stage takes its table."""

from __future__ import annotations

import pathlib
import tomllib
from dataclasses import dataclass, field, fields


@dataclass
class Prepare:
    # Every n-th authored article and every m-th labelled sentence (with all its translations) is kept for development.
    dev_articles: int = 20
    dev_sentences: int = 50
    # Share of a test sentence's five-word runs that a training text may hold before it counts as a copy.
    overlap: float = 0.4


@dataclass
class Vocabulary:
    size: int = 96_000
    # Pieces of, and characters for, the languages in Arabic letters.
    arabic: int = 13_000
    arabic_characters: int = 6_000_000
    # Characters of a language in the sample are proportional to what there is, to this power.
    balance: float = 0.35
    characters: int = 30_000_000
    # Times the whole articles are counted: the register that the model reads.
    articles: int = 3


@dataclass
class Align:
    # Pairs of a language that are aligned, news first.
    pairs: int = 8000
    rounds: int = 5
    longest: int = 64


@dataclass
class Distil:
    minutes: float = 40
    steps: int = 20_000
    tokens: int = 4096
    rate: float = 4e-4
    longest: int = 96
    # Pairs of a language in a pass, proportional to what there is, to this power.
    balance: float = 0.5


@dataclass
class Finetune:
    minutes: float = 45
    steps: int = 20_000
    tokens: int = 4096
    rate: float = 2e-4
    # The most tokens of an input.
    window: int = 256
    smoothing: float = 0.05
    # Of the batches' tokens: whole articles, sentences joined to articles, single sentences, place names.
    mix: list[float] = field(default_factory=lambda: [0.45, 0.15, 0.38, 0.02])
    # Weight of staying near the English teacher's sentence vector.
    anchor: float = 0.3


@dataclass
class Config:
    seed: int
    name: str
    version: str
    # What the pieces of the stages are kept under.
    work: pathlib.Path
    data: pathlib.Path
    prepare: Prepare
    vocabulary: Vocabulary
    align: Align
    distil: Distil
    finetune: Finetune
    # Where our own further articles lie.
    own: pathlib.Path = pathlib.Path(__file__).parent.parent / "data/articles"
    threads: int = 0
    device: str = "auto"

    @property
    def settings(self) -> pathlib.Path:
        """What the manifest holds beside the learned values."""
        return pathlib.Path(__file__).parent.parent / f"{self.name}.json"

    @property
    def bundle(self) -> pathlib.Path:
        """The folder of the bundle that `export` writes."""
        return pathlib.Path(__file__).parents[2] / "models" / self.name


def load(path: pathlib.Path, data: pathlib.Path, work: pathlib.Path) -> Config:
    """Reads `path`; unknown keys are an error, so that a misspelt one is not silently a default."""
    table = tomllib.loads(path.read_text())
    kinds = {"prepare": Prepare, "vocabulary": Vocabulary, "align": Align, "distil": Distil, "finetune": Finetune}
    parts = {}
    for name, kind in kinds.items():
        given = table.pop(name, {})
        unknown = set(given) - {f.name for f in fields(kind)}
        if unknown:
            raise SystemExit(f"{path}: [{name}] knows no {sorted(unknown)}")
        parts[name] = kind(**given)
    unknown = set(table) - {f.name for f in fields(Config)}
    if unknown:
        raise SystemExit(f"{path}: unknown keys {sorted(unknown)}")
    if "own" in table:
        table["own"] = path.parent / table["own"]
    return Config(data=data, work=work, **parts, **table)
