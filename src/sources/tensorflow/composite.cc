#include "sources/tensorflow/composite.h"

namespace litecast::tensorflow {
namespace {

constexpr std::string_view kImplements = "_implements";
constexpr std::string_view kFusable = "tfl_fusable_op";

}  // namespace

std::optional<Composite> composite_of(const FunctionDef& function) {
  const auto implements = function.attrs.find(kImplements);
  if (!implements) return std::nullopt;
  if (implements->kind() == AttrValue::Kind::kString) return Composite{implements->string(), {}};
  if (implements->kind() != AttrValue::Kind::kFunction) return std::nullopt;
  const FunctionRef said = implements->function();
  const auto fusable = said.attrs.find(kFusable);
  const bool is_fusable =
      fusable && fusable->kind() == AttrValue::Kind::kBool && fusable->boolean();
  return Composite{said.name, said.attrs, is_fusable};
}

}  // namespace litecast::tensorflow
