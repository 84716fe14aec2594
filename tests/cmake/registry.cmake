unit_test(registry SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_registry.c
  USES base text registry)
