unit_test(audit SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_audit.c
  USES audit INCLUDE ${PROJECT_SOURCE_DIR}/src/audit)
unit_test(audit_walk SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_audit_walk.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/audit_walk.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/audit_scenes.c
  USES audit INCLUDE ${PROJECT_SOURCE_DIR}/src/audit)
fuzz_target(audit_commit SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_audit_commit.c
  USES audit INCLUDE ${PROJECT_SOURCE_DIR}/src/audit)
script_test(tamper ${CMAKE_CURRENT_SOURCE_DIR}/flow/tamper.py TIMEOUT 900)
script_test(audit ${CMAKE_CURRENT_SOURCE_DIR}/flow/audit.py TIMEOUT 600)
