# archive_cases: the archives of archives.txt as files, for scripts and bench.
add_executable(archive_cases
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_cases.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec_tar.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec_zip.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_streams.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_words.c)
target_include_directories(archive_cases PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(archive_cases PRIVATE
  TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(archive_cases PRIVATE nintei_archx nintei_base
  nintei_flags PkgConfig::CHECK)
set_target_properties(archive_cases PROPERTIES RUNTIME_OUTPUT_DIRECTORY
  ${PROJECT_BINARY_DIR}/tests)
script_test(soak ${CMAKE_CURRENT_SOURCE_DIR}/crash/soak.py SERIAL LABEL crash
  ARGS 100)
