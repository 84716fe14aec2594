script_test(rules ${CMAKE_CURRENT_SOURCE_DIR}/flow/rules.py)
script_test(body ${CMAKE_CURRENT_SOURCE_DIR}/flow/body.py)
script_test(third_scheme ${CMAKE_CURRENT_SOURCE_DIR}/flow/third_scheme.py)
