#include "tflite/file_fields.h"

#include <flatbuffers/reflection.h>
#include <litecast/error.h>

#include "schema_text.h"

namespace litecast::tflite {
namespace {

// Tools that write a vector once for all tables that need it share a few bytes many times.
constexpr std::uint64_t kSharing = 64;
constexpr std::uint64_t kAlwaysAllowed = 1 << 20;

}  // namespace

FileFields::FileFields(std::string name, std::uint64_t file_size)
    : name_(std::move(name)), left_(file_size * kSharing + kAlwaysAllowed) {}

std::string FileFields::text(const flatbuffers::String* string) {
  if (!string) return {};
  spend(string->size());
  return string->str();
}

void FileFields::spend(std::uint64_t bytes) {
  if (bytes > left_) fail("its tables share their content so often that they cannot be sound");
  left_ -= bytes;
}

void FileFields::spend_options(const void* table, std::string_view type_name) {
  static const reflection::Schema& schema = *reflection::GetSchema(options_binary_schema().data());
  const std::string full_name = fmt::format("tflite.{}", type_name);
  const reflection::Object* object = schema.objects()->LookupByKey(full_name.c_str());
  if (!object) return;
  const auto& options = *static_cast<const flatbuffers::Table*>(table);
  for (const reflection::Field* field : *object->fields()) {
    const auto base = field->type()->base_type();
    if (base == reflection::String) {
      if (const auto* string = flatbuffers::GetFieldS(options, *field)) spend(string->size());
    } else if (base == reflection::Vector) {
      const auto* vector = flatbuffers::GetFieldAnyV(options, *field);
      if (vector) spend(vector->size() * flatbuffers::GetTypeSize(field->type()->element()));
    }
  }
}

void FileFields::fail(const std::string& what) const {
  throw MalformedInput(fmt::format("{}: {}", name_, what));
}

}  // namespace litecast::tflite
