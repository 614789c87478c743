"""Executes notebooks one after the other for scripts/start.mjs, until one fails.

The first line of the input is the job, as JSON; the output is one JSON event a line. The end of the input means
"stop": the parent closes it, or died.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

# jsonschema would compile a grammar of web addresses, a second's work, for checks that notebooks do not need.
sys.modules["rfc3987_syntax"] = None

import nbformat
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

import tslab_client
from render import render

STOPPED = 130


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


def write_whole(file, text):
    """Readers see the old file or the new one, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)


class Observer:
    """Turns the client's steps into events and saves the notebook after each cell."""

    kernel = None  # process id of the running kernel
    stopped = False  # by the user

    def __init__(self, copy):
        self.copy = copy

    def kernel_started(self, pid):
        Observer.kernel = pid
        tell("kernel", pid=pid)

    def cell_started(self, cell):
        tell("cell", number=cell.execution_count, source=cell.source)

    def cell_finished(self, nb):
        self.save(nb)
        tell("cell-finished")

    @classmethod
    def kill_kernel(cls):
        if cls.kernel:
            try:
                if hasattr(os, "killpg"):
                    os.killpg(cls.kernel, signal.SIGKILL)
                else:
                    os.kill(cls.kernel, signal.SIGTERM)
            except OSError:
                pass  # it ended already

    def save(self, nb):
        write_whole(self.copy, nbformat.writes(nb) + "\n")


def stop_at_end_of_input():
    sys.stdin.read()
    Observer.stopped = True
    Observer.kill_kernel()
    # The main thread notices the dead kernel within a second and saves what there is; later it is hanging.
    time.sleep(3)
    Observer.kill_kernel()
    os._exit(STOPPED)


def execute(notebook, job, log):
    """Runs one notebook; true if every cell was fine."""
    name = notebook["name"]
    out = Path(job["out"])
    nb = load_notebook_node(notebook["path"])
    if notebook["parameters"]:
        nb = parameterize_notebook(
            nb, notebook["parameters"], kernel_name="tslab", language="typescript", engine_name="tslab"
        )
    code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
    tell("notebook", name=name, cells=len(code))

    observer = Observer(out / f"{name}.ipynb")
    clients = []
    papermill_engines.execute_notebook_with_engine(
        "tslab",
        nb,
        "tslab",
        progress_bar=False,
        clients=clients,
        observer=observer,
        timeout=job["timeout"],
        start={"cwd": job["cwd"], "stdout": log, "stderr": log},
    )
    Observer.kernel = None
    observer.save(nb)
    tell("rendering")
    write_whole(out / f"{name}.html", render(nb, name, job["plotly"]))
    failure = clients[0].failure
    if failure is None:
        tell("finished", name=name)
        return True
    tell(
        "failed",
        name=name,
        number=failure.cell.execution_count,
        source=failure.cell.source,
        error=f"{failure.name}: {failure.value}",
        traceback=failure.traceback,
    )
    return False


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, by closing the input
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    tslab_client.register()
    # What native libraries write past the kernel's messages goes to a file that nobody needs to see.
    with tempfile.TemporaryFile() as log:
        return 0 if all(execute(notebook, job, log) for notebook in job["notebooks"]) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as error:
        tell("broken", error=f"{type(error).__name__}: {error}", traceback=traceback.format_exc().splitlines())
        sys.exit(1)
    finally:
        Observer.kill_kernel()
