// Tensors of a file as types and constants of the IR.
#pragma once

#include <string>
#include <vector>

#include "ir/module.h"
#include "tflite/file_fields.h"
#include "tflite/model_image.h"

namespace litecast::tflite {

// A tensor table, checked.
struct TensorRecord {
  std::string name;
  ir::Type type;
  bool is_variable = false;
  ByteRange data = {0, 0};
  bool has_data = false;
};

class TensorReader {
 public:
  TensorReader(const ModelImage& image, ir::Module& module, FileFields& fields);

  // `where` tells errors which tensor it is. Each free size becomes a symbol of its own.
  TensorRecord read(const format::Tensor* tensor, const std::string& where);
  ir::ConstantPtr constant(const TensorRecord& tensor, const std::string& where) const;

 private:
  ir::Shape shape(const format::Tensor& tensor, const std::string& where);
  ir::Dim free_size();
  const ir::Quantization* quantization(const format::QuantizationParameters* parameters,
                                       const ir::Shape& shape, const std::string& where);
  void refuse_unknown(const format::Tensor& tensor, const std::string& where) const;
  void locate_data(const format::Tensor& tensor, TensorRecord& record, const std::string& where);
  void check_strings(const TensorRecord& tensor, const std::string& where) const;

  const ModelImage& image_;
  ir::Module& module_;
  FileFields& fields_;
  // Files from before the field has_rank set it nowhere: there an empty shape is a scalar.
  bool states_rank_;
  std::size_t free_sizes_ = 0;
};

}  // namespace litecast::tflite
