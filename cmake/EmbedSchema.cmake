# cmake -DTEXT=options.fbs -DBINARY=options.bfbs -DOUT=path/schema_text -P EmbedSchema.cmake
# writes OUT.h and OUT.cc.

function(byte_list file result)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

byte_list(${TEXT} text)
byte_list(${BINARY} binary)

file(WRITE ${OUT}.h "\
// The schema of the ops' options, options.fbs, for readers and printers that work by reflection.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace litecast {

// The text of the schema, for flatbuffers::Parser.
std::string_view options_schema_text();

// The same, compiled: the bytes of a reflection::Schema.
std::span<const std::uint8_t> options_binary_schema();

}  // namespace litecast
")

file(WRITE ${OUT}.cc "\
#include \"schema_text.h\"

namespace litecast {
namespace {

constexpr char kText[] = {
${text}};

alignas(16) constexpr std::uint8_t kBinary[] = {
${binary}};

}  // namespace

std::string_view options_schema_text() { return {kText, sizeof(kText)}; }
std::span<const std::uint8_t> options_binary_schema() { return kBinary; }

}  // namespace litecast
")
