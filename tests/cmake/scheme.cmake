unit_test(scheme SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_scheme.c
  USES scheme)
unit_test(policies LABEL snapshot
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/snapshot/test_policies.c USES scheme)
unit_test(versions SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_versions.c
  USES scheme)
unit_test(policy_facts
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_policy_facts.c
  USES scheme workflow)
script_test(params_read ${CMAKE_CURRENT_SOURCE_DIR}/snapshot/params_read.py
  LABEL snapshot ARGS ${PROJECT_SOURCE_DIR})
