// What anybody would write around ONNX Runtime in C++: create a session, run it in a loop, take the time before and after.
//
//   bare-loop LIBRARY MODEL BATCH THREADS
//
// LIBRARY is the file of ONNX Runtime, that of the npm package or any other, so that no two builds are compared. Each line of standard
// input, "MILLISECONDS UNTIMED_RUNS", runs the model for so long; the answer is one line of JSON. Inputs are float32 of the model's shapes,
// a dimension that the model leaves open is the batch, values are uniform.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "../src/engine/native/onnxruntime-api.h"

namespace {

using namespace onnxruntime_api;

constexpr int kFloat32 = 1;

struct Input {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

Input make_input(const Api& api, Handle session, size_t index, int64_t batch) {
  Handle type = nullptr;
  const void* tensor = nullptr;
  int element_type = 0;
  size_t rank = 0;
  api.call(kSessionGetInputTypeInfo, static_cast<const void*>(session), index, &type);
  api.call(kCastTypeInfoToTensorInfo, static_cast<const void*>(type), &tensor);
  if (tensor != nullptr) api.call(kGetTensorElementType, tensor, &element_type);
  if (element_type != kFloat32) throw std::runtime_error("An input is no float32 tensor, and this loop makes no other.");
  api.call(kGetDimensionsCount, tensor, &rank);
  Input input{std::vector<int64_t>(rank), {}};
  api.call(kGetDimensions, tensor, input.shape.data(), rank);
  size_t count = 1;
  for (int64_t& size : input.shape) {
    if (size < 0) size = batch;
    count *= static_cast<size_t>(size);
  }
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  input.values.resize(count);
  for (float& value : input.values) value = uniform(random);
  return input;
}

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argument_count, char** arguments) try {
  if (argument_count != 5) {
    std::fprintf(stderr, "bare-loop LIBRARY MODEL BATCH THREADS\n");
    return 2;
  }
  const Api api(arguments[1]);
  Handle environment = nullptr, options = nullptr, session = nullptr, allocator = nullptr, memory = nullptr;
  api.call(kCreateEnv, 2, "bare-loop", &environment);
  api.call(kCreateSessionOptions, &options);
  api.call(kSetIntraOpNumThreads, options, std::atoi(arguments[4]));
  api.call(kCreateSession, static_cast<const void*>(environment), static_cast<const char*>(arguments[2]),
       static_cast<const void*>(options), &session);
  api.call(kGetAllocatorWithDefaultOptions, &allocator);
  api.call(kCreateCpuMemoryInfo, 1, 0, &memory);

  size_t input_count = 0, output_count = 0;
  api.call(kSessionGetInputCount, static_cast<const void*>(session), &input_count);
  api.call(kSessionGetOutputCount, static_cast<const void*>(session), &output_count);
  std::vector<Input> inputs;
  std::vector<const char*> input_names(input_count), output_names(output_count);
  std::vector<Handle> values(input_count), outputs(output_count);
  for (size_t index = 0; index < input_count; ++index) {
    inputs.push_back(make_input(api, session, index, std::atoll(arguments[3])));
    char* name = nullptr;
    api.call(kSessionGetInputName, static_cast<const void*>(session), index, allocator, &name);
    input_names[index] = name;
  }
  for (size_t index = 0; index < input_count; ++index) {
    Input& input = inputs[index];
    api.call(kCreateTensorWithData, static_cast<const void*>(memory), static_cast<void*>(input.values.data()),
         input.values.size() * sizeof(float), static_cast<const int64_t*>(input.shape.data()), input.shape.size(),
         kFloat32, &values[index]);
  }
  for (size_t index = 0; index < output_count; ++index) {
    char* name = nullptr;
    api.call(kSessionGetOutputName, static_cast<const void*>(session), index, allocator, &name);
    output_names[index] = name;
  }

  // The outputs are made and given back within the time, as those of the loops in other languages are.
  auto run = [&] {
    api.call(kRun, session, static_cast<const void*>(nullptr), static_cast<const char* const*>(input_names.data()),
         static_cast<const Handle*>(values.data()), input_count, static_cast<const char* const*>(output_names.data()),
         output_count, outputs.data());
    for (Handle& output : outputs) {
      api.release(kReleaseValue, output);
      output = nullptr;
    }
  };
  double duration_ms = 0;
  int untimed_runs = 0;
  while (std::scanf("%lf %d", &duration_ms, &untimed_runs) == 2) {
    for (int index = 0; index < untimed_runs; ++index) run();
    std::string samples;
    const double until = now_ms() + duration_ms;
    double end = 0;
    do {
      const double start = now_ms();
      run();
      end = now_ms();
      samples += (samples.empty() ? "" : ",") + std::to_string(end - start);
    } while (end < until);
    std::printf("{\"samplesMs\":[%s],\"version\":\"%s\"}\n", samples.c_str(), api.version().c_str());
    std::fflush(stdout);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
