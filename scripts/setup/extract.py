"""Takes some files out of a wheel: extract.py WHEEL FOLDER PREFIX…, all or nothing."""

import os
import shutil
import sys
import zipfile
from pathlib import Path, PurePosixPath

wheel, folder, *prefixes = sys.argv[1:]
target = Path(folder)
part = target.with_name(target.name + ".part")
shutil.rmtree(part, ignore_errors=True)
part.mkdir(parents=True)
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if not entry.is_dir() and entry.filename.startswith(tuple(prefixes)):
            # Without the package's folder, so that `include` and the libraries lie side by side.
            file = part.joinpath(*PurePosixPath(entry.filename).parts[1:])
            file.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, open(file, "wb") as destination:
                shutil.copyfileobj(source, destination, 1 << 20)
os.replace(part, target)
