"""Makes a Dateline bundle: from labelled news and parallel text to a small multilingual encoder with its heads."""
