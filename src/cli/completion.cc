#include <fmt/format.h>

#include <string_view>

#include "cli/commands.h"
#include "cli/exit_code.h"

namespace litecast::cli {
namespace {

constexpr std::string_view kBash = R"(_litecast() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local words
  case $previous in
    --io-order) words="reference declared" ;;
    --recurrent) words="auto fused loop" ;;
    --target) words="runtime stablehlo" ;;
    --supported-backends) words="gpu" ;;
    completion) words="bash zsh fish" ;;
    *)
      if [[ $COMP_CWORD -eq 1 ]]; then
        words="convert show ops opt completion --help --version"
      elif [[ $current == -* ]]; then
        case ${COMP_WORDS[1]} in
          convert) words="--output --signature --tags --input-shape --io-order --recurrent
            --input-arrays --output-arrays --target --select-tf-ops --force-select-tf-ops
            --select-user-tf-ops --select-all-tf-ops --allow-custom-ops --supported-backends
            --no-metadata --debug-metadata --preserve-asserts --reduce-type-precision
            --skip-rewrite --force --json --quiet
            --verbose --help" ;;
          ops) words="--json --help" ;;
          opt) words="--pass --print-pipeline --help" ;;
          *) words="--help" ;;
        esac
      else
        COMPREPLY=($(compgen -f -- "$current"))
        return
      fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _litecast litecast
)";

constexpr std::string_view kZsh = R"(#compdef litecast
_litecast() {
  if (( CURRENT == 2 )); then
    _values command \
      'convert[convert a SavedModel to a .tflite file]' \
      'show[say what is in a model]' \
      'ops[say which ops convert]' \
      'opt[run rewrites on textual IR]' \
      'completion[print a completion script]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    convert) _arguments \
      {-o,--output}'[file to write]:file:_files' \
      '*--signature[convert this signature]:key:' \
      '--tags[tags of the graph]:tags:' \
      '*--input-shape[fix the sizes of an input]:shape:' \
      '--io-order[order of inputs and outputs]:order:(reference declared)' \
      '--recurrent[what recurrent layers become]:form:(auto fused loop)' \
      '*--input-arrays[let the graph begin here]:tensors:' \
      '*--output-arrays[let the graph end here]:tensors:' \
      '--target[which operators the file has]:target:(runtime stablehlo)' \
      '--select-tf-ops[let TensorFlow run what no builtin operator does]' \
      '--force-select-tf-ops[let TensorFlow run whatever it can]' \
      '*--select-user-tf-ops[ops of yours that TensorFlow runs]:names:' \
      '--select-all-tf-ops[also those that TensorFlow for mobile devices lacks]' \
      '--allow-custom-ops=-[let kernels of yours run what is left]::names:' \
      '--supported-backends[fail where one of these would not run all]:backends:(gpu)' \
      '--no-metadata[do not write how the file was made]' \
      '--debug-metadata[write where each operator comes from]' \
      '--preserve-asserts[keep assertions]' \
      '--reduce-type-precision[write tables of int8 as int4 where they fit]' \
      '*--skip-rewrite[leave out a rewrite]:name:' \
      '--force[replace any file]' \
      '--json[report as JSON]' \
      {-q,--quiet}'[say nothing unless it fails]' \
      {-v,--verbose}'[say more]' \
      '1:model:_files' ;;
    opt) _arguments '*--pass[run these passes only]:passes:' \
      '--print-pipeline[list the passes]' '1:file:_files' ;;
    show) _arguments '1:model:_files' ;;
    ops) _arguments '--json[as JSON]' '1:op:' ;;
    completion) _arguments '1:shell:(bash zsh fish)' ;;
  esac
}
compdef _litecast litecast
)";

constexpr std::string_view kFish =
    R"(complete -c litecast -n __fish_use_subcommand -f -a convert -d 'Convert a SavedModel to a .tflite file'
complete -c litecast -n __fish_use_subcommand -f -a show -d 'Say what is in a model'
complete -c litecast -n __fish_use_subcommand -f -a ops -d 'Say which ops convert'
complete -c litecast -n __fish_use_subcommand -f -a opt -d 'Run rewrites on textual IR'
complete -c litecast -n __fish_use_subcommand -f -a completion -d 'Print a completion script'
complete -c litecast -n __fish_use_subcommand -l version -d 'Print the version'
complete -c litecast -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c litecast -n '__fish_seen_subcommand_from convert' -s o -l output -r -F -d 'File to write'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l signature -x -d 'Convert this signature'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l tags -x -d 'Tags of the graph'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l input-shape -x -d 'Fix the sizes of an input'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l io-order -x -a 'reference declared' -d 'Order of inputs and outputs'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l recurrent -x -a 'auto fused loop' -d 'What recurrent layers become'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l input-arrays -x -d 'Let the graph begin here'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l output-arrays -x -d 'Let the graph end here'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l target -x -a 'runtime stablehlo' -d 'Which operators the file has'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l select-tf-ops -d 'Let TensorFlow run what no builtin operator does'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l force-select-tf-ops -d 'Let TensorFlow run whatever it can'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l select-user-tf-ops -x -d 'Ops of yours that TensorFlow runs'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l select-all-tf-ops -d 'Also those that TensorFlow for mobile devices lacks'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l allow-custom-ops -d 'Let kernels of yours run what is left'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l supported-backends -x -a gpu -d 'Fail where one of these would not run all'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l no-metadata -d 'Do not write how the file was made'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l debug-metadata -d 'Write where each operator comes from'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l preserve-asserts -d 'Keep assertions'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l reduce-type-precision -d 'Write tables of int8 as int4 where they fit'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l skip-rewrite -x -d 'Leave out a rewrite'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l force -d 'Replace any file'
complete -c litecast -n '__fish_seen_subcommand_from convert' -l json -d 'Report as JSON'
complete -c litecast -n '__fish_seen_subcommand_from convert' -s q -l quiet -d 'Say nothing unless it fails'
complete -c litecast -n '__fish_seen_subcommand_from convert' -s v -l verbose -d 'Say more'
complete -c litecast -n '__fish_seen_subcommand_from ops' -l json -d 'As JSON'
complete -c litecast -n '__fish_seen_subcommand_from opt' -l pass -x -d 'Run these passes only'
complete -c litecast -n '__fish_seen_subcommand_from opt' -l print-pipeline -d 'List the passes'
)";

}  // namespace

int run_completion(const std::string& shell) {
  fmt::print("{}", shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return kDone;
}

}  // namespace litecast::cli
