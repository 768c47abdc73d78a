// What anybody would write around ONNX Runtime in C++: create a session, run it in a loop, take the time before and after.
//
//   bare-loop LIBRARY MODEL BATCH THREADS
//
// LIBRARY is the file of ONNX Runtime, that of the npm package or any other, so that no two builds are compared. Each line of standard
// input, "MILLISECONDS UNTIMED_RUNS", runs the model for so long; the answer is one line of JSON. Inputs are float32 of the model's shapes,
// a dimension that the model leaves open is the batch, values are uniform.
//
// ONNX Runtime's header is not among Debian's packages everywhere, so the functions are taken by their places in the table `OrtApi` of
// onnxruntime_c_api.h, to which each version only appends.
#include <dlfcn.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

using Handle = void*;
using Status = void*;

struct ApiBase {
  void* const* (*get_api)(uint32_t version);
  const char* (*get_version)();
};

constexpr uint32_t kApiVersion = 20;
constexpr int kFloat32 = 1;

enum Place {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetIntraOpNumThreads = 24,
  kSessionGetInputCount = 30,
  kSessionGetOutputCount = 31,
  kSessionGetInputTypeInfo = 33,
  kSessionGetInputName = 36,
  kSessionGetOutputName = 37,
  kCreateTensorWithData = 49,
  kCastTypeInfoToTensorInfo = 55,
  kGetTensorElementType = 60,
  kGetDimensionsCount = 61,
  kGetDimensions = 62,
  kCreateCpuMemoryInfo = 69,
  kGetAllocatorWithDefaultOptions = 78,
  kReleaseValue = 96,
};

void* const* api = nullptr;

template <typename... Given>
void call(Place place, Given... given) {
  Status status = reinterpret_cast<Status (*)(Given...)>(api[place])(given...);
  if (status == nullptr) return;
  std::fprintf(stderr, "%s\n", reinterpret_cast<const char* (*)(Status)>(api[kGetErrorMessage])(status));
  std::exit(1);
}

struct Input {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

Input make_input(Handle session, size_t index, int64_t batch) {
  Handle type = nullptr;
  const void* tensor = nullptr;
  int element_type = 0;
  size_t rank = 0;
  call(kSessionGetInputTypeInfo, static_cast<const void*>(session), index, &type);
  call(kCastTypeInfoToTensorInfo, static_cast<const void*>(type), &tensor);
  if (tensor != nullptr) call(kGetTensorElementType, tensor, &element_type);
  if (element_type != kFloat32) {
    std::fprintf(stderr, "Input %zu is no float32 tensor, and this loop makes no other.\n", index);
    std::exit(1);
  }
  call(kGetDimensionsCount, tensor, &rank);
  Input input{std::vector<int64_t>(rank), {}};
  call(kGetDimensions, tensor, input.shape.data(), rank);
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

int main(int argument_count, char** arguments) {
  if (argument_count != 5) {
    std::fprintf(stderr, "bare-loop LIBRARY MODEL BATCH THREADS\n");
    return 2;
  }
  void* library = dlopen(arguments[1], RTLD_NOW);
  void* entry = library == nullptr ? nullptr : dlsym(library, "OrtGetApiBase");
  if (entry == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  const ApiBase* base = reinterpret_cast<const ApiBase* (*)()>(entry)();
  api = base->get_api(kApiVersion);

  Handle environment = nullptr, options = nullptr, session = nullptr, allocator = nullptr, memory = nullptr;
  call(kCreateEnv, 2, "bare-loop", &environment);
  call(kCreateSessionOptions, &options);
  call(kSetIntraOpNumThreads, options, std::atoi(arguments[4]));
  call(kCreateSession, static_cast<const void*>(environment), static_cast<const char*>(arguments[2]),
       static_cast<const void*>(options), &session);
  call(kGetAllocatorWithDefaultOptions, &allocator);
  call(kCreateCpuMemoryInfo, 1, 0, &memory);

  size_t input_count = 0, output_count = 0;
  call(kSessionGetInputCount, static_cast<const void*>(session), &input_count);
  call(kSessionGetOutputCount, static_cast<const void*>(session), &output_count);
  std::vector<Input> inputs;
  std::vector<const char*> input_names(input_count), output_names(output_count);
  std::vector<Handle> values(input_count), outputs(output_count);
  for (size_t index = 0; index < input_count; ++index) {
    inputs.push_back(make_input(session, index, std::atoll(arguments[3])));
    char* name = nullptr;
    call(kSessionGetInputName, static_cast<const void*>(session), index, allocator, &name);
    input_names[index] = name;
  }
  for (size_t index = 0; index < input_count; ++index) {
    Input& input = inputs[index];
    call(kCreateTensorWithData, static_cast<const void*>(memory), static_cast<void*>(input.values.data()),
         input.values.size() * sizeof(float), static_cast<const int64_t*>(input.shape.data()), input.shape.size(),
         kFloat32, &values[index]);
  }
  for (size_t index = 0; index < output_count; ++index) {
    char* name = nullptr;
    call(kSessionGetOutputName, static_cast<const void*>(session), index, allocator, &name);
    output_names[index] = name;
  }

  // The outputs are made and given back within the time, as those of the loops in other languages are.
  auto run = [&] {
    call(kRun, session, static_cast<const void*>(nullptr), static_cast<const char* const*>(input_names.data()),
         static_cast<const Handle*>(values.data()), input_count, static_cast<const char* const*>(output_names.data()),
         output_count, outputs.data());
    for (Handle& output : outputs) {
      reinterpret_cast<void (*)(Handle)>(api[kReleaseValue])(output);
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
    std::printf("{\"samplesMs\":[%s],\"version\":\"%s\"}\n", samples.c_str(), base->get_version());
    std::fflush(stdout);
  }
  return 0;
}
