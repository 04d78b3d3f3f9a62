// Converts a SavedModel within a program of one's own:
//   convert path/to/saved_model model.tflite
#include <litecast/convert.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: convert SAVED_MODEL OUTPUT\n");
    return 2;
  }
  litecast::ConvertOptions options;
  options.progress = [](const litecast::Progress& progress) {
    std::fprintf(stderr, "\r%3.0f %%", progress.fraction * 100);
    return true;  // false would cancel
  };
  try {
    const litecast::Report report = litecast::convert(argv[1], argv[2], options);
    std::printf("\n%llu bytes\n", static_cast<unsigned long long>(report.bytes));
    for (const litecast::OpCount& op : report.ops) std::printf("%6d %s\n", op.count, op.op.c_str());
  } catch (const litecast::ConversionError& error) {
    // What stands in the way, as data.
    for (const litecast::Diagnostic& diagnostic : error.diagnostics())
      std::fprintf(stderr, "\n%s: %s\n", diagnostic.op.c_str(), diagnostic.reason.c_str());
    return 1;
  } catch (const litecast::Error& error) {
    std::fprintf(stderr, "\n%s\n", error.what());
    return 1;
  }
}
