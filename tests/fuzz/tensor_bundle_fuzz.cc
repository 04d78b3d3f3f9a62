// Reads bytes as a checkpoint: one byte of form, two bytes of length n, n bytes for the index, the
// rest for the only shard. By its form the first part is a whole index file, or the contents of its
// data or index block that are put into a file with right checksums, which no fuzzer finds.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <litecast/error.h>
#include "attempt.h"
#include "bundle_writer.h"
#include "sources/tensorflow/tensor_bundle.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using testing::add_block;
using testing::table_block;

// A block as it is, without compressing it first: the contents may claim to be compressed.
std::string add_raw_block(std::string_view contents, bool compressed, std::string& file) {
  std::string handle;
  testing::append_varint(file.size(), handle);
  testing::append_varint(contents.size(), handle);
  std::string block(contents);
  block.push_back(compressed ? 1 : 0);
  file += block;
  testing::append_fixed32(testing::masked_crc(block), file);
  return handle;
}

std::string index_file(std::uint8_t form, std::string_view contents) {
  if (form % 4 == 0) return std::string(contents);
  std::string file;
  const bool compressed = form & 4;
  std::string index;
  if (form % 4 == 1) {
    const std::string handle = add_raw_block(contents, compressed, file);
    index = add_block(table_block({{"~", handle}}), false, file);
  } else {
    add_block(table_block({{"", testing::Writer().integer(1, 1).done()}}), false, file);
    index = add_raw_block(contents, compressed, file);
  }
  std::string footer = add_block(table_block({}), false, file) + index;
  footer.resize(40);
  return file + footer + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
}

void read_entry(const TensorBundle& bundle, std::string_view key) {
  const auto entry = bundle.find(key);
  if (entry && entry->dtype == DataType::kString) {
    bundle.read_strings(key);
    return;
  }
  attempt([&] { bundle.read(key); });
  const SliceExtent row[] = {{0, 1}, {0, -1}};
  bundle.read(key, row);
}

void read_all(const TensorBundle& bundle) {
  for (const auto key : bundle.keys()) attempt([&] { read_entry(bundle, key); });
}

}  // namespace
}  // namespace litecast::tensorflow

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace litecast::tensorflow;
  static const litecast::testing::TemporaryFolder folder;
  if (size < 3) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::size_t length = std::min<std::size_t>(data[1] | data[2] << 8, rest.size());
  folder.write("v.index", index_file(data[0], rest.substr(0, length)));
  folder.write("v.data-00000-of-00001", rest.substr(length));
  litecast::attempt([&] { read_all(*TensorBundle::open(folder.file("v"))); });
  return 0;
}
