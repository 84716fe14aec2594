unit_test(workflow SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_workflow.c
  USES base jsonx scheme workflow)
