// What the inference functions of the op table share. Result types carry no quantization unless a
// function says so: a caller that knows it gives the Builder its result types.
#pragma once

#include <vector>

#include "ops/op_info.h"

namespace litecast::ops {

using Results = Expected<std::vector<ir::Type>>;

// ---- whole inference functions, to be named in a table ----

// The shape and dtype of operand 0.
Results same_as_operand(const OpView& node, ir::DimContext& dims);
// The same, with its quantization: for kernels that move or choose elements.
Results same_type_as_operand(const OpView& node, ir::DimContext& dims);
// The dtype that all operands share, and their broadcast shape. When the shapes are not known to be
// equal, their rank may be at most `max_rank`.
template <int max_rank>
Results broadcast_result(const OpView& node, ir::DimContext& dims);
// The same with a BOOL result.
template <int max_rank>
Results broadcast_predicate(const OpView& node, ir::DimContext& dims);
// No results.
Results no_results(const OpView& node, ir::DimContext& dims);

// ---- parts ----

Results one_result(DType dtype, ir::Shape shape, const ir::Quantization* quantization = nullptr);

// The violation when two operands differ in dtype; nothing when all present ones agree.
std::optional<LimitViolation> check_equal_dtypes(const OpView& node);
// The broadcast shape of all operands from `first` on; violation when they contradict each other.
Expected<ir::Shape> broadcast_operands(const OpView& node, int max_rank, int first = 0);
// Whether the kernel may have to broadcast: the operands from `first` on are not known to have
// equal shapes.
bool needs_broadcast(const OpView& node, int first = 0);

// `axis`, counted from the end when negative; nothing when it is out of range.
std::optional<int> normalized_axis(std::int64_t axis, int rank);
Expected<int> checked_axis(const OpView& node, std::int64_t axis, int rank);
// The axes that an operand names, normalized, sorted, without repetition. Nothing when its contents
// are not known.
Expected<std::optional<std::vector<int>>> axes_of(const OpView& node, int operand, int rank);
ir::Shape reduced_shape(const ir::Shape& shape, const std::vector<int>& axes, bool keep_dims);
// A shape of that rank of which nothing is known.
ir::Shape unknown_shape(ir::DimContext& dims, int rank, std::string_view hint = "n");
// The shape that a rank-1 operand (a target shape) describes: from its known contents, else of its
// length, else unranked. Negative constants are a violation.
Expected<ir::Shape> shape_from_operand(const OpView& node, int operand, ir::DimContext& dims);

// One spatial axis of a convolution or pooling. All but `size` positive (checked).
struct Window {
  ir::Dim size;
  std::int64_t filter;
  std::int64_t stride;
  std::int64_t dilation = 1;
};
// SAME: ceil(size / stride). VALID: floor((size − extent) / stride) + 1, a violation when known to
// be negative.
Expected<ir::Dim> window_output(const OpView& node, const Window& window, tflite::Padding padding);
// The sizes of a transposed one, where `size` is that of the small side.
Expected<ir::Dim> transposed_window_output(const OpView& node, const Window& window,
                                           tflite::Padding padding);

// Every value that `dim` can have is zero or more.
bool is_non_negative(ir::Dim dim);

// ---- definitions of the templates ----

Results broadcast_result_up_to(const OpView& node, int max_rank);
Results broadcast_predicate_up_to(const OpView& node, int max_rank);

template <int max_rank>
Results broadcast_result(const OpView& node, ir::DimContext&) {
  return broadcast_result_up_to(node, max_rank);
}
template <int max_rank>
Results broadcast_predicate(const OpView& node, ir::DimContext&) {
  return broadcast_predicate_up_to(node, max_rank);
}

}  // namespace litecast::ops
