#include <litecast/convert.h>

namespace litecast {

std::string_view version() { return LITECAST_VERSION; }

}  // namespace litecast
