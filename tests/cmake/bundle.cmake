set(archive_support
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec_tar.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_spec_zip.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_streams.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_words.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/hostile.c)
foreach(suite archives hostile_names package)
  unit_test(${suite}
    SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${suite}.c ${archive_support}
    USES bundle archx text privsep base)
endforeach()
unit_test(bundle
  SOURCES
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_bundle.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/archive_make.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/hostile.c
  USES bundle archx ossl text privsep base
  INCLUDE ${PROJECT_SOURCE_DIR}/src/bundle)
# bundle_admit: a small program for scripts that have an archive to admit.
add_executable(bundle_driver ${CMAKE_CURRENT_SOURCE_DIR}/property/bundle_driver.c)
target_link_libraries(bundle_driver PRIVATE nintei_bundle nintei_privsep
  nintei_base nintei_flags)
set_target_properties(bundle_driver PROPERTIES RUNTIME_OUTPUT_DIRECTORY
  ${PROJECT_BINARY_DIR}/tests)
script_test(honest_archives ${CMAKE_CURRENT_SOURCE_DIR}/property/honest_archives.py
  LABEL property)
script_test(mutated_archives ${CMAKE_CURRENT_SOURCE_DIR}/property/mutated_archives.py
  LABEL property)
foreach(target preflight tap names frames filter package)
  fuzz_target(${target}
    SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_${target}.c
    USES bundle archx text privsep base
    INCLUDE ${PROJECT_SOURCE_DIR}/src/bundle)
endforeach()
