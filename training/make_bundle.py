"""Writes the manifest of a bundle: labels, learned values, measured quality and the checksum of every file.

    python training/make_bundle.py models/dateline-mini --labels labels.json --settings training/pilot.json

`--labels` is the label order of the heads as the training wrote it; `--settings` holds everything else of the manifest
(name, version, tasks, input, quality). The folder must already hold config.json, model.safetensors, tokenizer.json,
README.md and lexicons/.
"""

import argparse
import hashlib
import json
import pathlib


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--settings", type=pathlib.Path, required=True)
    options = parser.parse_args()

    labels = json.loads(options.labels.read_text(encoding="utf-8"))
    manifest = json.loads(options.settings.read_text(encoding="utf-8"))
    manifest["tasks"]["event"]["labels"] = labels["event"]
    manifest["tasks"]["event"]["pool"] = labels["pool"].index("event")
    manifest["tasks"]["country"]["labels"] = labels["country"]
    manifest["tasks"]["country"]["pool"] = labels["pool"].index("country")
    manifest["files"] = {
        path.relative_to(options.bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(options.bundle.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (options.bundle / "manifest.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(manifest['files'])} files listed in {options.bundle / 'manifest.json'}")


if __name__ == "__main__":
    main()
