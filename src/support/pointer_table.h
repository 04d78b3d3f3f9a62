// A hash table of pointers whose hashes the caller knows, in one flat array: for tables over whole
// graphs, where a piece of memory for each entry would cost more than what is done with it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace litecast::support {

template <class T>
class PointerTable {
 public:
  // Different things may have one hash, and all of them stay, up to a limit: beyond it a pointer is
  // not kept, so that no input makes a search long. Users must bear with not finding some.
  void insert(std::size_t hash, T* pointer) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    if (place(hash, pointer)) ++count_;
  }

  // The first that was put in with that hash and that `matches(const T&)`; otherwise null.
  template <class Predicate>
  T* find(std::size_t hash, Predicate matches) const {
    if (slots_.empty()) return nullptr;
    for (std::size_t i = first(hash); slots_[i].pointer; i = next(i))
      if (slots_[i].hash == hash && matches(*slots_[i].pointer)) return slots_[i].pointer;
    return nullptr;
  }

 private:
  static constexpr std::size_t kLeastSlots = 16;  // a power of two, as every size
  static constexpr int kMostOfOneHash = 64;

  struct Slot {
    std::size_t hash = 0;
    T* pointer = nullptr;
  };

  // By the upper bits of a product: neighbouring hashes do not crowd each other.
  std::size_t first(std::size_t hash) const {
    constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
    return (hash * kGoldenRatio) >> (65 - std::bit_width(slots_.size()));
  }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  bool place(std::size_t hash, T* pointer) {
    int equal = 0;
    std::size_t i = first(hash);
    for (; slots_[i].pointer; i = next(i))
      if (slots_[i].hash == hash && ++equal == kMostOfOneHash) return false;
    slots_[i] = {hash, pointer};
    return true;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? kLeastSlots : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.pointer) place(slot.hash, slot.pointer);
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace litecast::support
