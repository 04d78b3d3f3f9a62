// Handles, and what is read by them.
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

ResultShapes handle(const ForeignNode&) { return {Shape()}; }

// The default value says what of a row is looked up.
ResultShapes found(const ForeignNode& n) {
  const Shape keys = n.shape(1);
  const Shape otherwise = n.shape(2);
  if (!keys.is_ranked() || !otherwise.is_ranked()) return {Shape::unranked()};
  std::vector<Dim> sizes = keys.dims();
  sizes.insert(sizes.end(), otherwise.dims().begin(), otherwise.dims().end());
  return {Shape(std::move(sizes))};
}

ResultShapes exported(const ForeignNode& n) {
  const Dim count = n.unknown();
  return {Shape{count}, Shape{count}};
}

// `first`, then the shape of an element, which an operand says.
Shape elements(const ForeignNode& n, std::size_t operand, Dim first) {
  const Shape element = n.shape_in(operand);
  if (!element.is_ranked()) return element;
  std::vector<Dim> sizes = element.dims();
  sizes.insert(sizes.begin(), first);
  return Shape(std::move(sizes));
}

ResultShapes stacked(const ForeignNode& n) {
  const std::int64_t count = n.integer("num_elements");
  return {elements(n, 1, count < 0 ? n.unknown() : Dim(count))};
}

ResultShapes gathered(const ForeignNode& n) {
  const Shape indices = n.shape(1);
  return {elements(n, 2, indices.is_ranked() && indices.rank() == 1 ? indices[0] : n.unknown())};
}

ResultShapes popped(const ForeignNode& n) { return {Shape(), n.shape_in(1)}; }

ResultShapes joined_elements(const ForeignNode& n) {
  return {Shape::unranked(), Shape{n.unknown()}};
}

constexpr ShapeRule kStateShapes[] = {
    {"EmptyTensorList EmptyTensorMap FIFOQueueV2 GetSessionHandleV2 HashTableV2 LookupTableSize "
     "LookupTableSizeV2 MutableDenseHashTableV2 MutableHashTableOfTensorsV2 MutableHashTableV2 "
     "OptionalFromValue OptionalHasValue OptionalNone PaddingFIFOQueueV2 QueueIsClosedV2 "
     "QueueSizeV2 StackV2 TensorListConcatLists TensorListFromTensor TensorListLength "
     "TensorListPushBack TensorListReserve TensorListResize TensorListScatter "
     "TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit "
     "TensorMapErase TensorMapHasKey TensorMapInsert "
     "TensorMapSize VarHandleOp VarIsInitializedOp",
     handle},
    {"LookupTableFind LookupTableFindV2", found},
    {"LookupTableExport LookupTableExportV2", exported},
    {"StackPushV2", like<1>},
    {"TensorListConcat TensorListConcatV2", joined_elements},
    {"TensorListGather", gathered},
    {"TensorListGetItem", as_asked<2>},
    {"TensorListPopBack", popped},
    {"TensorListStack", stacked},
};

}  // namespace

std::span<const ShapeRule> state() { return kStateShapes; }

}  // namespace litecast::tensorflow::shapes
