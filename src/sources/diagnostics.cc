#include "sources/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>

namespace litecast {
namespace {

constexpr std::size_t kPlacesInText = 5;

std::string text_of(const Diagnostic& diagnostic) {
  std::string text = fmt::format("{}: {}", diagnostic.op, diagnostic.reason);
  const std::size_t shown = std::min(diagnostic.places.size(), kPlacesInText);
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("\n    at {}", diagnostic.places[i]);
  if (shown < diagnostic.places.size())
    text += fmt::format("\n    and {} more", diagnostic.places.size() - shown);
  if (!diagnostic.remedy.empty()) text += fmt::format("\n    {}", diagnostic.remedy);
  return text;
}

std::string text_of(const std::vector<Diagnostic>& diagnostics) {
  std::string text = "the model cannot be converted:";
  for (const Diagnostic& diagnostic : diagnostics) text += "\n  " + text_of(diagnostic);
  return text;
}

}  // namespace

ConversionError::ConversionError(std::vector<Diagnostic> diagnostics)
    : Error(text_of(diagnostics)), diagnostics_(std::move(diagnostics)) {}

void Diagnostics::add(std::string_view op, std::string_view place, std::string_view reason,
                      std::string_view remedy) {
  auto key = std::tuple(std::string(op), std::string(reason), std::string(remedy));
  auto [found, is_new] = index_.try_emplace(key, diagnostics_.size());
  if (is_new)
    diagnostics_.push_back({std::string(op), std::string(reason), std::string(remedy), {}});
  auto& places = diagnostics_[found->second].places;
  if (places.size() < kMaxPlaces && std::find(places.begin(), places.end(), place) == places.end())
    places.emplace_back(place);
}

void Diagnostics::clear() {
  diagnostics_.clear();
  index_.clear();
}

std::string Diagnostics::first() const {
  if (empty()) return "";
  const Diagnostic& diagnostic = diagnostics_.front();
  return fmt::format("{} '{}': {}", diagnostic.op, diagnostic.places.front(), diagnostic.reason);
}

void Diagnostics::throw_if_any() const {
  if (!empty()) throw ConversionError(diagnostics_);
}

}  // namespace litecast
