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

constexpr ShapeRule kStateShapes[] = {
    {"EmptyTensorList EmptyTensorMap FIFOQueueV2 GetSessionHandleV2 HashTableV2 LookupTableSize "
     "LookupTableSizeV2 MutableDenseHashTableV2 MutableHashTableOfTensorsV2 MutableHashTableV2 "
     "OptionalFromValue OptionalHasValue OptionalNone PaddingFIFOQueueV2 QueueIsClosedV2 "
     "QueueSizeV2 StackV2 TensorListFromTensor TensorListLength TensorListPushBack "
     "TensorListReserve TensorListSetItem TensorMapErase TensorMapHasKey TensorMapInsert "
     "TensorMapSize VarHandleOp VarIsInitializedOp",
     handle},
    {"LookupTableFind LookupTableFindV2", found},
    {"LookupTableExport LookupTableExportV2", exported},
    {"StackPushV2", like<1>},
};

}  // namespace

std::span<const ShapeRule> state() { return kStateShapes; }

}  // namespace litecast::tensorflow::shapes
