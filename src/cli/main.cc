// The command line: parses it, calls the library, says what came of it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/terminal.h"

namespace litecast::cli {
namespace {

// Which operators the file has, and who runs what the builtin ones do not express.
void add_kernel_options(CLI::App& command, ConvertArguments& arguments) {
  ConvertOptions& options = arguments.options;
  command
      .add_option_function<std::string>(
          "--target",
          [&options](const std::string& target) {
            options.target = target == "stablehlo" ? Target::stablehlo : Target::runtime;
          },
          "Operators of the runtime, or StableHLO's for compilers, which need known sizes")
      ->check(CLI::IsMember({"runtime", "stablehlo"}))
      ->option_text("runtime|stablehlo");
  command.add_flag_callback(
      "--select-tf-ops", [&options] { options.select_tf_ops = SelectTfOps::where_needed; },
      "Let TensorFlow's own kernels run what no builtin operator does");
  command.add_flag("--force-select-tf-ops", arguments.force_select_tf_ops,
                   "Let TensorFlow's own kernels run whatever they can");
  command
      .add_option("--select-user-tf-ops", options.select_user_tf_ops,
                  "Ops of yours that your runtime registers with TensorFlow's kernels")
      ->option_text("NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--select-all-tf-ops", options.select_all_tf_ops,
                   "Let TensorFlow's kernels also be those that its mobile library lacks");
  command
      .add_flag("--allow-custom-ops", arguments.custom_ops,
                "Let kernels of yours run what is left, or only the ops named: =NAME,...")
      ->option_text("[=NAME,...]");
}

void add_convert(CLI::App& app, ConvertArguments& arguments) {
  auto* command =
      app.add_subcommand("convert", "Convert a SavedModel or a frozen graph to a .tflite file");
  ConvertOptions& options = arguments.options;
  command
      ->add_option("input", arguments.input,
                   "The SavedModel folder, or a .pb file with a frozen graph")
      ->required()
      ->option_text("IN");
  command->add_option("-o,--output", arguments.output, "The file to write; default: IN's name")
      ->option_text("OUT");
  command
      ->add_option("--signature", options.signatures,
                   "Convert this signature (repeatable); default: all")
      ->option_text("KEY")
      ->allow_extra_args(false);
  command->add_option("--tags", options.tags, "Tags of the graph to convert; default: serve")
      ->option_text("TAG,...")
      ->delimiter(',');
  command
      ->add_option("--input-shape", arguments.input_shapes,
                   "Fix the sizes of an input (repeatable); ? leaves one free")
      ->option_text("NAME=1,224,224,3")
      ->allow_extra_args(false);
  command
      ->add_option_function<std::string>(
          "--io-order",
          [&options](const std::string& order) {
            options.io_order = order == "declared" ? IoOrder::declared : IoOrder::reference;
          },
          "Order of inputs and outputs: as TensorFlow's converter has it, or as the model's "
          "function declares it")
      ->check(CLI::IsMember({"reference", "declared"}))
      ->option_text("reference|declared");
  command
      ->add_option_function<std::string>(
          "--recurrent",
          [&options](const std::string& form) {
            options.recurrent = form == "fused"  ? Recurrent::fused
                                : form == "loop" ? Recurrent::loop
                                                 : Recurrent::automatic;
          },
          "What recurrent layers become: the faster form on a CPU, the runtime's recurrent ops, or "
          "loops")
      ->check(CLI::IsMember({"auto", "fused", "loop"}))
      ->option_text("auto|fused|loop");
  command
      ->add_option("--input-arrays", options.input_arrays, "Let the graph begin at these tensors")
      ->option_text("TENSOR,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--output-arrays", options.output_arrays, "Let the graph end at these tensors")
      ->option_text("TENSOR,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  add_kernel_options(*command, arguments);
  command
      ->add_option_function<std::vector<std::string>>(
          "--supported-backends",
          [&options](const std::vector<std::string>&) {
            options.supported_backends = {Backend::gpu};
          },
          "Fail where one of these backends would leave a part of the model to the CPU")
      ->check(CLI::IsMember({"gpu"}))
      ->option_text("gpu")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag_callback(
      "--no-metadata", [&options] { options.metadata = false; },
      "Do not write how the file was made");
  command->add_flag("--debug-metadata", options.debug_metadata,
                    "Write where each operator comes from");
  command->add_flag("--preserve-asserts", options.preserve_asserts,
                    "Keep assertions, which need Select TF ops or a kernel of yours");
  command->add_flag("--reduce-type-precision", options.reduce_type_precision,
                    "Write tables of int8 whose values fit into int4 as such");
  command
      ->add_option("--skip-rewrite", options.skipped_rewrites,
                   "Leave out a rewrite of the optimizer (repeatable), to find one at fault")
      ->option_text("NAME")
      ->allow_extra_args(false);
  command->add_flag("--force", arguments.force, "Replace OUT even if it is no .tflite file");
  command->add_flag("--json", arguments.json, "Report as JSON on standard output");
  command->add_flag("-q,--quiet", arguments.quiet, "Say nothing unless it fails");
  command->add_flag("-v,--verbose", arguments.verbose, "Say more");
}

void add_opt(CLI::App& app, OptArguments& arguments) {
  auto* command = app.add_subcommand("opt", "Run rewrites on textual IR (for developers)");
  command->add_option("input", arguments.input, "The file; - is standard input")->option_text("IN");
  command->add_option("--pass", arguments.passes, "Run these passes only (repeatable)")
      ->option_text("PASS,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--print-pipeline", arguments.print_pipeline, "List the passes in their order");
}

void add_ops(CLI::App& app, OpsArguments& arguments) {
  auto* command = app.add_subcommand("ops", "Say which TensorFlow ops convert, and into what");
  command->add_option("name", arguments.name, "One op; default: all")->option_text("NAME");
  command->add_flag("--json", arguments.json, "As JSON");
}

int exit_code_of(const std::exception& error) {
  if (dynamic_cast<const ConversionError*>(&error)) return kNotConvertible;
  if (dynamic_cast<const UsageError*>(&error)) return kWrongUse;
  if (dynamic_cast<const MalformedInput*>(&error)) return kMalformedInput;
  if (dynamic_cast<const IoError*>(&error)) return kInputOutput;
  if (dynamic_cast<const Cancelled*>(&error)) return kInterrupted;
  return kNotConvertible;
}

int report_failure(const std::exception& error, bool json) {
  if (json)
    fmt::print("{}\n", json_of(error));
  else
    fmt::print(stderr, "{} {}\n", red("error:", has_colour(STDERR_FILENO)), error.what());
  return exit_code_of(error);
}

int run(int argc, char** argv) {
  // A file that grows beyond the limit is an error to report, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  // Its flags follow other rules than ours.
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "tflite_convert" || command == "toco")
    return run_tflite_convert({argv + 2, argv + argc});
  CLI::App app("litecast turns trained models into .tflite files.", "litecast");
  app.set_version_flag("--version", fmt::format("litecast {}", version()));
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 cannot be converted, 2 wrong use, 3 malformed input, 4 I/O.");

  ConvertArguments convert_arguments;
  add_convert(app, convert_arguments);
  std::string shown;
  app.add_subcommand("show", "Say what is in a SavedModel, a frozen graph or a .tflite file")
      ->add_option("input", shown, "The SavedModel folder, .pb or .tflite file")
      ->required()
      ->option_text("IN");
  OptArguments opt_arguments;
  add_opt(app, opt_arguments);
  app.add_subcommand("tflite_convert", "Take the flags of TensorFlow's program of that name");
  app.add_subcommand("toco", "The old name of tflite_convert");
  OpsArguments ops_arguments;
  add_ops(app, ops_arguments);
  std::string shell;
  app.add_subcommand("completion", "Print a script that completes litecast's arguments")
      ->add_option("shell", shell)
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongUse;
  }
  try {
    if (app.got_subcommand("convert")) return run_convert(convert_arguments);
    if (app.got_subcommand("show")) return run_show(shown);
    if (app.got_subcommand("opt")) return run_opt(opt_arguments);
    if (app.got_subcommand("ops")) return run_ops(ops_arguments);
    return run_completion(shell);
  } catch (const std::exception& error) {
    return report_failure(error, convert_arguments.json || ops_arguments.json);
  }
}

}  // namespace
}  // namespace litecast::cli

int main(int argc, char** argv) { return litecast::cli::run(argc, argv); }
