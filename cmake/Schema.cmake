# Generates, into build/schema, what the program knows of the .tflite format: the C++ view and
# object API of src/tflite/schema/*.fbs, and schema_text.{h,cc} with options.fbs embedded for the
# textual IR, whose printer and parser work by reflection.

find_program(FLATC flatc REQUIRED)

set(LITECAST_SCHEMA_SOURCE_DIR ${CMAKE_SOURCE_DIR}/src/tflite/schema)
set(LITECAST_SCHEMA_DIR ${CMAKE_BINARY_DIR}/schema)
file(MAKE_DIRECTORY ${LITECAST_SCHEMA_DIR})

set(schemas options model conversion_metadata debug_metadata)
list(TRANSFORM schemas REPLACE "(.+)" "${LITECAST_SCHEMA_SOURCE_DIR}/\\1.fbs" OUTPUT_VARIABLE schema_files)
list(TRANSFORM schemas REPLACE "(.+)" "${LITECAST_SCHEMA_DIR}/\\1_generated.h" OUTPUT_VARIABLE schema_headers)
list(TRANSFORM schemas REPLACE "(.+)" "${LITECAST_SCHEMA_DIR}/\\1.bfbs" OUTPUT_VARIABLE schema_reflections)

add_custom_command(
  OUTPUT ${schema_headers} ${schema_reflections}
  COMMAND ${FLATC} --cpp --gen-object-api --gen-compare --scoped-enums --cpp-std c++17 -o ${LITECAST_SCHEMA_DIR} ${schema_files}
  COMMAND ${FLATC} --binary --schema --bfbs-builtins -o ${LITECAST_SCHEMA_DIR} ${schema_files}
  DEPENDS ${schema_files}
  VERBATIM)

add_custom_command(
  OUTPUT ${LITECAST_SCHEMA_DIR}/schema_text.h ${LITECAST_SCHEMA_DIR}/schema_text.cc
  COMMAND ${CMAKE_COMMAND}
    -DTEXT=${LITECAST_SCHEMA_SOURCE_DIR}/options.fbs -DBINARY=${LITECAST_SCHEMA_DIR}/options.bfbs
    -DOUT=${LITECAST_SCHEMA_DIR}/schema_text -P ${CMAKE_SOURCE_DIR}/cmake/EmbedSchema.cmake
  DEPENDS ${CMAKE_SOURCE_DIR}/cmake/EmbedSchema.cmake
    ${LITECAST_SCHEMA_SOURCE_DIR}/options.fbs ${LITECAST_SCHEMA_DIR}/options.bfbs
  VERBATIM)

add_custom_target(litecast_schema_files DEPENDS ${schema_headers} ${LITECAST_SCHEMA_DIR}/schema_text.h)

# The generated headers are a system include: their warnings are not ours.
add_library(litecast_schema INTERFACE)
add_dependencies(litecast_schema litecast_schema_files)
target_include_directories(litecast_schema SYSTEM INTERFACE $<BUILD_INTERFACE:${LITECAST_SCHEMA_DIR}>)
target_link_libraries(litecast_schema INTERFACE ${flatbuffers})

# To be compiled into the library.
set(LITECAST_SCHEMA_SOURCES ${LITECAST_SCHEMA_DIR}/schema_text.cc)
