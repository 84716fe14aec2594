unit_test(themes SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_themes.c
  USES base jsonx scheme workflow)
script_test(compliance ${CMAKE_CURRENT_SOURCE_DIR}/flow/compliance.py)
script_test(themes ${CMAKE_CURRENT_SOURCE_DIR}/flow/themes.py)
script_test(disclosure ${CMAKE_CURRENT_SOURCE_DIR}/flow/disclosure.py)
