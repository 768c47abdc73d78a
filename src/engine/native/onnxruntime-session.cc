// A session of ONNX Runtime's C interface for Node.js: runs are made and timed here, without JavaScript in between, as an application
// in C or C++ makes them. What each function takes and gives is declared in addon.ts.
#include <napi.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "onnxruntime-api.h"

namespace {

using namespace onnxruntime_api;

constexpr int kErrorSeverity = 3;
constexpr int kTensorType = 1;
constexpr int kDeviceAllocator = 0;
constexpr int kDefaultMemory = 0;

/// One per process: threads of Node.js that load this addon share the library and its environment.
struct Runtime {
  explicit Runtime(const std::string& library_path) : api(library_path) {
    api.call(kCreateEnv, kErrorSeverity, "whittle", &environment);
    api.call(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemory, &memory);
    api.call(kGetAllocatorWithDefaultOptions, &allocator);
  }

  Api api;
  Handle environment = nullptr;
  Handle memory = nullptr;
  Handle allocator = nullptr;
};

/// It stays until the process ends: sessions may still be collected while it does.
const Runtime& runtime_of(const std::string& library_path) {
  static std::mutex mutex;
  static const Runtime* runtime = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (runtime == nullptr) runtime = new Runtime(library_path);
  return *runtime;
}

/// Gives an object back at the end of a scope.
class Owned {
 public:
  Owned(const Api& api, Place release) : api_(api), release_(release) {}
  ~Owned() { api_.release(release_, handle); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  Handle handle = nullptr;

 private:
  const Api& api_;
  Place release_;
};

class Session {
 public:
  Session(const Runtime& runtime, const std::string& model_path, const Napi::Object& options) : runtime_(runtime) {
    const Api& api = runtime.api;
    Owned made(api, kReleaseSessionOptions);
    api.call(kCreateSessionOptions, &made.handle);
    set(made.handle, options);
    api.call(kCreateSession, static_cast<const void*>(runtime.environment), model_path.c_str(),
             static_cast<const void*>(made.handle), &session_);
    output_names_ = names(kSessionGetOutputCount, kSessionGetOutputName);
    outputs_.resize(output_names_.size());
  }

  ~Session() { release(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void release() {
    release_values(inputs_);
    release_values(outputs_);
    runtime_.api.release(kReleaseSession, session_);
    session_ = nullptr;
  }

  Napi::Array describe_inputs(Napi::Env env) const {
    return describe(env, names(kSessionGetInputCount, kSessionGetInputName), kSessionGetInputTypeInfo);
  }

  Napi::Array describe_outputs(Napi::Env env) const { return describe(env, output_names_, kSessionGetOutputTypeInfo); }

  /// Values are views on the arrays, which are kept alive.
  void bind(const Napi::Array& tensors) {
    require_open();
    release_values(inputs_);
    input_names_.clear();
    input_arrays_.clear();
    for (uint32_t index = 0; index < tensors.Length(); ++index) {
      const Napi::Object tensor = tensors.Get(index).As<Napi::Object>();
      Napi::Uint8Array bytes = tensor.Get("bytes").As<Napi::Uint8Array>();
      const std::vector<int64_t> shape = sizes(tensor.Get("shape").As<Napi::Array>());
      Handle value = nullptr;
      runtime_.api.call(kCreateTensorWithData, static_cast<const void*>(runtime_.memory), static_cast<void*>(bytes.Data()),
                        bytes.ByteLength(), shape.data(), shape.size(), tensor.Get("type").As<Napi::Number>().Int32Value(), &value);
      inputs_.push_back(value);
      input_names_.push_back(tensor.Get("name").As<Napi::String>().Utf8Value());
      input_arrays_.push_back(Napi::Persistent(bytes));
    }
    input_pointers_ = pointers(input_names_);
    output_pointers_ = pointers(output_names_);
  }

  /// Outputs are made and given back within the time, as a loop around the interface would do.
  double time_run() {
    const Clock::time_point start = Clock::now();
    run();
    release_values_in_place(outputs_);
    return milliseconds(Clock::now() - start);
  }

  struct Times {
    double started_at_ms;
    std::vector<double> samples_ms;
    /// From the start of the first sample to the end of the last.
    double elapsed_ms;
  };

  Times time_runs(int64_t settle_runs, size_t minimum_samples, double duration_ms, double limit_ms) {
    require_open();
    for (int64_t index = 0; index < settle_runs; ++index) time_run();
    Times times{wall_clock_ms(), {}, 0};
    const Clock::time_point start = Clock::now();
    do {
      times.samples_ms.push_back(time_run());
      times.elapsed_ms = milliseconds(Clock::now() - start);
    } while (times.elapsed_ms < limit_ms &&
             (times.samples_ms.size() < minimum_samples || times.elapsed_ms < duration_ms));
    return times;
  }

  /// Of one run: copies of those outputs that are tensors of numbers.
  Napi::Array read_outputs(Napi::Env env) {
    require_open();
    run();
    Napi::Array read = Napi::Array::New(env);
    for (size_t index = 0; index < outputs_.size(); ++index) {
      const Napi::Object tensor = read_tensor(env, outputs_[index]);
      if (tensor.IsEmpty()) continue;
      tensor.Set("name", output_names_[index]);
      read.Set(read.Length(), tensor);
    }
    release_values_in_place(outputs_);
    return read;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }

  static double wall_clock_ms() {
    return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  void run() {
    runtime_.api.call(kRun, session_, static_cast<const void*>(nullptr), input_pointers_.data(),
                      static_cast<const Handle*>(inputs_.data()), inputs_.size(), output_pointers_.data(),
                      output_pointers_.size(), outputs_.data());
  }

  void require_open() const {
    if (session_ == nullptr) throw std::runtime_error("The session was given back.");
  }

  void set(Handle options, const Napi::Object& given) const {
    const Api& api = runtime_.api;
    const auto number = [&](const char* name) { return given.Get(name).As<Napi::Number>().Int32Value(); };
    const auto flag = [&](const char* name) { return given.Get(name).As<Napi::Boolean>().Value(); };
    api.call(kSetSessionGraphOptimizationLevel, options, number("graphOptimization"));
    api.call(kSetSessionExecutionMode, options, number("executionMode"));
    api.call(kSetIntraOpNumThreads, options, number("intraOpThreads"));
    api.call(kSetInterOpNumThreads, options, number("interOpThreads"));
    api.call(flag("cpuArena") ? kEnableCpuMemArena : kDisableCpuMemArena, options);
    api.call(flag("memoryPattern") ? kEnableMemPattern : kDisableMemPattern, options);
    for (const auto& [name, value] : given.Get("config").As<Napi::Object>()) {
      const Napi::Value entry = value;
      api.call(kAddSessionConfigEntry, options, name.As<Napi::String>().Utf8Value().c_str(),
               entry.As<Napi::String>().Utf8Value().c_str());
    }
  }

  std::vector<std::string> names(Place count_of, Place name_of) const {
    const Api& api = runtime_.api;
    size_t count = 0;
    api.call(count_of, static_cast<const void*>(session_), &count);
    std::vector<std::string> found;
    for (size_t index = 0; index < count; ++index) {
      char* name = nullptr;
      api.call(name_of, static_cast<const void*>(session_), index, runtime_.allocator, &name);
      found.emplace_back(name);
      api.call(kAllocatorFree, runtime_.allocator, static_cast<void*>(name));
    }
    return found;
  }

  Napi::Array describe(Napi::Env env, const std::vector<std::string>& names, Place type_of) const {
    const Api& api = runtime_.api;
    Napi::Array described = Napi::Array::New(env);
    for (size_t index = 0; index < names.size(); ++index) {
      Owned type(api, kReleaseTypeInfo);
      api.call(type_of, static_cast<const void*>(session_), index, &type.handle);
      int kind = 0;
      api.call(kGetOnnxTypeFromTypeInfo, static_cast<const void*>(type.handle), &kind);
      const Napi::Object about = Napi::Object::New(env);
      about.Set("name", names[index]);
      if (kind == kTensorType) {
        // A part of the type, which is not given back by itself.
        const void* tensor = nullptr;
        api.call(kCastTypeInfoToTensorInfo, static_cast<const void*>(type.handle), &tensor);
        about.Set("type", element_type(tensor));
        about.Set("shape", symbolic_shape(env, tensor));
      }
      described.Set(static_cast<uint32_t>(index), about);
    }
    return described;
  }

  int element_type(const void* tensor_info) const {
    int type = 0;
    runtime_.api.call(kGetTensorElementType, tensor_info, &type);
    return type;
  }

  std::vector<int64_t> shape_of(const void* tensor_info) const {
    size_t rank = 0;
    runtime_.api.call(kGetDimensionsCount, tensor_info, &rank);
    std::vector<int64_t> shape(rank);
    runtime_.api.call(kGetDimensions, tensor_info, shape.data(), rank);
    return shape;
  }

  /// Dimensions without a size by their names, which may be empty.
  Napi::Array symbolic_shape(Napi::Env env, const void* tensor_info) const {
    const std::vector<int64_t> shape = shape_of(tensor_info);
    std::vector<const char*> names(shape.size());
    runtime_.api.call(kGetSymbolicDimensions, tensor_info, names.data(), names.size());
    Napi::Array described = Napi::Array::New(env, shape.size());
    for (uint32_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] < 0) described.Set(axis, Napi::String::New(env, names[axis]));
      else described.Set(axis, Napi::Number::New(env, static_cast<double>(shape[axis])));
    }
    return described;
  }

  /// Empty where the value holds no numbers.
  Napi::Object read_tensor(Napi::Env env, Handle value) const {
    const Api& api = runtime_.api;
    int is_tensor = 0;
    if (value != nullptr) api.call(kIsTensor, static_cast<const void*>(value), &is_tensor);
    if (is_tensor == 0) return Napi::Object();
    Owned info(api, kReleaseTensorTypeAndShapeInfo);
    api.call(kGetTensorTypeAndShape, static_cast<const void*>(value), &info.handle);
    const int type = element_type(info.handle);
    const size_t element_bytes = bytes_of_element(type);
    if (element_bytes == 0) return Napi::Object();
    const std::vector<int64_t> shape = shape_of(info.handle);
    size_t byte_count = element_bytes;
    Napi::Array sizes = Napi::Array::New(env, shape.size());
    for (uint32_t axis = 0; axis < shape.size(); ++axis) {
      byte_count *= static_cast<size_t>(shape[axis]);
      sizes.Set(axis, Napi::Number::New(env, static_cast<double>(shape[axis])));
    }
    void* data = nullptr;
    api.call(kGetTensorMutableData, value, &data);
    Napi::Uint8Array bytes = Napi::Uint8Array::New(env, byte_count);
    if (byte_count > 0) std::copy_n(static_cast<const uint8_t*>(data), byte_count, bytes.Data());
    const Napi::Object tensor = Napi::Object::New(env);
    tensor.Set("type", type);
    tensor.Set("shape", sizes);
    tensor.Set("bytes", bytes);
    return tensor;
  }

  /// By ONNXTensorElementDataType; 0 for strings, complex and packed numbers.
  static size_t bytes_of_element(int type) {
    constexpr size_t kBytes[] = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 0, 0, 2};
    return type >= 0 && type < static_cast<int>(std::size(kBytes)) ? kBytes[type] : 0;
  }

  static std::vector<int64_t> sizes(const Napi::Array& shape) {
    std::vector<int64_t> read(shape.Length());
    for (uint32_t axis = 0; axis < read.size(); ++axis) read[axis] = shape.Get(axis).As<Napi::Number>().Int64Value();
    return read;
  }

  static std::vector<const char*> pointers(const std::vector<std::string>& names) {
    std::vector<const char*> found;
    for (const std::string& name : names) found.push_back(name.c_str());
    return found;
  }

  void release_values_in_place(std::vector<Handle>& values) const {
    for (Handle& value : values) {
      runtime_.api.release(kReleaseValue, value);
      value = nullptr;
    }
  }

  void release_values(std::vector<Handle>& values) const {
    release_values_in_place(values);
    values.clear();
  }

  const Runtime& runtime_;
  Handle session_ = nullptr;
  std::vector<Handle> inputs_, outputs_;
  std::vector<std::string> input_names_, output_names_;
  std::vector<const char*> input_pointers_, output_pointers_;
  std::vector<Napi::Reference<Napi::Uint8Array>> input_arrays_;
};

Session& session_of(const Napi::CallbackInfo& info) { return *info[0].As<Napi::External<Session>>().Data(); }

Napi::Value LoadLibrary(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), runtime_of(info[0].As<Napi::String>().Utf8Value()).api.version());
}

Napi::Value CreateSession(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Runtime& runtime = runtime_of(info[0].As<Napi::String>().Utf8Value());
  auto session = std::make_unique<Session>(runtime, info[1].As<Napi::String>().Utf8Value(), info[2].As<Napi::Object>());
  const Napi::Object created = Napi::Object::New(env);
  created.Set("inputs", session->describe_inputs(env));
  created.Set("outputs", session->describe_outputs(env));
  created.Set("handle", Napi::External<Session>::New(env, session.release(), [](Napi::Env, Session* ended) { delete ended; }));
  return created;
}

Napi::Value Bind(const Napi::CallbackInfo& info) {
  session_of(info).bind(info[1].As<Napi::Array>());
  return info.Env().Undefined();
}

Napi::Value TimeRuns(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object request = info[1].As<Napi::Object>();
  const auto number = [&](const char* name) { return request.Get(name).As<Napi::Number>(); };
  const Session::Times times =
      session_of(info).time_runs(number("settleRuns").Int64Value(), static_cast<size_t>(number("minimumSamples").Int64Value()),
                                 number("durationMs").DoubleValue(), number("limitMs").DoubleValue());
  Napi::Float64Array samples = Napi::Float64Array::New(env, times.samples_ms.size());
  std::copy(times.samples_ms.begin(), times.samples_ms.end(), samples.Data());
  const Napi::Object timed = Napi::Object::New(env);
  timed.Set("startedAtMs", times.started_at_ms);
  timed.Set("samplesMs", samples);
  timed.Set("elapsedMs", times.elapsed_ms);
  return timed;
}

Napi::Value ReadOutputs(const Napi::CallbackInfo& info) { return session_of(info).read_outputs(info.Env()); }

Napi::Value Release(const Napi::CallbackInfo& info) {
  session_of(info).release();
  return info.Env().Undefined();
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("loadLibrary", Napi::Function::New(env, LoadLibrary));
  exports.Set("createSession", Napi::Function::New(env, CreateSession));
  exports.Set("bind", Napi::Function::New(env, Bind));
  exports.Set("timeRuns", Napi::Function::New(env, TimeRuns));
  exports.Set("readOutputs", Napi::Function::New(env, ReadOutputs));
  exports.Set("release", Napi::Function::New(env, Release));
  return exports;
}

}  // namespace

NODE_API_MODULE(onnxruntime_session, Initialize)
