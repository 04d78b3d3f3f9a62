// Protobuf wire format, read in place. A Message is a view of serialized bytes in a Document; every
// error names the document, the byte offset in it and the message that was being read.
#pragma once

#include <cstdint>
#include <memory>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace litecast::tensorflow {

// The bytes that messages are views of, with the name that errors give them. Messages and all that
// is read from them (names, tensors) are valid as long as their document is.
class Document : public std::enable_shared_from_this<Document> {
 public:
  // Reads a whole file into memory, once. Throws IoError, and MalformedInput above 2 GiB.
  static std::shared_ptr<const Document> read(const std::string& path);
  // Takes over bytes that came from elsewhere, such as a tensor of a checkpoint.
  static std::shared_ptr<const Document> of(std::string name, std::string bytes);
  static std::shared_ptr<const Document> of(std::string name, std::vector<std::byte> bytes);
  // Points at bytes that `owner` keeps alive.
  static std::shared_ptr<const Document> of_view(std::string name, std::string_view bytes,
                                                 std::shared_ptr<const void> owner);
  // Points at bytes with static storage.
  static std::shared_ptr<const Document> of_static(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  std::string_view bytes() const { return bytes_; }

 private:
  Document(std::string name, std::shared_ptr<const void> owner, std::string_view bytes)
      : name_(std::move(name)), owner_(std::move(owner)), bytes_(bytes) {}

  std::string name_;
  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
};

// A serialized message inside a document. Cheap to copy.
class Message {
 public:
  // The empty message: every field has its default.
  Message() = default;
  explicit Message(const Document& document) : Message(document, document.bytes()) {}
  Message(const Document& document, std::string_view bytes) : document_(&document), bytes_(bytes) {}

  std::string_view bytes() const { return bytes_; }
  // Keeps the bytes alive beyond the reader; null for the empty message.
  std::shared_ptr<const Document> owner() const;
  // A message serialized in `bytes`, which must lie in the same document.
  Message nested(std::string_view bytes) const;
  // Throws MalformedInput: "<file>, byte <offset>: <problem>".
  [[noreturn]] void malformed(const std::string& problem) const;

 private:
  const Document* document_ = nullptr;
  std::string_view bytes_;
};

// Steps through the fields of a message. A field that is not read is skipped; reading one with the
// wrong wire type, or beyond the end, throws MalformedInput.
//   for (MessageReader field(message, "NodeDef"); field.next();)
//     switch (field.tag()) { case 1: name = field.bytes(); break; }
class MessageReader {
 public:
  // `type` is the message's name, for errors; it must outlive the reader.
  MessageReader(Message message, const char* type);

  bool next();
  std::uint32_t tag() const { return reader_.tag(); }

  std::string_view bytes();
  Message message() { return message_.nested(bytes()); }
  std::int64_t integer();
  // An int64 that must fit in int32, as for fields of the types int32 and enum.
  std::int32_t integer32();
  bool boolean() { return integer() != 0; }
  float float32();
  double float64();
  std::uint32_t fixed32();

  // Appends the values of a repeated scalar, which may be packed or not.
  void append_to(std::vector<std::int64_t>& values);
  void append_to(std::vector<float>& values);
  void append_to(std::vector<double>& values);

  [[noreturn]] void malformed(const std::string& problem) const;

 private:
  template <class Read>
  auto guarded(Read read);
  void expect(protozero::pbf_wire_type type);

  Message message_;
  const char* type_;
  protozero::pbf_reader reader_;
  bool pending_ = false;
};

// An entry of map<string, message>: {key = 1, value = 2}.
struct MapEntry {
  std::string_view key;
  Message value;
};
MapEntry read_map_entry(Message message);

}  // namespace litecast::tensorflow
