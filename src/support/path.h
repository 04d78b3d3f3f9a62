// Paths and what stands at them.
#pragma once

#include <string>
#include <string_view>

namespace litecast::support {

// "folder/name"; `name` alone when the folder is empty.
std::string join_path(std::string_view folder, std::string_view name);

// What follows the last slash.
std::string_view file_name(std::string_view path);

// What stands before the last slash: "." when there is none, "/" for a file in the root.
std::string_view parent_folder(std::string_view path);

// True when there is a regular file, or a folder; symbolic links are followed.
bool is_file(const std::string& path);
bool is_folder(const std::string& path);

}  // namespace litecast::support
