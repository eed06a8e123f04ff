"""The settings file."""

import pathlib

import pytest

from dateline_training import config as settings

HEAD = 'seed = 1\nname = "a"\nversion = "1"\n'


def load(folder: pathlib.Path, text: str) -> settings.Config:
    (folder / "run.toml").write_text(text)
    return settings.load(folder / "run.toml", folder / "data", folder / "work")


def test_what_is_not_given_has_its_default(tmp_path):
    config = load(tmp_path, HEAD + "[distil]\nminutes = 3\n")
    assert config.distil == settings.Distil(minutes=3)
    assert config.finetune == settings.Finetune()
    assert (config.data, config.work) == (tmp_path / "data", tmp_path / "work")


def test_own_articles_are_the_files_of_the_project():
    root = pathlib.Path(settings.__file__).parent.parent
    assert settings.Config.own == root / "data/articles"


@pytest.mark.parametrize("text", ["sed = 2\n", "[distil]\nminute = 3\n", "[destil]\nminutes = 3\n"])
def test_a_misspelt_key_is_an_error(tmp_path, text):
    with pytest.raises(SystemExit, match="know"):
        load(tmp_path, HEAD + text)


def test_two_tables_do_not_share_their_mix():
    settings.Finetune().mix[0] = 9.0
    assert settings.Finetune().mix[0] != 9.0
