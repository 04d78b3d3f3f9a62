# What `cmake --install` gives to others: the command line, the library, its headers, and the package
# that find_package(litecast) finds.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/litecast)

install(TARGETS litecast EXPORT litecast_targets)
install(TARGETS litecast_cli)
install(DIRECTORY include/litecast DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT litecast_targets FILE litecast-targets.cmake NAMESPACE litecast:: DESTINATION ${package_dir})

configure_package_config_file(cmake/litecast-config.cmake.in litecast-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(litecast-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/litecast-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/litecast-config-version.cmake DESTINATION ${package_dir})
