#include "ir/parse_options.h"

#include <flatbuffers/idl.h>
#include <litecast/error.h>

#include "schema_text.h"

namespace litecast::ir {
namespace {

// The options at `root` when `type` names the union's member `member`.
template <class Union, class Member>
std::optional<Options> unpack(std::string_view type, const void* root, Member member,
                              std::string_view name) {
  if (member == Member::NONE || type != name) return std::nullopt;
  auto options = std::make_shared<Union>();
  options->type = member;
  options->value = Union::UnPack(root, member, nullptr);
  return Options(std::shared_ptr<const Union>(std::move(options)));
}

}  // namespace

OptionsParser::OptionsParser() = default;
OptionsParser::~OptionsParser() = default;

flatbuffers::Parser& OptionsParser::parser() {
  if (parser_) return *parser_;
  flatbuffers::IDLOptions options;
  options.strict_json = false;
  parser_ = std::make_unique<flatbuffers::Parser>(options);
  if (!parser_->Parse(std::string(options_schema_text()).c_str()))
    throw Error("the schema of the options does not parse: " + parser_->error_);
  return *parser_;
}

std::optional<Options> OptionsParser::parse(std::string_view type, std::string_view fields,
                                            std::string& error) {
  error = "the name of an options table";
  flatbuffers::Parser& json = parser();
  if (!json.SetRootType(fmt::format("tflite.{}", type).c_str())) return std::nullopt;
  if (!json.ParseJson(std::string(fields).c_str())) {
    error = fmt::format("fields of {} ({})", type, json.error_);
    return std::nullopt;
  }
  const void* root = flatbuffers::GetRoot<flatbuffers::Table>(json.builder_.GetBufferPointer());
  for (const auto member : tflite::EnumValuesBuiltinOptions())
    if (auto options = unpack<tflite::BuiltinOptionsUnion>(type, root, member,
                                                           tflite::EnumNameBuiltinOptions(member)))
      return options;
  for (const auto member : tflite::EnumValuesBuiltinOptions2())
    if (auto options = unpack<tflite::BuiltinOptions2Union>(
            type, root, member, tflite::EnumNameBuiltinOptions2(member)))
      return options;
  return std::nullopt;
}

}  // namespace litecast::ir
