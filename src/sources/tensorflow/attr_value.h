// Attributes of nodes, functions and arguments, decoded when asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/tensor_proto.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

struct FunctionRef;

// A view of an AttrValue. The accessors decode; each throws MalformedInput when the attribute holds
// another kind of value. An empty list is an empty list of every kind.
class AttrValue {
 public:
  // The oneof's members, numbered as in the file.
  enum class Kind : std::uint8_t {
    kNone = 0,
    kList = 1,
    kString = 2,
    kInt = 3,
    kFloat = 4,
    kBool = 5,
    kType = 6,
    kShape = 7,
    kTensor = 8,
    kPlaceholder = 9,
    kFunction = 10,
  };

  explicit AttrValue(Message message) : message_(message) {}

  Kind kind() const;

  std::int64_t integer() const;
  float floating() const;
  bool boolean() const;
  std::string_view string() const;
  DataType type() const;
  TensorShape shape() const;
  TensorProto tensor() const;
  FunctionRef function() const;

  std::vector<std::int64_t> integers() const;
  std::vector<float> floats() const;
  std::vector<bool> booleans() const;
  std::vector<std::string_view> strings() const;
  std::vector<DataType> types() const;
  std::vector<TensorShape> shapes() const;
  std::vector<FunctionRef> functions() const;

  // The serialized AttrValue, for what must travel on unread.
  Message message() const { return message_; }

 private:
  Message message_;
};

// map<string, AttrValue> as field `tag` of a message.
class AttrMap {
 public:
  AttrMap() = default;
  AttrMap(Message message, std::uint32_t tag) : message_(message), tag_(tag) {}

  // Looks through the entries; the last one of a name counts, as in protobuf.
  std::optional<AttrValue> find(std::string_view name) const;

  struct Entry {
    std::string_view name;
    AttrValue value;
  };
  // All entries in the file's order.
  std::vector<Entry> entries() const;

 private:
  Message message_;
  std::uint32_t tag_ = 0;
};

// A function by name, with values for its attributes (NameAttrList).
struct FunctionRef {
  std::string_view name;
  AttrMap attrs;
};

}  // namespace litecast::tensorflow
