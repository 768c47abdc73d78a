"""What anybody would write around onnxruntime in Python: create a session, run it in a loop, take the time before and after.

    bare-loop.py MODEL BATCH THREADS

Each line of standard input, "MILLISECONDS UNTIMED_RUNS", runs the model for so long; the answer is one line of JSON. Inputs are
standard normal; a dimension that the model leaves open is the batch.
"""

import json
import sys
import time

import numpy
import onnxruntime

path, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
random = numpy.random.default_rng(1)
feeds = {}
for slot in session.get_inputs():
    shape = [size if isinstance(size, int) else batch for size in slot.shape]
    feeds[slot.name] = random.standard_normal(shape).astype(numpy.float32)

for line in sys.stdin:
    duration_ms, untimed_runs = line.split()
    for _ in range(int(untimed_runs)):
        session.run(None, feeds)
    samples = []
    until = time.perf_counter() + float(duration_ms) / 1000
    while True:
        start = time.perf_counter()
        session.run(None, feeds)
        end = time.perf_counter()
        samples.append((end - start) * 1000)
        if end >= until:
            break
    print(json.dumps({"samplesMs": samples, "version": onnxruntime.__version__}), flush=True)
