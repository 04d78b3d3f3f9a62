// The compiled schemas are the format, to the last field id, default and enum value.
// tests/data/tflite_schema.json describes it, a line for each field or value; the full fact table
// is compared too when the environment variable LITECAST_FACTS names its folder.
#include <flatbuffers/reflection.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "schema_text.h"

namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;
using Description = std::map<std::string, Lines>;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string unqualified(const flatbuffers::String* name) {
  const std::string text = name->str();
  return text.substr(text.rfind('.') + 1);
}

std::string scalar_name(reflection::BaseType type) {
  static const std::map<reflection::BaseType, std::string> names = {
      {reflection::Bool, "bool"},   {reflection::Byte, "byte"},     {reflection::UByte, "ubyte"},
      {reflection::Short, "short"}, {reflection::UShort, "ushort"}, {reflection::Int, "int"},
      {reflection::UInt, "uint"},   {reflection::Long, "long"},     {reflection::ULong, "ulong"},
      {reflection::Float, "float"}, {reflection::String, "string"}};
  return names.at(type);
}

std::string type_name(const reflection::Schema& schema, reflection::BaseType base, int index) {
  if (base == reflection::Obj) return unqualified(schema.objects()->Get(index)->name());
  const std::string name =
      index < 0 ? scalar_name(base) : unqualified(schema.enums()->Get(index)->name());
  return base == reflection::UType ? name + "_tag" : name;
}

std::string field_line(const reflection::Schema& schema, const reflection::Field& field) {
  const auto& type = *field.type();
  std::string line = fmt::format("{} {}: ", field.id(), field.name()->str());
  if (type.base_type() == reflection::Vector) {
    line += fmt::format("[{}]", type_name(schema, type.element(), type.index()));
  } else {
    line += type_name(schema, type.base_type(), type.index());
  }
  if (type.base_type() == reflection::Float) {
    line += fmt::format(" = {}", field.default_real());
  } else if (type.base_type() < reflection::Float) {
    line += fmt::format(" = {}", field.default_integer());
  }
  if (field.deprecated()) line += " deprecated";
  const auto* attributes = field.attributes();
  const auto* align = attributes ? attributes->LookupByKey("force_align") : nullptr;
  return align ? line + " force_align " + align->value()->str() : line;
}

// Every table, enum and union of a compiled schema.
Description describe(const std::string& reflection_path) {
  const std::string bytes = read_file(reflection_path);
  const auto& schema = *reflection::GetSchema(bytes.data());
  Description result;
  for (const auto* table : *schema.objects()) {
    Lines lines(table->fields()->size());
    for (const auto* field : *table->fields()) lines.at(field->id()) = field_line(schema, *field);
    const auto* attributes = table->attributes();
    if (attributes && attributes->LookupByKey("deprecated")) lines.push_back("deprecated");
    result[unqualified(table->name())] = lines;
  }
  for (const auto* type : *schema.enums()) {
    Lines lines;
    if (!type->is_union()) lines.push_back(scalar_name(type->underlying_type()->base_type()));
    for (const auto* value : *type->values()) {
      lines.push_back(fmt::format("{} = {}", value->name()->str(), value->value()));
    }
    result[unqualified(type->name())] = lines;
  }
  return result;
}

Description golden(const std::string& schema) {
  return json::parse(read_file(LITECAST_TEST_DATA "/tflite_schema.json")).at(schema);
}

std::string fact_line(const json& field) {
  std::string line =
      fmt::format("{} {}: {}", field.at("id").get<int>(), field.at("name").get<std::string>(),
                  field.at("type").get<std::string>());
  if (field.contains("default")) {
    const json& value = field.at("default");
    line += fmt::format(" = {}", value.is_boolean() ? value.get<bool>() : value.get<double>());
  }
  if (field.value("deprecated", false)) line += " deprecated";
  if (field.contains("force_align"))
    line += " force_align " + field.at("force_align").get<std::string>();
  return line;
}

Description describe_facts(const json& facts) {
  Description result;
  for (const auto& [name, table] : facts.at("tables").items()) {
    Lines& lines = result[name];
    for (const json& field : table.at("fields")) lines.push_back(fact_line(field));
    if (table.contains("attrs")) lines.push_back("deprecated");
  }
  for (const char* kind : {"enums", "unions"}) {
    if (!facts.contains(kind)) continue;
    for (const auto& [name, type] : facts.at(kind).items()) {
      Lines& lines = result[name];
      if (kind == std::string("enums")) lines.push_back(type.at("underlying"));
      for (const json& value : type.at("values")) {
        lines.push_back(fmt::format("{} = {}", value.at("name").get<std::string>(),
                                    value.at("value").get<int>()));
      }
    }
  }
  return result;
}

TEST(SchemaTest, ModelIsTheFormat) {
  EXPECT_EQ(describe(LITECAST_SCHEMA_DIR "/model.bfbs"), golden("model"));
}

TEST(SchemaTest, ConversionMetadataIsTheFormat) {
  EXPECT_EQ(describe(LITECAST_SCHEMA_DIR "/conversion_metadata.bfbs"),
            golden("conversion_metadata"));
}

TEST(SchemaTest, AgreesWithTheFactTable) {
  const char* folder = std::getenv("LITECAST_FACTS");
  if (!folder) GTEST_SKIP() << "LITECAST_FACTS is not set";
  const json facts = json::parse(read_file(std::string(folder) + "/tflite_schema.json"));
  EXPECT_EQ(describe(LITECAST_SCHEMA_DIR "/model.bfbs"), describe_facts(facts));
  EXPECT_EQ(describe(LITECAST_SCHEMA_DIR "/conversion_metadata.bfbs"),
            describe_facts(facts.at("auxiliary_schemas").at("conversion_metadata")));
}

TEST(SchemaTest, FileIdentifierIsThatOfTheFormat) {
  const std::string bytes = read_file(LITECAST_SCHEMA_DIR "/model.bfbs");
  EXPECT_EQ(reflection::GetSchema(bytes.data())->file_ident()->str(), "TFL3");
}

TEST(SchemaTest, EmbeddedOptionsSchemaDescribesEveryOption) {
  const auto bytes = litecast::options_binary_schema();
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  ASSERT_TRUE(reflection::VerifySchemaBuffer(verifier));
  const auto* unions = reflection::GetSchema(bytes.data())->enums();
  EXPECT_EQ(unions->LookupByKey("tflite.BuiltinOptions")->values()->size(), 127u);
  EXPECT_THAT(litecast::options_schema_text(), testing::HasSubstr("table Conv2DOptions {"));
}

}  // namespace
