"""`python -m dateline_training STAGE --config training/dateline-mini.toml --data DATA --work WORK`"""

from __future__ import annotations

import argparse
import importlib
import pathlib

from . import config as settings

# In the order of a full run.
STAGES = {
    "prepare": "prepare",
    "tokenizer": "vocabulary",
    "align": "align",
    "distil": "distil",
    "finetune": "finetune",
    "calibrate": "calibrate",
    "export": "export",
    # Through the engine, on the exported bundle, which then takes what they found.
    "join": "engine",
    "evaluate": "evaluate",
    "baselines": "baselines",
}
# After these the bundle is exported again.
EXPORTED = ("join", "evaluate")


def main() -> None:
    parser = argparse.ArgumentParser(prog="dateline_training", description="One stage of a training run, or all of them.")
    parser.add_argument("stage", choices=[*STAGES, "all"])
    parser.add_argument("--config", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the data sets")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what the stages make")
    options = parser.parse_args()
    config = settings.load(options.config, options.data, options.work)
    for stage in STAGES if options.stage == "all" else [options.stage]:
        print(f"== {stage}", flush=True)
        importlib.import_module(f"dateline_training.{STAGES[stage]}").run(config)
        if stage in EXPORTED:
            importlib.import_module("dateline_training.export").run(config)


if __name__ == "__main__":
    main()
