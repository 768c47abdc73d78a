"""What anybody would write around onnxruntime in Python: create a session, run it in a loop, take the time before and after.

Reads one request a line as JSON from standard input and answers each with one line: {"path", "batchSize", "threads"} loads a model,
{"durationMs", "untimedRuns"} runs it. Inputs are standard normal; a dimension that the model leaves open is the batch.
"""

import json
import sys
import time

import numpy
import onnxruntime

session = None
feeds = {}

for line in sys.stdin:
    request = json.loads(line)
    samples = []
    if "path" in request:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = request["threads"]
        session = onnxruntime.InferenceSession(request["path"], options, providers=["CPUExecutionProvider"])
        random = numpy.random.default_rng(1)
        for slot in session.get_inputs():
            shape = [size if isinstance(size, int) else request["batchSize"] for size in slot.shape]
            feeds[slot.name] = random.standard_normal(shape).astype(numpy.float32)
    else:
        for _ in range(request["untimedRuns"]):
            session.run(None, feeds)
        until = time.perf_counter() + request["durationMs"] / 1000
        while True:
            start = time.perf_counter()
            session.run(None, feeds)
            end = time.perf_counter()
            samples.append((end - start) * 1000)
            if end >= until:
                break
    print(json.dumps({"samplesMs": samples, "version": onnxruntime.__version__}), flush=True)
