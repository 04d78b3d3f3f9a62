# Compiles the sources of a folder several at a time: most of the time that a file takes goes into
# headers and templates that its neighbours need as well. Each file still stands for itself, and
# is compiled so with -DLITECAST_UNITY=OFF, which is faster for work on a few files.

option(LITECAST_UNITY "Compile several source files of a folder at a time" ON)

# Sets `out` to what must be compiled for the sources below src/ that are given. The files that
# include them name no absolute path, so that a compiler cache serves every checkout (CMake's own
# unity build does).
function(litecast_unity out files_at_a_time)
  if(NOT LITECAST_UNITY)
    set(${out} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  foreach(source ${ARGN})
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR}/src OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "unity_${folder}" folder)
    math(EXPR count_${folder} "0${count_${folder}} + 1")
    math(EXPR number "(${count_${folder}} - 1) / ${files_at_a_time}")
    list(APPEND groups ${folder}_${number})
    string(APPEND ${folder}_${number} "#include \"${path}\"\n")
  endforeach()
  list(REMOVE_DUPLICATES groups)
  foreach(group ${groups})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/unity/${group}.cc CONTENT "${${group}}" @ONLY)
    list(APPEND files ${CMAKE_BINARY_DIR}/unity/${group}.cc)
  endforeach()
  set(${out} ${files} PARENT_SCOPE)
endfunction()
