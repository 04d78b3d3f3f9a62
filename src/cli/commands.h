// The subcommands; each a file of its own. They return the exit code, and throw what the library
// throws.
#pragma once

#include <litecast/convert.h>

#include <string>
#include <vector>

namespace litecast::cli {

struct ConvertArguments {
  std::string input;
  std::string output;  // empty: named after the input
  ConvertOptions options;
  std::vector<std::string> input_shapes;  // "name=1,224,224,3"
  bool force_select_tf_ops = false;
  std::string custom_ops;  // "A,B"; "true": all; empty: none
  bool force = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};
int run_convert(ConvertArguments arguments);

int run_show(const std::string& path);

struct OptArguments {
  std::string input;  // textual IR; "-": standard input
  std::vector<std::string> passes;
  bool print_pipeline = false;
};
int run_opt(const OptArguments& arguments);

// With the arguments behind the command's name; returns that program's exit codes.
int run_tflite_convert(const std::vector<std::string>& arguments);

struct OpsArguments {
  std::string name;  // empty: all
  bool json = false;
};
int run_ops(const OpsArguments& arguments);

// `shell`: bash, zsh or fish.
int run_completion(const std::string& shell);

}  // namespace litecast::cli
