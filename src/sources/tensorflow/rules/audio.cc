// Sound: spectrograms, and the coefficients that recognizers of speech take from them.
#include <bit>
#include <cmath>
#include <numbers>

#include "emit/fourier.h"
#include "emit/gather.h"
#include "emit/matmul.h"
#include "emit/precision.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

constexpr std::int64_t kMostSamples = std::int64_t{1} << 24;

// Hann's window of a period.
Value* hann_window(Emitter& e, std::int64_t size) {
  std::vector<float> window;
  for (std::int64_t i = 0; i < size; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
    window.push_back(static_cast<float>(0.5 - 0.5 * std::cos(turn)));
  }
  return emit::f32_tensor(e, {size}, window);
}

// x[channels, samples] → [channels, frames, size], a frame each `stride` samples.
Value* frames(Emitter& e, Value* x, std::int64_t samples, std::int64_t size, std::int64_t stride) {
  const std::int64_t count = samples < size ? 0 : 1 + (samples - size) / stride;
  if (count == 0) throw Unsupported("a spectrogram of fewer samples than its window has");
  if (count > kMostSamples / size)
    throw Unsupported("a spectrogram of more than 16 million samples");
  std::vector<std::int64_t> places;
  for (std::int64_t frame = 0; frame < count; ++frame)
    for (std::int64_t i = 0; i < size; ++i) places.push_back(frame * stride + i);
  Value* table = emit::reshape(e, e.i32(places), Shape{count, size});
  return emit::gather(e, x, table, 1);
}

// input[samples, channels] → [channels, frames, frequencies].
void audio_spectrogram(RuleContext& c) {
  Emitter& e = c.e;
  const auto dims = emit::static_dims_or_throw(c.input(0), "the sound of a spectrogram");
  const std::int64_t size = c.attr_int("window_size"), stride = c.attr_int("stride");
  if (dims.size() != 2 || size < 2 || size > kMostSamples || stride < 1)
    throw Unsupported("a spectrogram takes samples and channels, and a window of at least 2");
  Value* x = emit::transpose(e, c.input(0), emit::last_axes_swapped(2));
  x = emit::mul(e, frames(e, x, dims[0], size, stride), hann_window(e, size));
  const auto length = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(size)));
  const emit::ComplexParts spectrum = emit::rfft(e, emit::with_length(e, x, length));
  Value* squared = emit::add(e, emit::mul(e, spectrum.real, spectrum.real),
                             emit::mul(e, spectrum.imag, spectrum.imag));
  c.output(c.attr_bool("magnitude_squared") ? squared : emit::unary(e, Op::SQRT, squared));
}

double mel(double frequency) { return 1127.0 * std::log1p(frequency / 700.0); }

// How much of each frequency goes into each of the channels that overlap on the mel scale.
std::vector<float> mel_weights(std::int64_t frequencies, std::int64_t channels, double sample_rate,
                               double lower, double upper) {
  const double low = mel(lower), spacing = (mel(upper) - low) / static_cast<double>(channels + 1);
  const auto center = [&](std::int64_t i) { return low + spacing * static_cast<double>(i + 1); };
  const double step = 0.5 * sample_rate / static_cast<double>(frequencies - 1);
  const auto first = static_cast<std::int64_t>(1.5 + lower / step),
             last = std::min(static_cast<std::int64_t>(upper / step), frequencies - 1);
  std::vector<float> weights(static_cast<std::size_t>(frequencies * channels), 0);
  std::int64_t above = 0;  // the channel whose center comes next
  for (std::int64_t i = first; i <= last; ++i) {
    const double place = mel(static_cast<double>(i) * step);
    while (above < channels && center(above) < place) ++above;
    const double share = (center(above) - place) / spacing;
    const auto row = static_cast<std::size_t>(i * channels);
    if (above > 0) weights[row + static_cast<std::size_t>(above - 1)] = static_cast<float>(share);
    if (above < channels)
      weights[row + static_cast<std::size_t>(above)] = static_cast<float>(1 - share);
  }
  return weights;
}

std::vector<float> cosine_transform(std::int64_t channels, std::int64_t coefficients) {
  const auto count = static_cast<double>(channels);
  std::vector<float> weights;
  for (std::int64_t i = 0; i < channels; ++i)
    for (std::int64_t k = 0; k < coefficients; ++k) {
      const double angle = std::numbers::pi / count * (static_cast<double>(i) + 0.5);
      weights.push_back(
          static_cast<float>(std::sqrt(2 / count) * std::cos(angle * static_cast<double>(k))));
    }
  return weights;
}

std::int64_t count_between(std::int64_t value, std::int64_t most, const char* what) {
  if (value < 1 || value > most) throw Unsupported(std::string(what) + " is out of range");
  return value;
}

// The logarithms of mel channels, brought down to a few coefficients by a cosine transform.
void mfcc(RuleContext& c) {
  Emitter& e = c.e;
  Value* spectrogram = c.input(0);
  if (emit::rank_of(spectrogram) != 3 || !spectrogram->shape()[2].is_constant())
    throw Unsupported("a spectrogram has channels, frames and a known number of frequencies");
  const std::int64_t frequencies =
      count_between(spectrogram->shape()[2].value() - 1, 1 << 20, "the number of frequencies") + 1;
  const std::int64_t channels =
      count_between(c.attr_int("filterbank_channel_count"), 4096, "filterbank_channel_count");
  const std::int64_t coefficients =
      count_between(c.attr_int("dct_coefficient_count"), channels, "dct_coefficient_count");
  const double lower = c.attr_float("lower_frequency_limit"),
               upper = c.attr_float("upper_frequency_limit");
  const auto rate = static_cast<double>(
      count_between(c.constant_integer(1, "sample_rate"), 1 << 24, "sample_rate"));
  if (!(lower >= 0) || !(upper > lower))
    throw Unsupported("the frequency limits contradict each other");
  Value* mels = emit::f32_tensor(e, {frequencies, channels},
                                 mel_weights(frequencies, channels, rate, lower, upper));
  Value* sums = emit::matmul(e, emit::unary(e, Op::SQRT, spectrogram), mels, false, false);
  constexpr double kFloor = 1e-12;
  Value* logs = emit::unary(e, Op::LOG, emit::max(e, sums, emit::f32(e, kFloor)));
  Value* transform =
      emit::f32_tensor(e, {channels, coefficients}, cosine_transform(channels, coefficients));
  c.output(emit::matmul(e, logs, transform, false, false));
}

constexpr Rule kAudioRules[] = {
    {"AudioSpectrogram", audio_spectrogram},
    {"Mfcc", mfcc},
};

}  // namespace

std::span<const Rule> audio() { return kAudioRules; }

}  // namespace litecast::tensorflow::rules
