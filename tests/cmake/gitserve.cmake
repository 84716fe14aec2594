# gitserve: stock git for auditors and maintenance, in its boxes.
unit_test(gitserve SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_gitserve.c
  USES gitserve gitx INCLUDE ${PROJECT_SOURCE_DIR}/src/gitserve)
unit_test(gitserve_box LABEL sandbox
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/sandbox/test_gitserve.c
    ${CMAKE_CURRENT_SOURCE_DIR}/support/acts.c
  USES gitserve INCLUDE ${PROJECT_SOURCE_DIR}/src/gitserve)
script_test(audit_git ${CMAKE_CURRENT_SOURCE_DIR}/flow/audit_git.py SERIAL
  TIMEOUT 600)
