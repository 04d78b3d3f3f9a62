#include "tflite/tensor_reader.h"

#include <litecast/error.h>

#include <algorithm>
#include <cstring>

namespace litecast::tflite {
namespace {

bool any_tensor_states_rank(const format::Model& model) {
  if (!model.subgraphs()) return false;
  for (const auto* graph : *model.subgraphs()) {
    if (!graph->tensors()) continue;
    for (const auto* tensor : *graph->tensors()) {
      if (tensor->has_rank()) return true;
    }
  }
  return false;
}

bool is_known(ir::DType dtype) { return dtype >= ir::DType::MIN && dtype <= ir::DType::MAX; }

// Bytes of a tensor; nothing when its type has no fixed size, or on overflow.
std::optional<std::uint64_t> byte_size(ir::DType dtype, const ir::StaticShape& shape) {
  std::uint64_t bits = static_cast<std::uint64_t>(ir::bit_width(dtype));
  if (bits == 0) return {};
  for (const std::int64_t size : shape) {
    if (__builtin_mul_overflow(bits, static_cast<std::uint64_t>(size), &bits)) return {};
  }
  return bits / 8 + (bits % 8 != 0);
}

}  // namespace

TensorReader::TensorReader(const ModelImage& image, ir::Module& module, FileFields& fields)
    : image_(image),
      module_(module),
      fields_(fields),
      states_rank_(any_tensor_states_rank(image.model())) {}

TensorRecord TensorReader::read(const format::Tensor* tensor, const std::string& where) {
  if (!is_known(tensor->type())) {
    fields_.fail(fmt::format("{}: has type {}, which is none of the format", where,
                             static_cast<int>(tensor->type())));
  }
  refuse_unknown(*tensor, where);
  TensorRecord record;
  record.name = fields_.text(tensor->name());
  record.type.dtype = tensor->type();
  record.type.shape = shape(*tensor, where);
  record.type.quantization = quantization(tensor->quantization(), record.type.shape, where);
  record.is_variable = tensor->is_variable();
  locate_data(*tensor, record, where);
  return record;
}

ir::Shape TensorReader::shape(const format::Tensor& tensor, const std::string& where) {
  const auto sizes = fields_.list(tensor.shape());
  const auto signature = fields_.list(tensor.shape_signature());
  if (sizes.empty() && signature.empty() && states_rank_ && !tensor.has_rank()) {
    return ir::Shape::unranked();
  }
  if (!signature.empty() && signature.size() != sizes.size()) {
    fields_.fail(fmt::format("{}: its shape has {} sizes, its shape signature {}", where,
                             sizes.size(), signature.size()));
  }
  std::vector<ir::Dim> dims;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int32_t size = signature.empty() ? sizes[i] : signature[i];
    if (size < -1 || sizes[i] < 0) {
      fields_.fail(fmt::format("{}: its axis {} has size {}", where, i, std::min(size, sizes[i])));
    }
    dims.push_back(size == -1 ? free_size() : ir::Dim(size));
  }
  return ir::Shape(std::move(dims));
}

ir::Dim TensorReader::free_size() {
  return module_.dims().symbol(fmt::format("d{}", free_sizes_++));
}

const ir::Quantization* TensorReader::quantization(const format::QuantizationParameters* parameters,
                                                   const ir::Shape& shape,
                                                   const std::string& where) {
  if (!parameters || !parameters->scale() || parameters->scale()->size() == 0) return nullptr;
  ir::Quantization result;
  result.scales = fields_.list(parameters->scale());
  result.zero_points = fields_.list(parameters->zero_point());
  result.axis = parameters->quantized_dimension();
  const std::size_t count = result.scales.size();
  if (result.zero_points.empty()) result.zero_points.assign(count, 0);
  if (result.zero_points.size() == 1) result.zero_points.assign(count, result.zero_points[0]);
  if (result.zero_points.size() != count) {
    fields_.fail(fmt::format("{}: has {} scales and {} zero points", where, count,
                             result.zero_points.size()));
  }
  if (count > 1 && (result.axis < 0 || !shape.is_ranked() || result.axis >= shape.rank() ||
                    shape[result.axis] != ir::Dim(static_cast<std::int64_t>(count)))) {
    fields_.fail(fmt::format("{}: has {} scales along axis {}, which is not of that size", where,
                             count, result.axis));
  }
  return module_.quantization(std::move(result));
}

void TensorReader::refuse_unknown(const format::Tensor& tensor, const std::string& where) const {
  const auto refuse = [&](const char* what) {
    throw UsageError(fmt::format("{}: {}: {} cannot be read yet", image_.name(), where, what));
  };
  const auto* quantization = tensor.quantization();
  if (tensor.sparsity()) refuse("a sparse tensor");
  if (tensor.external_buffer() != 0) refuse("a tensor in another file");
  if (tensor.variant_tensors() && tensor.variant_tensors()->size() > 0) refuse("a variant tensor");
  if (quantization && quantization->details_type() != format::QuantizationDetails::NONE) {
    refuse("a tensor quantized in blocks");
  }
}

void TensorReader::locate_data(const format::Tensor& tensor, TensorRecord& record,
                               const std::string& where) {
  if (tensor.buffer() == 0) return;
  const auto* buffers = image_.model().buffers();
  if (!buffers || tensor.buffer() >= buffers->size()) {
    fields_.fail(fmt::format("{}: has buffer {}, but there are {}", where, tensor.buffer(),
                             buffers ? buffers->size() : 0));
  }
  const format::Buffer& buffer = *buffers->Get(tensor.buffer());
  record.data = image_.data_of(buffer);
  const bool is_empty_tensor =
      record.type.shape.is_static() && record.type.shape.elements() == ir::Dim(0);
  record.has_data = record.data.size > 0 || (buffer.data() && is_empty_tensor);
}

ir::ConstantPtr TensorReader::constant(const TensorRecord& tensor, const std::string& where) const {
  if (!tensor.type.shape.is_static()) {
    fields_.fail(where + ": has data, but a shape that is not known");
  }
  if (tensor.data.size < ModelImage::kLargeBuffer) fields_.spend(tensor.data.size);
  ir::StaticShape shape = tensor.type.shape.static_dims();
  if (tensor.type.dtype == ir::DType::STRING) {
    check_strings(tensor, where);
  } else if (const auto size = byte_size(tensor.type.dtype, shape); size != tensor.data.size) {
    fields_.fail(fmt::format("{}: of type {} has {} bytes of data", where,
                             ir::to_string(tensor.type), tensor.data.size));
  }
  return image_.constant(tensor.data, tensor.type.dtype, std::move(shape), tensor.type.quantization,
                         tensor.name);
}

// int32 count, count + 1 increasing int32 offsets from the beginning, characters to the last one.
void TensorReader::check_strings(const TensorRecord& tensor, const std::string& where) const {
  constexpr std::uint64_t kWord = sizeof(std::int32_t);
  constexpr std::uint64_t kWordsAtOnce = std::uint64_t{16} * 1024;
  const auto words_at = [&](std::uint64_t first, std::uint64_t count) {
    const auto bytes = image_.read({tensor.data.offset + first * kWord, count * kWord});
    std::vector<std::int32_t> words(count);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    return words;
  };
  const auto damaged = [&] { fields_.fail(where + ": the offsets of its strings are damaged"); };

  const std::uint64_t size = tensor.data.size;
  if (size < kWord) damaged();
  const std::int64_t count = words_at(0, 1)[0];
  if (ir::Dim(count) != tensor.type.shape.elements()) {
    fields_.fail(
        fmt::format("{}: of type {} has {} strings", where, ir::to_string(tensor.type), count));
  }
  const std::uint64_t header = static_cast<std::uint64_t>(count) + 2;
  if (header > size / kWord) damaged();
  fields_.spend(header * kWord);
  std::uint64_t least = header * kWord;
  for (std::uint64_t first = 1; first < header; first += kWordsAtOnce) {
    for (const std::int32_t offset : words_at(first, std::min(kWordsAtOnce, header - first))) {
      if (offset < 0 || static_cast<std::uint64_t>(offset) < least ||
          static_cast<std::uint64_t>(offset) > size) {
        damaged();
      }
      least = static_cast<std::uint64_t>(offset);
    }
  }
}

}  // namespace litecast::tflite
