#include "ir/constant_stream.h"

#include <litecast/error.h>

#include <cstring>

#include "ops/op_info.h"
#include "support/crc32c.h"

namespace litecast::ir {

LeafReader::LeafReader(const Constant& constant)
    : constant_(constant), elements_(constant.elements()) {
  if (auto* nested = std::get_if<NestedLeaf>(&constant.leaf_))
    nested_ = std::make_unique<LeafReader>(*nested->constant);
  if (auto* slice = std::get_if<SliceLeaf>(&constant_.leaf_))
    nested_ = std::make_unique<LeafReader>(*slice->constant);
}
LeafReader::~LeafReader() = default;

std::span<const std::byte> LeafReader::next(std::int64_t count) {
  read_leaf(count);
  DType dtype = constant_.leaf_dtype_;
  for (const ElementwiseStep& step : constant_.steps_) {
    apply(step, dtype, position_, count);
    dtype = step.result;
  }
  position_ += count;
  return buffer_;
}

void LeafReader::read_leaf(std::int64_t count) {
  const DType dtype = constant_.leaf_dtype_;
  const auto width = static_cast<std::size_t>(byte_width(dtype));
  const auto offset = static_cast<std::size_t>(position_) * width;
  // Types without a byte width are read whole, in one call.
  const std::size_t size = width ? static_cast<std::size_t>(count) * width : constant_.byte_size_;
  buffer_.resize(size);
  if (auto* file = std::get_if<FileLeaf>(&constant_.leaf_)) {
    read_file(*file, buffer_);
  } else if (auto* memory = std::get_if<MemoryLeaf>(&constant_.leaf_)) {
    std::memcpy(buffer_.data(), memory->bytes.data() + offset, size);
  } else if (auto* splat = std::get_if<SplatLeaf>(&constant_.leaf_)) {
    for (std::size_t at = 0; at < size; at += width)
      std::memcpy(buffer_.data() + at, splat->element.data(), width);
  } else if (auto* slice = std::get_if<SliceLeaf>(&constant_.leaf_)) {
    read_slice(*slice, buffer_);
  } else {
    const auto bytes = nested_->next(count);
    buffer_.assign(bytes.begin(), bytes.end());
  }
}

void LeafReader::read_file(const FileLeaf& leaf, std::span<std::byte> out) {
  while (!out.empty()) {
    const FileSegment& s = leaf.segments[segment_];
    const std::uint64_t piece =
        std::min<std::uint64_t>(out.size(), s.extent.size - segment_position_);
    const auto part = out.first(piece);
    s.extent.file->read(s.extent.offset + segment_position_, part);
    if (s.masked_crc32c) crc_ = support::crc32c(crc_, part);
    segment_position_ += piece;
    out = out.subspan(piece);
    if (segment_position_ != s.extent.size) continue;
    if (s.masked_crc32c && support::mask_crc32c(crc_) != *s.masked_crc32c)
      throw MalformedInput(fmt::format("{}: the bytes of tensor '{}' do not match their checksum",
                                       s.extent.file->path(), s.name));
    ++segment_;
    segment_position_ = 0;
    crc_ = 0;
  }
}

void LeafReader::read_slice(const SliceLeaf& leaf, std::span<std::byte> out) {
  const StaticShape& shape = leaf.constant->shape();
  const auto axis = static_cast<std::size_t>(leaf.axis);
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  const std::int64_t row = shape[axis] * inner, first = leaf.begin * inner, run = leaf.size * inner;
  const auto width = static_cast<std::size_t>(byte_width(leaf.constant->dtype()));
  for (std::int64_t at = position_; !out.empty();) {
    const std::int64_t within = at % run;
    const std::int64_t count =
        std::min(run - within, static_cast<std::int64_t>(out.size() / width));
    skip(at / run * row + first + within - nested_->position_);
    const auto bytes = nested_->next(count);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    out = out.subspan(bytes.size());
    at += count;
  }
}

void LeafReader::skip(std::int64_t count) {
  constexpr std::int64_t kAtOnce = 1 << 14;
  for (; count > 0; count -= std::min(count, kAtOnce)) nested_->next(std::min(count, kAtOnce));
}

void LeafReader::finish() {
  if (!nested_) return;
  // What comes after the slice is part of what the checksum is of.
  skip(nested_->elements_ - nested_->position_);
  nested_->finish();
}

namespace {

// Elements [first, first + count) of `other` broadcast to `shape`, both of full rank.
std::vector<std::byte> broadcast_range(const Constant& other, const StaticShape& shape,
                                       std::int64_t first, std::int64_t count) {
  // Axes along which `other` behaves alike are one axis; {size, repeated?} from the last one.
  std::vector<std::pair<std::int64_t, bool>> axes;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    const bool repeated = other.shape()[i] == 1;
    if (!axes.empty() && axes.back().second == repeated)
      axes.back().first *= shape[i];
    else
      axes.emplace_back(shape[i], repeated);
  }
  if (axes.empty()) axes.emplace_back(1, true);

  const auto width = static_cast<std::size_t>(byte_width(other.dtype()));
  const auto bytes = other.small_bytes();
  std::vector<std::byte> out(static_cast<std::size_t>(count) * width);
  std::byte* to = out.data();
  const auto [row_size, row_repeated] = axes[0];
  for (std::int64_t at = first; at < first + count;) {
    const std::int64_t column = at % row_size;
    const std::int64_t run = std::min(row_size - column, first + count - at);
    std::int64_t index = row_repeated ? 0 : column, stride = row_repeated ? 1 : row_size;
    std::int64_t rest = at / row_size;
    for (std::size_t i = 1; i < axes.size(); ++i) {
      if (!axes[i].second) {
        index += rest % axes[i].first * stride;
        stride *= axes[i].first;
      }
      rest /= axes[i].first;
    }
    const std::byte* from = bytes.data() + static_cast<std::size_t>(index) * width;
    if (!row_repeated) {
      std::memcpy(to, from, static_cast<std::size_t>(run) * width);
    } else {
      for (std::int64_t k = 0; k < run; ++k)
        std::memcpy(to + static_cast<std::size_t>(k) * width, from, width);
    }
    to += static_cast<std::size_t>(run) * width;
    at += run;
  }
  return out;
}

}  // namespace

void LeafReader::apply(const ElementwiseStep& step, DType from, std::int64_t first,
                       std::int64_t count) {
  std::vector<ops::HostTensor> in;
  in.push_back({from, {count}, std::move(buffer_)});
  if (step.other) {
    ops::HostTensor other{step.other->dtype(),
                          {count},
                          broadcast_range(*step.other, constant_.leaf_shape_, first, count)};
    in.insert(step.other_first ? in.begin() : in.end(), std::move(other));
  }
  ops::HostTensor out{step.result, {count}, {}};
  out.bytes.resize(static_cast<std::size_t>(count) *
                   static_cast<std::size_t>(byte_width(step.result)));
  const ops::OpView view{step.op, step.options, {}};
  const ops::OpInfo* info = ops::find(step.op);
  if (!info || !info->fold || !info->fold(view, in, {&out, 1}))
    throw Error(fmt::format("{} cannot be computed on {}", name(step.op), short_name(from)));
  buffer_ = std::move(out.bytes);
}

void stream_in_order(LeafReader& reader, std::size_t budget, const TileSink& sink) {
  const int width = reader.element_bytes();
  const std::int64_t total = reader.elements();
  if (width == 0) {
    if (const auto all = reader.next(total); !all.empty()) sink(0, all);
    return;
  }
  const std::int64_t tile = std::max<std::int64_t>(1, static_cast<std::int64_t>(budget) / width);
  for (std::int64_t at = 0; at < total; at += tile)
    sink(static_cast<std::uint64_t>(at) * static_cast<std::uint64_t>(width),
         reader.next(std::min(tile, total - at)));
}

namespace {

// Axes without extent vanish and those that stay neighbours become one.
void collapse(StaticShape& shape, std::vector<int>& permutation) {
  StaticShape merged_shape;
  std::vector<int> merged_position;
  int last = -2;
  // Positions among the axes that have extent.
  std::vector<int> rank_of(shape.size(), 0);
  int seen = 0;
  for (int axis : permutation)
    if (shape[static_cast<std::size_t>(axis)] != 1)
      rank_of[static_cast<std::size_t>(axis)] = seen++;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1) continue;
    const int at = rank_of[axis];
    if (at == last + 1 && !merged_shape.empty()) {
      merged_shape.back() *= shape[axis];
    } else {
      merged_shape.push_back(shape[axis]);
      merged_position.push_back(at);
    }
    last = at;
  }
  std::vector<int> order(merged_shape.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return merged_position[static_cast<std::size_t>(a)] <
           merged_position[static_cast<std::size_t>(b)];
  });
  shape = std::move(merged_shape);
  permutation = std::move(order);
}

// out[j][i] = in[i][j], where a row of `out` has room for `out_stride` elements. By blocks of a
// cache line each way: each line is read and written once, whatever the strides.
template <class T>
void transpose_2d(const T* in, T* out, std::int64_t out_stride, std::int64_t rows,
                  std::int64_t columns) {
  constexpr auto kBlock = static_cast<std::int64_t>(64 / sizeof(T));
  T block[kBlock][kBlock];
  for (std::int64_t i0 = 0; i0 < rows; i0 += kBlock)
    for (std::int64_t j0 = 0; j0 < columns; j0 += kBlock) {
      const std::int64_t height = std::min(kBlock, rows - i0);
      const std::int64_t width = std::min(kBlock, columns - j0);
      for (std::int64_t i = 0; i < height; ++i)
        std::copy_n(in + (i0 + i) * columns + j0, width, block[i]);
      for (std::int64_t j = 0; j < width; ++j) {
        T* line = out + (j0 + j) * out_stride + i0;
        for (std::int64_t i = 0; i < height; ++i) line[i] = block[i][j];
      }
    }
}

struct Wide {
  std::uint64_t low, high;
};

template <class T>
void transpose_box(const std::byte* in_bytes, std::byte* out_bytes, const StaticShape& box,
                   std::span<const int> permutation) {
  const T* in = reinterpret_cast<const T*>(in_bytes);
  T* out = reinterpret_cast<T*>(out_bytes);
  const std::size_t rank = box.size();
  StaticShape stride(rank, 1);
  for (std::size_t i = rank - 1; i-- > 0;) stride[i] = stride[i + 1] * box[i + 1];
  StaticShape size(rank), step(rank), index(rank, 0);
  std::int64_t total = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    size[i] = box[static_cast<std::size_t>(permutation[i])];
    step[i] = stride[static_cast<std::size_t>(permutation[i])];
    total *= size[i];
  }
  const std::int64_t inner = size[rank - 1], inner_step = step[rank - 1];
  std::int64_t from = 0;
  for (std::int64_t done = 0; done < total; done += inner) {
    for (std::int64_t k = 0; k < inner; ++k) *out++ = in[from + k * inner_step];
    for (std::size_t axis = rank - 1; axis-- > 0;) {
      from += step[axis];
      if (++index[axis] < size[axis]) break;
      from -= size[axis] * step[axis];
      index[axis] = 0;
    }
  }
}

// Calls f with an element of that many bytes.
template <class F>
void with_width(int width, F f) {
  switch (width) {
    case 1:  // NOLINT(bugprone-branch-clone): each has another type
      return f(std::uint8_t());
    case 2:
      return f(std::uint16_t());
    case 4:
      return f(std::uint32_t());
    case 8:
      return f(std::uint64_t());
    default:
      return f(Wide());
  }
}

// Hands a transposed box, which begins at `start` of the result of `shape`, to the sink in runs
// that are contiguous there.
void emit_runs(const std::byte* bytes, const StaticShape& shape, const StaticShape& box,
               const StaticShape& start, int width, const TileSink& sink) {
  const std::size_t rank = shape.size();
  std::size_t axis = rank;  // axes from here on lie together
  std::int64_t run = 1;
  while (axis > 0) {
    run *= box[axis - 1];
    --axis;
    if (box[axis] != shape[axis]) break;
  }
  StaticShape stride(rank, 1);
  for (std::size_t i = rank; i-- > 1;) stride[i - 1] = stride[i] * shape[i];
  StaticShape index(rank, 0);
  std::int64_t offset = 0, runs = 1;
  for (std::size_t i = 0; i < rank; ++i) offset += start[i] * stride[i];
  for (std::size_t i = 0; i < axis; ++i) runs *= box[i];
  const std::int64_t run_bytes = run * width;
  for (std::int64_t r = 0; r < runs; ++r, bytes += run_bytes) {
    sink(static_cast<std::uint64_t>(offset * width), {bytes, static_cast<std::size_t>(run_bytes)});
    for (std::size_t i = axis; i-- > 0;) {
      offset += stride[i];
      if (++index[i] < box[i]) break;
      offset -= box[i] * stride[i];
      index[i] = 0;
    }
  }
}

// A matrix, as nearly every transposed weight is. The longer the runs, the fewer the writes: so
// what is collected for them may be larger than the pieces that are read.
void stream_transposed_matrix(LeafReader& reader, std::int64_t rows, std::int64_t columns,
                              int width, std::size_t budget, const TileSink& sink) {
  constexpr std::int64_t kBudgetsOfBox = 128;
  const auto most = static_cast<std::int64_t>(budget);
  const std::int64_t row_bytes = columns * width;
  const std::int64_t rows_of_box =
      std::clamp<std::int64_t>(kBudgetsOfBox * most / row_bytes, 1, rows);
  const auto out = std::make_unique_for_overwrite<std::byte[]>(
      static_cast<std::size_t>(rows_of_box * row_bytes));
  for (std::int64_t start = 0; start < rows; start += rows_of_box) {
    const std::int64_t height = std::min(rows_of_box, rows - start);
    for (std::int64_t i = 0; i < height;) {
      const std::int64_t n = std::clamp<std::int64_t>(most / row_bytes, 1, height - i);
      const auto in = reader.next(n * columns);
      with_width(width, [&]<class T>(T) {
        transpose_2d(reinterpret_cast<const T*>(in.data()), reinterpret_cast<T*>(out.get()) + i,
                     height, n, columns);
      });
      i += n;
    }
    emit_runs(out.get(), {columns, rows}, {columns, height}, {0, start}, width, sink);
  }
}

}  // namespace

void stream_transposed(LeafReader& reader, const StaticShape& full_shape,
                       std::span<const int> full_permutation, int width, std::size_t budget,
                       const TileSink& sink) {
  if (reader.elements() == 0) return;
  StaticShape shape = full_shape;
  std::vector<int> permutation(full_permutation.begin(), full_permutation.end());
  collapse(shape, permutation);
  const std::size_t rank = shape.size();
  if (rank < 2) return stream_in_order(reader, budget, sink);
  if (rank == 2 && shape[1] * width <= static_cast<std::int64_t>(budget))
    return stream_transposed_matrix(reader, shape[0], shape[1], width, budget, sink);

  // A box fixes the axes before `split`, has `rows` of it and the rest whole: read in order.
  std::size_t split = 0;
  std::int64_t row = reader.elements() / shape[0];
  while (split + 1 < rank && row * width > static_cast<std::int64_t>(budget)) row /= shape[++split];
  const std::int64_t rows =
      std::clamp<std::int64_t>(static_cast<std::int64_t>(budget) / (row * width), 1, shape[split]);

  StaticShape out_shape(rank), start(rank, 0);
  for (std::size_t i = 0; i < rank; ++i)
    out_shape[i] = shape[static_cast<std::size_t>(permutation[i])];
  std::vector<std::byte> out;
  for (std::int64_t read = 0; read < reader.elements();) {
    StaticShape box = shape;
    for (std::size_t i = 0; i < split; ++i) box[i] = 1;
    box[split] = std::min(rows, shape[split] - start[split]);
    const std::int64_t count = box[split] * row;
    const auto in = reader.next(count);
    out.resize(in.size());
    with_width(width,
               [&]<class T>(T) { transpose_box<T>(in.data(), out.data(), box, permutation); });
    StaticShape out_box(rank), out_start(rank);
    for (std::size_t i = 0; i < rank; ++i) {
      out_box[i] = box[static_cast<std::size_t>(permutation[i])];
      out_start[i] = start[static_cast<std::size_t>(permutation[i])];
    }
    emit_runs(out.data(), out_shape, out_box, out_start, width, sink);
    read += count;
    start[split] += box[split];
    for (std::size_t i = split; i > 0 && start[i] == shape[i]; --i) {
      start[i] = 0;
      ++start[i - 1];
    }
  }
}

}  // namespace litecast::ir
