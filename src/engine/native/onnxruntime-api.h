// The functions of ONNX Runtime's C interface that Whittle calls, out of a library that is loaded at run time.
//
// ONNX Runtime's header comes with none of the npm packages, and Debian has it in some releases only. So functions are taken by their
// places in the table `OrtApi` of onnxruntime_c_api.h: each version only appends to it, and a library gives the table of any older one.
#pragma once

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace onnxruntime_api {

/// Any of the interface's own objects: OrtEnv, OrtSession, OrtValue and so on.
using Handle = void*;

/// The table of ONNX Runtime 1.20 and of all that came later.
constexpr uint32_t kApiVersion = 20;

/// Places in OrtApi.
enum Place {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetSessionExecutionMode = 13,
  kEnableMemPattern = 16,
  kDisableMemPattern = 17,
  kEnableCpuMemArena = 18,
  kDisableCpuMemArena = 19,
  kSetSessionGraphOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kSessionGetInputCount = 30,
  kSessionGetOutputCount = 31,
  kSessionGetInputTypeInfo = 33,
  kSessionGetOutputTypeInfo = 34,
  kSessionGetInputName = 36,
  kSessionGetOutputName = 37,
  kCreateTensorWithData = 49,
  kIsTensor = 50,
  kGetTensorMutableData = 51,
  kCastTypeInfoToTensorInfo = 55,
  kGetOnnxTypeFromTypeInfo = 56,
  kGetTensorElementType = 60,
  kGetDimensionsCount = 61,
  kGetDimensions = 62,
  kGetSymbolicDimensions = 63,
  kGetTensorTypeAndShape = 65,
  kCreateCpuMemoryInfo = 69,
  kAllocatorFree = 76,
  kGetAllocatorWithDefaultOptions = 78,
  kReleaseStatus = 93,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseTypeInfo = 98,
  kReleaseTensorTypeAndShapeInfo = 99,
  kReleaseSessionOptions = 100,
  kAddSessionConfigEntry = 130,
};

class Api {
 public:
  /// `library_path` is the file of ONNX Runtime, which stays loaded. Throws std::runtime_error with the words of the dynamic linker.
  explicit Api(const std::string& library_path) {
    void* library = dlopen(library_path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* entry = library == nullptr ? nullptr : dlsym(library, "OrtGetApiBase");
    if (entry == nullptr) throw std::runtime_error(dlerror());
    const Base* base = reinterpret_cast<const Base* (*)()>(entry)();
    functions_ = base->get_api(kApiVersion);
    version_ = base->get_version();
    if (functions_ == nullptr) {
      throw std::runtime_error("ONNX Runtime " + version_ + " is older than the interface that is asked of it.");
    }
  }

  /// Types of what is given have to be those of the function. Throws std::runtime_error with ONNX Runtime's own message.
  template <typename... Given>
  void call(Place place, Given... given) const {
    const Handle status = reinterpret_cast<Handle (*)(Given...)>(functions_[place])(given...);
    if (status == nullptr) return;
    const std::string message = reinterpret_cast<const char* (*)(Handle)>(functions_[kGetErrorMessage])(status);
    release(kReleaseStatus, status);
    throw std::runtime_error(message);
  }

  /// `place` is one of those that release; nothing happens to null.
  void release(Place place, Handle object) const { reinterpret_cast<void (*)(Handle)>(functions_[place])(object); }

  const std::string& version() const { return version_; }

 private:
  struct Base {
    void* const* (*get_api)(uint32_t version);
    const char* (*get_version)();
  };

  void* const* functions_ = nullptr;
  std::string version_;
};

}  // namespace onnxruntime_api
