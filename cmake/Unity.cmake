# Compiles the sources of a folder several at a time: most of the time that a file takes goes into
# headers and templates that its neighbours need as well. Each file still stands for itself, and
# is compiled so with -DLITECAST_UNITY=OFF, which is faster for work on a few files.

option(LITECAST_UNITY "Compile several source files of a folder at a time" ON)

function(litecast_unity target files_at_a_time)
  if(NOT LITECAST_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE path)
    cmake_path(GET path PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "${folder}" group)
    math(EXPR count_${group} "0${count_${group}} + 1")
    math(EXPR number "(${count_${group}} - 1) / ${files_at_a_time}")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group}_${number})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
