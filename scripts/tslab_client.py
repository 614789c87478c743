"""Papermill's notebook client with what the tslab kernel lacks.

tslab answers a failed cell without a name or traceback, says nothing to the client about failures in the
background, and drops every request of the 0.2 s after an error. This client turns each of these into what
Jupyter tools expect: an `error` output on the cell that caused it, and a failed run.
"""

import json
import re
import time
from queue import Empty

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.translators import Translator, papermill_translators

# What tslab prints when nothing awaits the failed work; the cell itself counts as fine.
BACKGROUND = re.compile(r"(UncaughtException|UnhandledPromiseRejection): ")
# One line of TypeScript's diagnostics as tslab prints them, such as "3:7 - Type 'string' is not assignable …".
DIAGNOSTIC = re.compile(r"(\S+ )?\d+:\d+ - ")
# "RangeError: message", "SerError [code]: message", or a bare "Error" above its stack.
NAMED_ERROR = re.compile(r"(?:Uncaught )?([A-Za-z_$][\w$.]*)(?: \[\w+\])?(?:: (.*))?", re.DOTALL)
# Seconds until tslab takes requests again after an error: it refuses them for 0.2 s.
PAUSE_AFTER_ERROR = 0.3
# Seconds of listening for failures in the background once the last cell is done.
GRACE_AT_END = 0.3


class TypeScriptTranslator(Translator):
    """Parameters as assignments, so that the types which the `parameters` cell declares stay in force."""

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        assignments = [f"  {name} = {json.dumps(value)};" for name, value in parameters.items()]
        # In a block, because tslab prints the value of an expression that ends a cell.
        return "\n".join([f"// {comment}", "{", *assignments, "}"])


class Failure:
    """An error as Jupyter describes it, and the cell that caused it."""

    def __init__(self, cell, text):
        self.cell = cell
        self.name, self.value, self.traceback = parse_error(text)

    @property
    def allowed(self):
        return "raises-exception" in self.cell.metadata.get("tags", [])

    def output(self):
        return new_output("error", ename=self.name, evalue=self.value, traceback=self.traceback)


def parse_error(text):
    """Splits what `console.error` printed into the error's name, its message and the lines to show."""
    lines = BACKGROUND.sub("", text.strip("\n"), count=1).split("\n")
    if DIAGNOSTIC.match(lines[0]):
        return "TypeScriptError", lines[0], lines
    start = next((number + 2 for number, line in enumerate(lines[:-2]) if line.strip(" ^") == "" != line), 0)
    end = next((number for number, line in enumerate(lines) if line.startswith("    at ")), len(lines))
    named = NAMED_ERROR.fullmatch("\n".join(lines[start:end]))
    if named and (end < len(lines) or named[1].endswith("Error")):
        return named[1], named[2] or "", lines
    return "Error", "\n".join(lines), lines


class TslabClient(PapermillNotebookClient):
    """Runs a notebook's cells in the tslab kernel, tells `observer` each step and keeps the first `failure`."""

    def __init__(self, nb_man, observer, **options):
        super().__init__(nb_man, shutdown_kernel="immediate", coalesce_streams=True, **options)
        self.observer = observer
        self.failure = None
        self.running = None  # the cell that was sent last
        self.cells = {}  # request id → (cell, its index)
        self.errors = {}  # cell index → what the cell wrote to stderr, message by message
        self.on_cell_execute = self.before_cell
        self.on_cell_executed = self.after_cell

    def start_new_kernel(self, **options):
        super().start_new_kernel(**options)
        self.observer.kernel_started(self.km.provisioner.pid)

    def papermill_execute_cells(self):
        try:
            super().papermill_execute_cells()
        except CellTimeoutError:
            self.observer.kill_kernel()
            self.fail(Failure(self.running, f"TimeoutError: the cell did not finish within {self.timeout} s"))
            raise
        except DeadKernelError:
            reason = "the run was stopped" if self.observer.stopped else "its process ended; was memory exhausted?"
            self.fail(Failure(self.running, f"DeadKernelError: {reason}"))
            raise
        if self.failure is None:
            run_sync(self.receive_for)(GRACE_AT_END)
            for failure in self.background_failures():
                self.fail(failure)

    def fail(self, failure):
        """Puts the error where it belongs; the first one that its cell does not allow ends the run."""
        failure.cell.outputs.append(failure.output())
        if self.failure is None and not failure.allowed:
            self.failure = failure

    def before_cell(self, cell, cell_index):
        self.running = cell
        cell.execution_count = self.code_cells_executed + 1
        self.observer.cell_started(cell)

    def after_cell(self, cell, cell_index, execute_reply):
        reply = execute_reply["content"]
        failures = self.background_failures()
        if reply["status"] != "ok":
            failures.insert(0, self.foreground_failure(cell, cell_index, reply["status"]))
            time.sleep(PAUSE_AFTER_ERROR)
        for failure in failures:
            self.fail(failure)
        self.observer.cell_finished(self.nb)
        if self.failure:
            raise CellExecutionError("", self.failure.name, self.failure.value)
        reply["status"] = "ok"

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        # nbclient drops what earlier cells send late, which may be a failure.
        self.cells[parent_msg_id] = (cell, cell_index)
        while self.receive(await self.kc.iopub_channel.get_msg(timeout=None)) != parent_msg_id:
            pass

    async def receive_for(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.receive(await self.kc.iopub_channel.get_msg(timeout=left))
            except Empty:
                return

    def receive(self, message):
        """Adds a message to the outputs of the cell that it belongs to; returns the request that it completes."""
        request = message["parent_header"].get("msg_id")
        if request not in self.cells:
            return None
        cell, index = self.cells[request]
        if message["msg_type"] == "stream" and message["content"]["name"] == "stderr":
            self.errors.setdefault(index, []).append(message["content"]["text"])
        try:
            self.process_message(message, cell, index)
        except CellExecutionComplete:
            return request
        return None

    def foreground_failure(self, cell, index, status):
        texts = self.errors.pop(index, [])
        if not texts:
            return Failure(cell, f"Error: the kernel answered '{status}' and gave no reason")
        # Diagnostics come line by line and nothing ran before them; an exception is the last message.
        ran = not all(DIAGNOSTIC.match(text) for text in texts)
        texts = texts[-1:] if ran else texts
        for text in texts:
            remove_stderr(cell, text)
        return Failure(cell, "".join(texts))

    def background_failures(self):
        failures = []
        for cell, index in self.cells.values():
            texts = self.errors.get(index, [])
            for text in [text for text in texts if BACKGROUND.match(text)]:
                texts.remove(text)
                remove_stderr(cell, text)
                failures.append(Failure(cell, text))
        return failures


def remove_stderr(cell, text):
    """Takes a message out of the cell's stderr, where the `error` output would show it a second time."""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr" and output.text == text:
            cell.outputs.remove(output)
            return


class TslabEngine(Engine):
    """Papermill's way to the client above; `clients` receives the client, and with it the failure."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, clients, observer, timeout, start, **_):
        client = TslabClient(nb_man, observer, kernel_name=kernel_name, timeout=timeout)
        clients.append(client)
        try:
            client.execute(**start)
        except (CellTimeoutError, DeadKernelError):
            pass  # already the client's failure


def register():
    papermill_translators.register("typescript", TypeScriptTranslator)
    papermill_engines.register("tslab", TslabEngine)
