"""How long a file takes on LiteRT, of several that are run in turn."""

import time

from ai_edge_litert.interpreter import Interpreter


class Timer:
    """One file with one input, on one thread; `best` is the shortest of its runs, in seconds."""

    def __init__(self, data, x):
        self.bytes = len(data)
        self.best = float("inf")
        self.interpreter = Interpreter(model_content=data, num_threads=1)
        index = self.interpreter.get_input_details()[0]["index"]
        self.interpreter.resize_tensor_input(index, x.shape)
        self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(index, x)
        self.interpreter.invoke()
        self.answer = self.interpreter.get_tensor(self.interpreter.get_output_details()[0]["index"])

    def run(self, invocations=1):
        for _ in range(invocations):
            started = time.perf_counter()
            self.interpreter.invoke()
            self.best = min(self.best, time.perf_counter() - started)

    def ops(self):
        return [op["op_name"] for op in self.interpreter._get_ops_details()]


def run_in_turn(timers, seconds, invocations=1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for timer in timers:
            timer.run(invocations)
