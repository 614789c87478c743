// Leaves out two lines of advice that TensorFlow prints while it is loaded, at every start of every program.
//
// No setting silences them: they come from the library's own constructors, before anyone can call it. So the C
// library's `stderr` is another stream meanwhile, which passes on everything else at once: nothing is lost, not even if
// the process is aborted. With glibc only; with other C libraries the two functions do nothing.
#include <node_api.h>

#include <cstdio>
#include <string_view>
#include <unistd.h>

namespace {

constexpr std::string_view kAdvice[] = {
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "oneDNN custom operations are on.",
};

#ifdef __GLIBC__
FILE* const original = stderr;

ssize_t PassOn(void*, const char* text, size_t length) {
  const std::string_view message(text, length);
  for (const auto advice : kAdvice) {
    if (message.find(advice) != message.npos) return length;
  }
  for (size_t done = 0; done < length;) {
    const ssize_t written = write(STDERR_FILENO, text + done, length - done);
    if (written <= 0) break;
    done += written;
  }
  return length;
}

FILE* MakeFilter() {
  FILE* const stream = fopencookie(nullptr, "w", {.read = nullptr, .write = PassOn, .seek = nullptr, .close = nullptr});
  if (stream != nullptr) setvbuf(stream, nullptr, _IONBF, 0);
  return stream != nullptr ? stream : original;
}
#endif

napi_value Begin(napi_env, napi_callback_info) {
#ifdef __GLIBC__
  static FILE* const filter = MakeFilter();
  stderr = filter;
#endif
  return nullptr;
}

napi_value End(napi_env, napi_callback_info) {
#ifdef __GLIBC__
  stderr = original;
#endif
  return nullptr;
}

}  // namespace

extern "C" napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value begin, end;
  napi_create_function(env, "begin", NAPI_AUTO_LENGTH, Begin, nullptr, &begin);
  napi_create_function(env, "end", NAPI_AUTO_LENGTH, End, nullptr, &end);
  napi_set_named_property(env, exports, "begin", begin);
  napi_set_named_property(env, exports, "end", end);
  return exports;
}
