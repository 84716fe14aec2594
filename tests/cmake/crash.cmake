# Power loss: a recorder, the images it leads to, who is recorded.
set(crash ${CMAKE_CURRENT_SOURCE_DIR}/crash)
set(crash_out ${PROJECT_BINARY_DIR}/tests)
function(crash_program name)
  cmake_parse_arguments(PARSE_ARGV 1 P "" "" "SOURCES;USES;LIBS")
  list(TRANSFORM P_USES PREPEND nintei_)
  add_executable(${name} ${P_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE nintei_support ${P_USES} ${P_LIBS}
    nintei_flags PkgConfig::CHECK)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${crash_out})
endfunction()
crash_program(crash_image SOURCES ${crash}/crash_image.c ${crash}/model.c)
set(driver ${crash}/power_driver.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/store_fixture.c)
set(below base ossl jsonx tlog approval index)
crash_program(power_driver SOURCES ${driver} USES ${below} store)
crash_program(power_plain SOURCES ${driver} USES ${below} LIBS plain_store)
crash_program(git2_writer SOURCES ${crash}/git2_writer.c LIBS PkgConfig::GIT2)
if(NOT NINTEI_SANITIZE)
  add_library(record_shim SHARED ${crash}/record_shim.c
    ${crash}/record_names.c ${crash}/record_bytes.c ${crash}/record_sync.c)
  target_link_libraries(record_shim PRIVATE nintei_flags)
  target_compile_options(record_shim PRIVATE -U_FORTIFY_SOURCE)
  set_target_properties(record_shim PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${crash_out})
endif()

# Only the long run needs a disk of our own: scripts/setup --crash.
pkg_check_modules(FUSE3 QUIET IMPORTED_TARGET fuse3)
if(FUSE3_FOUND)
  crash_program(fuse_disk SOURCES ${crash}/fuse_disk.c LIBS PkgConfig::FUSE3)
endif()
if(NOT NINTEI_SANITIZE)
  script_test(power ${crash}/power.py LABEL crash TIMEOUT 900)
endif()
script_test(full ${crash}/full.py LABEL crash TIMEOUT 600)
set_tests_properties(crash/full PROPERTIES SKIP_RETURN_CODE 77)
if(NOT NINTEI_SANITIZE)
  script_test(slow ${crash}/slow.py LABEL crash TIMEOUT 300)
endif()
