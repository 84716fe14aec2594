unit_test(workflow SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_workflow.c
  USES base jsonx scheme workflow)
unit_test(lifecycle SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_lifecycle.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/world.c
  USES base jsonx scheme workflow)
unit_test(walk LABEL property
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/property/test_walk.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/world.c
  USES base jsonx scheme workflow)
unit_test(flow_next SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_flow_next.c
  ${CMAKE_CURRENT_SOURCE_DIR}/support/world.c
  USES base jsonx scheme workflow)
unit_test(reading SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_reading.c
  USES base jsonx workflow)
