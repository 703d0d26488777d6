"""Makes a plug-in of the orchestrator, for tests and examples: a .dar, or a .vmoapp that holds .dar files.

python -m tests.tools.make_vro_plugin build/o11nplugin-redis.vmoapp --name Redis --version 1.0.0 --build 4711
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

AGREEMENT = "You may use this for tests.\n"


def _packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def dar(name: str, version: str, build: str = "") -> bytes:
    """The content of a .dar."""
    number = f" build-number={quoteattr(build)}" if build else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<module name={quoteattr(name)} version={quoteattr(version)}{number} display-name={quoteattr(name)}>\n"
        f"  <description>{name} for tests</description>\n</module>\n"
    )
    return _packed({"VSO-INF/vso.xml": text.encode(), "resources/images/none.txt": b"\n"})


def make(path: Path, plugins: dict[str, tuple[str, str]], agreement: str = AGREEMENT) -> Path:
    """Writes a file; `plugins` are (version, build) by name. A .dar holds one and brings no agreement."""
    contents = {name: dar(name, *number) for name, number in plugins.items()}
    if path.suffix == ".dar":
        ((_name, content),) = contents.items()
        path.write_bytes(content)
    else:
        files = {f"dar/o11nplugin-{name.lower()}.dar": content for name, content in contents.items()}
        path.write_bytes(_packed({**files, **({"VSO-INF/vsoapp.txt": agreement.encode()} if agreement else {})}))
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--name", default="Redis")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--build", default="")
    given = parser.parse_args()
    print(make(given.path, {given.name: (given.version, given.build)}))


if __name__ == "__main__":
    main()
