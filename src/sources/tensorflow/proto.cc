#include "sources/tensorflow/proto.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <protozero/exception.hpp>

#include <litecast/error.h>
#include "support/file.h"

namespace litecast::tensorflow {

namespace {

// The format's own limit; without one, a sparse file would be an allocation of any size.
constexpr std::uint64_t kLargestMessage = std::uint64_t{1} << 31;

}  // namespace

std::shared_ptr<const Document> Document::read(const std::string& path) {
  const auto file = support::File::open(path);
  if (file->size() > kLargestMessage) {
    throw MalformedInput(
        fmt::format("{}: {} bytes, but a protobuf message has at most 2 GiB", path, file->size()));
  }
  return of(path, file->read(0, file->size()));
}

std::shared_ptr<const Document> Document::of(std::string name, std::string bytes) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owner;
  return std::shared_ptr<const Document>(new Document(std::move(name), std::move(owner), view));
}

std::shared_ptr<const Document> Document::of(std::string name, std::vector<std::byte> bytes) {
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const std::string_view view(reinterpret_cast<const char*>(owner->data()), owner->size());
  return std::shared_ptr<const Document>(new Document(std::move(name), std::move(owner), view));
}

std::shared_ptr<const Document> Document::of_view(std::string name, std::string_view bytes,
                                                  std::shared_ptr<const void> owner) {
  return std::shared_ptr<const Document>(new Document(std::move(name), std::move(owner), bytes));
}

std::shared_ptr<const Document> Document::of_static(std::string name, std::string_view bytes) {
  return std::shared_ptr<const Document>(new Document(std::move(name), nullptr, bytes));
}

std::shared_ptr<const Document> Message::owner() const {
  return document_ ? document_->shared_from_this() : nullptr;
}

Message Message::nested(std::string_view bytes) const {
  return document_ ? Message(*document_, bytes) : Message();
}

void Message::malformed(const std::string& problem) const {
  if (!document_) throw MalformedInput(problem);
  // An empty message may be a view of nothing.
  if (!bytes_.data()) throw MalformedInput(fmt::format("{}: {}", document_->name(), problem));
  throw MalformedInput(fmt::format("{}, byte {}: {}", document_->name(),
                                   bytes_.data() - document_->bytes().data(), problem));
}

MessageReader::MessageReader(Message message, const char* type)
    : message_(message), type_(type), reader_(message.bytes().data(), message.bytes().size()) {}

template <class Read>
auto MessageReader::guarded(Read read) {
  try {
    return read();
  } catch (const protozero::exception&) {
    malformed("the bytes end within a field or are not in protobuf's wire format");
  }
}

bool MessageReader::next() {
  return guarded([this] {
    if (pending_) reader_.skip();
    pending_ = reader_.next();
    return pending_;
  });
}

void MessageReader::expect(protozero::pbf_wire_type type) {
  if (reader_.wire_type() != type) {
    malformed(fmt::format("field {} has wire type {}, expected {}", reader_.tag(),
                          static_cast<int>(reader_.wire_type()), static_cast<int>(type)));
  }
  pending_ = false;
}

std::string_view MessageReader::bytes() {
  expect(protozero::pbf_wire_type::length_delimited);
  return guarded([this] {
    const auto view = reader_.get_view();
    return std::string_view(view.data(), view.size());
  });
}

std::int64_t MessageReader::integer() {
  expect(protozero::pbf_wire_type::varint);
  return guarded([this] { return reader_.get_int64(); });
}

std::int32_t MessageReader::integer32() {
  const std::int64_t value = integer();
  if (value < std::numeric_limits<std::int32_t>::min() ||
      value > std::numeric_limits<std::int32_t>::max()) {
    malformed(fmt::format("field {} is {}, expected 32 bits", tag(), value));
  }
  return static_cast<std::int32_t>(value);
}

float MessageReader::float32() {
  expect(protozero::pbf_wire_type::fixed32);
  return guarded([this] { return reader_.get_float(); });
}

double MessageReader::float64() {
  expect(protozero::pbf_wire_type::fixed64);
  return guarded([this] { return reader_.get_double(); });
}

std::uint32_t MessageReader::fixed32() {
  expect(protozero::pbf_wire_type::fixed32);
  return guarded([this] { return reader_.get_fixed32(); });
}

void MessageReader::append_to(std::vector<std::int64_t>& values) {
  if (reader_.wire_type() != protozero::pbf_wire_type::length_delimited) {
    values.push_back(integer());
    return;
  }
  pending_ = false;
  guarded([&] {
    for (const std::int64_t value : reader_.get_packed_int64()) values.push_back(value);
  });
}

void MessageReader::append_to(std::vector<float>& values) {
  if (reader_.wire_type() != protozero::pbf_wire_type::length_delimited) {
    values.push_back(float32());
    return;
  }
  pending_ = false;
  guarded([&] {
    for (const float value : reader_.get_packed_float()) values.push_back(value);
  });
}

void MessageReader::append_to(std::vector<double>& values) {
  if (reader_.wire_type() != protozero::pbf_wire_type::length_delimited) {
    values.push_back(float64());
    return;
  }
  pending_ = false;
  guarded([&] {
    for (const double value : reader_.get_packed_double()) values.push_back(value);
  });
}

void MessageReader::malformed(const std::string& problem) const {
  message_.malformed(fmt::format("{}: {}", type_, problem));
}

MapEntry read_map_entry(Message message) {
  MapEntry entry;
  for (MessageReader field(message, "map entry"); field.next();) {
    if (field.tag() == 1) entry.key = field.bytes();
    if (field.tag() == 2) entry.value = field.message();
  }
  return entry;
}

}  // namespace litecast::tensorflow
