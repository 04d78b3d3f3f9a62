# Installs litecast into a folder of its own, builds the example against that, and runs it:
#   cmake -DBUILD=build -DSOURCE=. -P package_test.cmake

set(work ${BUILD}/package_test)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE}/examples/cpp -B ${work}/example -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/example)

# Without a model it only says how it is used.
execute_process(COMMAND ${work}/example/convert RESULT_VARIABLE result ERROR_VARIABLE said)
if(NOT result EQUAL 2 OR NOT said MATCHES "usage")
  message(FATAL_ERROR "the example gave ${result}: ${said}")
endif()
execute_process(COMMAND ${work}/example/convert ${work} ${work}/out.tflite RESULT_VARIABLE result ERROR_VARIABLE said)
if(NOT result EQUAL 1 OR NOT said MATCHES "no SavedModel")
  message(FATAL_ERROR "the example gave ${result} for a folder without model: ${said}")
endif()
